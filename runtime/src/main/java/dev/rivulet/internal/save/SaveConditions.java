package dev.rivulet.internal.save;

import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.derive.CallMemory;
import dev.rivulet.internal.derive.MutationGuard;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.snapshot.Snapshot;
import java.util.Optional;

/** Evaluates the module's conditions for a due save. For the training thread. */
final class SaveConditions {
    private final DeclaredStreams registries;
    private final boolean any;
    private final StepSnapshot stepSnapshot;
    private final SavedRun run;
    private final FailurePolicy failures;

    /**
     * The conditions of a run.
     *
     * @param stepSnapshot protects the weights from conditions
     */
    SaveConditions(DeclaredStreams registries, StepSnapshot stepSnapshot, SavedRun run, FailurePolicy failures) {
        this.registries = registries;
        this.any = registries.hasConditions();
        this.stepSnapshot = stepSnapshot;
        this.run = run;
        this.failures = failures;
    }

    /**
     * Whether a stream saves now. If the save will be skipped because the writer is behind, no condition is asked.
     *
     * @throws dev.rivulet.checkpoint.FitException if the condition throws, or changes weights, and the stream's policy
     *     then ends training
     */
    boolean allow(StreamSaver stream) {
        if (!any) {
            return true;
        }
        Optional<Snapshot> snapshot = stepSnapshot.take();
        return snapshot.isEmpty() || allow(stream, snapshot.get());
    }

    private boolean allow(StreamSaver stream, Snapshot snapshot) {
        SaveContext context = run.view().now();
        try {
            return evaluate(run, registries, stream.name(), context, snapshot);
        } catch (Throwable e) {
            // A condition is user code and may throw anything.
            failures.note(stream, context, e).ifPresent(fatal -> {
                throw fatal;
            });
            return false;
        }
    }

    /** The condition of a stream. Whatever it throws is thrown; weights that it changes are restored. */
    static boolean evaluate(
            SavedRun run, DeclaredStreams registries, String stream, SaveContext context, Snapshot snapshot)
            throws Exception {
        String who = "The condition of the stream \"" + stream + "\"";
        try (CallMemory memory = CallMemory.create()) {
            return MutationGuard.watch(
                    snapshot,
                    run.slowCalls(),
                    who,
                    () -> registries.saves(stream, memory.context(context, stream, stream)));
        }
    }
}
