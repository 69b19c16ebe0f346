package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.SaveStatistics;
import dev.rivulet.checkpoint.SkippedSaveException;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.state.TrainingStateMapper;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The training thread's part of saving: takes the snapshot, runs the transforms and hooks that see the module, and hands
 * over to the writer.
 */
final class SaveScheduler implements AutoCloseable {
    private final SavedRun run;
    private final VerifiedTransforms transforms;
    private final RunStreams streams;
    private final SaveQueue queue;
    private final Set<String> trustedHooks = new HashSet<>();
    private final Queue<SaveOutcome> refusals = new ArrayDeque<>();
    private final SaveMetrics measurements = new SaveMetrics();

    /**
     * The saves of a run, to be closed by the caller.
     *
     * @param transforms that make the weights of its derived streams
     * @param queue closed with this
     */
    SaveScheduler(SavedRun run, VerifiedTransforms transforms, RunStreams streams, SaveQueue queue) {
        this.run = run;
        this.transforms = transforms;
        this.streams = streams;
        this.queue = queue;
    }

    /**
     * Has saves carried out, from one snapshot of this moment. Reports say later what became of them.
     *
     * @param due sources before what is derived from them
     */
    void save(List<PendingSave> due, SaveContext at) {
        SaveMetrics.Begun begun = measurements.begin(at.globalStep());
        SaveOutcome refused = new SaveOutcome(at);
        Optional<Snapshot> snapshot = snapshot(due);
        if (snapshot.isPresent()) {
            begun.copied(snapshot.get().byteCount(), snapshot.get().copyNanos());
            begin(due, event(due, at, snapshot.get()), refused);
        } else {
            begun.skipped();
            SkippedSaveException skipped = new SkippedSaveException(queue.depth());
            due.forEach(save -> save.fail(refused, skipped));
        }
        refusals.add(refused);
        if (queue.isSynchronous()) {
            queue.await();
        }
        begun.end(queue.depth());
    }

    private Optional<Snapshot> snapshot(List<PendingSave> due) {
        try {
            network().requireSameArrays();
            return queue.snapshot();
        } catch (Throwable e) {
            due.forEach(PendingSave::abort);
            throw e;
        }
    }

    private SaveRequest event(List<PendingSave> due, SaveContext at, Snapshot snapshot) {
        try {
            Optional<TrainingState> state =
                    due.stream().anyMatch(save -> save.saver().isResumable())
                            ? Optional.of(TrainingStateMapper.capture(
                                    run.parts(), snapshot, streams.decisions(at.globalStep())))
                            : Optional.empty();
            return new SaveRequest(transforms, network(), at, snapshot, state);
        } catch (Throwable e) {
            // A transform's state is the user's code. Without its memory the next save would wait forever.
            snapshot.close();
            due.forEach(PendingSave::abort);
            throw e;
        }
    }

    private void begin(List<PendingSave> due, SaveRequest event, SaveOutcome refused) {
        try {
            List<PendingSave> prepared = new SavePreparation(event, run.hooks(), trustedHooks, refused).prepare(due);
            if (prepared.isEmpty()) {
                event.close();
            } else {
                queue.submit(new SaveTask(streams, event, prepared)::run);
            }
        } catch (Throwable e) {
            // Without its memory the next save would wait forever.
            event.close();
            throw e;
        }
    }

    private Network network() {
        return run.parts().network();
    }

    /** What became of saves, in order as far as it is known and has not been asked for. */
    Optional<SaveOutcome> report() {
        Optional<SaveOutcome> refused = Optional.ofNullable(refusals.poll());
        if (refused.isPresent()) {
            return refused;
        }
        Optional<SaveOutcome> written = queue.report();
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

    /** Carries out what is pending. */
    @Override
    public void close() {
        queue.close();
        streams.deleteOrphans();
    }
}
