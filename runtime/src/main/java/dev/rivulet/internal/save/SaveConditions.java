package dev.rivulet.internal.save;

import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.state.LoopView;

/** Asks the module's conditions whether a due save is carried out. On the training thread. */
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
     * @throws dev.rivulet.checkpoint.FitException if the condition fails and the stream is one that ends training then
     */
    boolean allow(StreamSaver stream) {
        SaveContext context = view.now();
        try (NDManager scope = manager.newSubManager()) {
            return registries.saves(stream.name(), context.transformContext(stream.name(), stream.name(), scope));
        } catch (Throwable e) {
            // A condition is user code, too.
            failures.note(stream, context, e).ifPresent(fatal -> {
                throw fatal;
            });
            return false;
        }
    }
}
