package dev.rivulet.internal.save;

import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.state.LoopView;

/** Evaluates the module's conditions for a due save. For the training thread. */
final class SaveConditions {
    private final DeclaredStreams registries;
    private final NDManager manager;
    private final LoopView view;
    private final FailurePolicy failures;

    SaveConditions(DeclaredStreams registries, NDManager manager, LoopView view, FailurePolicy failures) {
        this.registries = registries;
        this.manager = manager;
        this.view = view;
        this.failures = failures;
    }

    /**
     * Whether a stream saves now.
     *
     * @throws dev.rivulet.checkpoint.FitException if the condition throws and the stream's policy then ends training
     */
    boolean allow(StreamSaver stream) {
        SaveContext context = view.now();
        try (NDManager scope = manager.newSubManager()) {
            return registries.saves(stream.name(), context.transformContext(stream.name(), stream.name(), scope));
        } catch (Throwable e) {
            // A condition is user code and may throw anything.
            failures.note(stream, context, e).ifPresent(fatal -> {
                throw fatal;
            });
            return false;
        }
    }
}
