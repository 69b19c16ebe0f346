package dev.rivulet;

import dev.rivulet.lightning.TrainingState;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.stream.DecisionState;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The training thread's part of save events: takes the snapshot, runs the transforms and hooks that see the module, and
 * hands over to the writer.
 */
final class SaveEvents implements AutoCloseable {
    private final Network network;
    private final RegistryChain registries;
    private final StreamGraph graph;
    private final CheckpointDirectory directory;
    private final Collection<StreamSaver> streams;
    private final SavingSettings settings;
    private final SaveQueue queue;
    private final SaveHooks hooks;
    private final TransformTrust trust;
    private final Set<String> trustedHooks = new HashSet<>();
    private final Queue<SaveReport> refusals = new ArrayDeque<>();
    private final SaveMeasurements measurements = new SaveMeasurements();
    private final Continuation continuation;
    private final TrainingComponents components;

    /**
     * The save events of a run, to be closed by the caller.
     *
     * @param directory closed by the caller, after this
     * @param streams all streams of the run
     * @param queue closed with this
     */
    SaveEvents(
            TrainingComponents components,
            RegistryChain registries,
            StreamGraph graph,
            CheckpointDirectory directory,
            Collection<StreamSaver> streams,
            SavingSettings settings,
            SaveQueue queue,
            SaveHooks hooks,
            Continuation continuation) {
        this.network = components.network();
        this.components = components;
        this.registries = registries;
        this.graph = graph;
        this.directory = directory;
        this.streams = streams;
        this.settings = settings;
        this.queue = queue;
        this.hooks = hooks;
        this.continuation = continuation;
        this.trust = new TransformTrust(settings.determinismCheck());
    }

    /**
     * Has saves carried out, from one snapshot of this moment. Reports tell later what became of them.
     *
     * @param due sources before what is derived from them
     */
    void save(List<DueSave> due, SaveMoment at) {
        SaveMeasurements.Begun begun = measurements.begin(at.globalStep());
        SaveReport refused = new SaveReport(at);
        Optional<Snapshot> snapshot = snapshot(due);
        if (snapshot.isPresent()) {
            begun.copied(snapshot.get().byteCount(), snapshot.get().copyNanos());
            begin(due, event(due, at, snapshot.get()), refused);
        } else {
            begun.skipped();
            SkippedSaveException skipped = new SkippedSaveException(queue.depth());
            due.forEach(save -> save.refuse(refused, skipped));
        }
        refusals.add(refused);
        if (settings.maxPendingSaves() == 0) {
            queue.await();
        }
        begun.end(queue.depth());
    }

    /** Plans that come to nothing are given up, because a rescue would be left out for a step that counts as saved. */
    private Optional<Snapshot> snapshot(List<DueSave> due) {
        try {
            network.requireSameArrays();
            return queue.snapshot();
        } catch (Throwable e) {
            due.forEach(save -> save.saver().giveUp(save.plan()));
            throw e;
        }
    }

    private SaveEvent event(List<DueSave> due, SaveMoment at, Snapshot snapshot) {
        try {
            Optional<TrainingState> state =
                    due.stream().anyMatch(save -> save.saver().isResumable())
                            ? Optional.of(TrainingStateMapper.capture(
                                    components, snapshot, decisions(at.globalStep())))
                            : Optional.empty();
            return new SaveEvent(graph, registries, at, snapshot, state, network, trust);
        } catch (Throwable e) {
            // A transform's state is the user's code. Without its memory the next save would wait for ever.
            snapshot.close();
            due.forEach(save -> save.saver().giveUp(save.plan()));
            throw e;
        }
    }

    private Map<String, DecisionState> decisions(long globalStep) {
        Map<String, DecisionState> decisions = new LinkedHashMap<>();
        streams.forEach(stream -> decisions.put(stream.name(), stream.decisionState(globalStep)));
        return decisions;
    }

    private void begin(List<DueSave> due, SaveEvent event, SaveReport refused) {
        try {
            List<GroupSave.Pending> pending = new SavePreparation(event, hooks, trustedHooks, refused).prepare(due);
            if (pending.isEmpty()) {
                event.close();
            } else {
                queue.submit(new GroupSave(directory, streams, continuation, event, pending));
            }
        } catch (Throwable e) {
            // Without its memory the next save would wait for ever.
            event.close();
            throw e;
        }
    }

    /** What became of saves, in order as far as it is known and has not been asked for. */
    Optional<SaveReport> report() {
        Optional<SaveReport> refused = Optional.ofNullable(refusals.poll());
        if (refused.isPresent()) {
            return refused;
        }
        Optional<SaveReport> written = queue.report();
        written.ifPresent(measurements::written);
        return written;
    }

    SaveStatistics statistics() {
        return measurements.statistics();
    }

    /** Waits until everything has been carried out. */
    void await() {
        queue.await();
    }

    /** Carries out what is under way. */
    @Override
    public void close() {
        queue.close();
        streams.forEach(StreamSaver::deleteLeftOver);
    }
}
