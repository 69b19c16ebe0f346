package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.SaveStatistics;
import dev.rivulet.checkpoint.SkippedSaveException;
import dev.rivulet.internal.derive.MutationGuard;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.state.TrainingStateMapper;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;

/**
 * Starts saves on the training thread: takes the snapshot, has the transforms and hooks run that see the module, and
 * submits the rest to the writer. Owns the {@link SaveQueue}.
 */
final class SaveScheduler implements AutoCloseable {
    private final SavedRun run;
    private final VerifiedTransforms transforms;
    private final RunStreams streams;
    private final SaveQueue queue;
    private final StepSnapshot stepSnapshot;
    private final Queue<SaveOutcome> refusals = new ArrayDeque<>();
    private final SaveMetrics metrics = new SaveMetrics();

    /**
     * A scheduler, closed by the caller.
     *
     * @param transforms compute the weights of derived streams; closed with this
     * @param queue closed with this
     */
    SaveScheduler(
            SavedRun run,
            VerifiedTransforms transforms,
            RunStreams streams,
            SaveQueue queue,
            StepSnapshot stepSnapshot) {
        this.run = run;
        this.transforms = transforms;
        this.streams = streams;
        this.queue = queue;
        this.stepSnapshot = stepSnapshot;
    }

    /**
     * Starts the saves of this step, from one snapshot. {@link #nextOutcome} reports later how they ended.
     *
     * @param due sources before derived streams
     */
    void save(List<PendingSave> due, SaveContext context) throws Exception {
        SaveMetrics.Timing timing = metrics.begin(context.globalStep());
        SaveOutcome refused = new SaveOutcome(context);
        refusals.add(refused);
        Optional<Snapshot> snapshot = snapshot(due);
        if (snapshot.isPresent()) {
            timing.copied(snapshot.get().byteCount(), snapshot.get().copyNanos());
            prepare(due, request(due, context, snapshot.get()), refused);
        } else {
            timing.skipped();
            SkippedSaveException skipped = new SkippedSaveException(queue.depth());
            due.forEach(save -> save.fail(refused, skipped));
        }
        if (queue.isSynchronous()) {
            queue.await();
        }
        timing.end(queue.depth());
    }

    /** Ends the step boundary at which streams have decided whether they save. */
    void endStep() {
        stepSnapshot.end();
    }

    private Optional<Snapshot> snapshot(List<PendingSave> due) {
        try {
            return stepSnapshot.take();
        } catch (Throwable e) {
            due.forEach(PendingSave::abort);
            throw e;
        }
    }

    private SaveRequest request(List<PendingSave> due, SaveContext context, Snapshot snapshot) throws Exception {
        try {
            Optional<TrainingState> state =
                    due.stream().anyMatch(save -> save.saver().isResumable())
                            ? Optional.of(capture(snapshot, context))
                            : Optional.empty();
            return new SaveRequest(transforms, network(), context, snapshot, state);
        } catch (Throwable e) {
            // The state of a transform is user code.
            due.forEach(PendingSave::abort);
            throw e;
        }
    }

    private TrainingState capture(Snapshot snapshot, SaveContext context) throws Exception {
        Map<String, DecisionState> decisions = streams.decisions(context.globalStep());
        Callable<TrainingState> capture = () -> TrainingStateMapper.capture(run.components(), snapshot, decisions);
        return run.components().user().hasCode()
                ? MutationGuard.watch(snapshot, "What returns the state of a callback or transform", capture)
                : capture.call();
    }

    private void prepare(List<PendingSave> due, SaveRequest request, SaveOutcome refused) {
        try {
            List<PendingSave> prepared = new SavePreparation(request, run, refused).prepare(due);
            if (prepared.isEmpty()) {
                request.close();
            } else {
                stepSnapshot.handOver();
                prepared.forEach(PendingSave::handOver);
                queue.submit(new SaveTask(streams, request, prepared)::run);
            }
        } catch (Throwable e) {
            // If the memory were not freed, the next save would wait forever.
            request.close();
            throw e;
        }
    }

    private Network network() {
        return run.components().network();
    }

    /** The next outcome that has not been read; empty if none is available yet. */
    Optional<SaveOutcome> nextOutcome() {
        Optional<SaveOutcome> refused = Optional.ofNullable(refusals.poll());
        if (refused.isPresent()) {
            return refused;
        }
        Optional<SaveOutcome> written = queue.nextOutcome();
        written.ifPresent(metrics::written);
        return written;
    }

    /** Called when the callbacks that were notified of an outcome have returned. */
    void reported(SaveOutcome outcome) {
        if (!outcome.committed().isEmpty() && streams.unreported().decrementAndGet() == 0 && streams.hasOrphans()) {
            queue.execute(streams::deleteReported);
        }
    }

    SaveStatistics statistics() {
        return metrics.statistics();
    }

    /** Waits until every pending save is done. */
    void await() {
        queue.await();
    }

    /** Ends training, once its saves are done. */
    void endTraining(SaveContext context) {
        streams.deleteRolledBack(context);
    }

    /** Completes pending saves first. */
    @Override
    public void close() {
        queue.close();
        transforms.close();
        streams.deleteOrphans();
    }
}
