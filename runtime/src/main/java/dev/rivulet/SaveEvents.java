package dev.rivulet;

import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.stream.SavePlan;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training thread's part of save events: takes the snapshot, runs the transforms and hooks that see the module, and
 * hands over to the writer.
 */
final class SaveEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SaveEvents.class);

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
    private final UUID run = UUID.randomUUID();

    /**
     * The save events of a run, to be closed by the caller.
     *
     * @param directory closed with this
     * @param streams all streams of the run
     * @param queue closed with this
     */
    SaveEvents(
            Network network,
            RegistryChain registries,
            StreamGraph graph,
            CheckpointDirectory directory,
            Collection<StreamSaver> streams,
            SavingSettings settings,
            SaveQueue queue,
            SaveHooks hooks) {
        this.network = network;
        this.registries = registries;
        this.graph = graph;
        this.directory = directory;
        this.streams = streams;
        this.settings = settings;
        this.queue = queue;
        this.hooks = hooks;
        this.trust = new TransformTrust(settings.determinismCheck());
    }

    /** A save that is due. */
    record Due(StreamSaver saver, SavePlan plan) {}

    /**
     * Has saves carried out, from one snapshot of this moment. Reports tell later what became of them.
     *
     * @param due sources before what is derived from them
     */
    void save(List<Due> due, SaveMoment at) {
        SaveMeasurements.Begun begun = measurements.begin(at.globalStep());
        SaveReport refused = new SaveReport(at);
        Optional<Snapshot> snapshot = snapshot(due);
        if (snapshot.isPresent()) {
            begun.copied(snapshot.get().byteCount(), snapshot.get().copyNanos());
            begin(due, event(at, snapshot.get()), refused);
        } else {
            begun.skipped();
            SkippedSaveException skipped = new SkippedSaveException(queue.depth());
            due.forEach(save -> refuse(save.saver(), save.plan(), refused, skipped));
        }
        refusals.add(refused);
        if (settings.maxPendingSaves() == 0) {
            queue.await();
        }
        begun.end(queue.depth());
    }

    /** Plans that come to nothing are given up, because a rescue would be left out for a step that counts as saved. */
    private Optional<Snapshot> snapshot(List<Due> due) {
        try {
            network.requireSameArrays();
            return queue.snapshot();
        } catch (Throwable e) {
            due.forEach(save -> save.saver().giveUp(save.plan()));
            throw e;
        }
    }

    private SaveEvent event(SaveMoment at, Snapshot snapshot) {
        EventWeights weights = new EventWeights(graph, registries, at, snapshot, network.manager(), trust);
        return new SaveEvent(graph, at, snapshot, weights, network.inputShapes());
    }

    private void begin(List<Due> due, SaveEvent event, SaveReport refused) {
        try {
            handOver(prepare(due, event, refused), event);
        } catch (Throwable e) {
            // Without its memory the next save would wait for ever.
            event.close();
            throw e;
        }
    }

    private List<GroupSave.Pending> prepare(List<Due> due, SaveEvent event, SaveReport refused) {
        List<GroupSave.Pending> pending = new ArrayList<>();
        for (Due save : due) {
            try {
                pending.add(new GroupSave.Pending(
                        save.saver(), save.plan(), event.prepare(save.saver().name())));
            } catch (Throwable e) {
                // Transforms and hooks are foreign code: whatever they throw, the other streams are saved.
                event.release(save.saver().name());
                refuse(save.saver(), save.plan(), refused, e);
            }
        }
        if (hooks.addEntries()) {
            callHooks(pending, event, refused);
        }
        for (GroupSave.Pending save : List.copyOf(pending)) {
            try {
                event.complete(save.saver().name());
            } catch (Throwable e) {
                drop(save, pending, event, refused, e);
            }
        }
        return pending;
    }

    private void handOver(List<GroupSave.Pending> pending, SaveEvent event) {
        if (pending.isEmpty()) {
            event.close();
        } else {
            List<GroupSave.Pending> sealed =
                    pending.stream().map(GroupSave.Pending::sealed).toList();
            queue.submit(new GroupSave(directory, streams, run, event, sealed));
        }
    }

    private static void refuse(StreamSaver saver, SavePlan plan, SaveReport refused, Throwable failure) {
        saver.giveUp(plan);
        refused.fail(saver, failure);
    }

    /** Calls the hooks of all due streams; those whose hooks throw are not saved. */
    private void callHooks(List<GroupSave.Pending> pending, SaveEvent event, SaveReport refused) {
        List<GroupSave.Pending> all = List.copyOf(pending);
        boolean trusted =
                all.stream().allMatch(save -> trustedHooks.contains(save.saver().name()));
        if (!trusted) {
            all.forEach(save -> callHooks(save, pending, event, refused, true));
            return;
        }
        // To compare all weights takes as long as to copy them, so it is done once.
        try {
            event.callHooks("An onSaveCheckpoint hook", () -> {
                all.forEach(save -> callHooks(save, pending, event, refused, false));
                return all;
            });
        } catch (Exception e) {
            // Whose hook it was shows at the next save. Until then no stream is blamed that would end training.
            trustedHooks.clear();
            StreamSaver blamed = all.stream()
                    .map(GroupSave.Pending::saver)
                    .filter(StreamSaver::isDispensable)
                    .findFirst()
                    .orElse(all.get(0).saver());
            refused.fail(blamed, e);
        }
    }

    private void callHooks(
            GroupSave.Pending save,
            List<GroupSave.Pending> pending,
            SaveEvent event,
            SaveReport refused,
            boolean watched) {
        try {
            if (watched) {
                event.callHooks(
                        "An onSaveCheckpoint hook, called for the stream \""
                                + save.saver().name() + "\",",
                        () -> tell(save.checkpoint()));
                trustedHooks.add(save.saver().name());
            } else {
                tell(save.checkpoint());
            }
        } catch (Throwable e) {
            drop(save, pending, event, refused, e);
        }
    }

    private static void drop(
            GroupSave.Pending save,
            List<GroupSave.Pending> pending,
            SaveEvent event,
            SaveReport refused,
            Throwable failure) {
        pending.remove(save);
        event.release(save.saver().name());
        refuse(save.saver(), save.plan(), refused, failure);
    }

    private Checkpoint tell(Checkpoint checkpoint) throws Exception {
        hooks.onSaveCheckpoint(checkpoint);
        return checkpoint;
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

    @Override
    public void close() {
        queue.close();
        try {
            directory.close();
        } catch (IOException e) {
            LOG.error("The directory {} could not be unlocked.", directory.root(), e);
        }
    }
}
