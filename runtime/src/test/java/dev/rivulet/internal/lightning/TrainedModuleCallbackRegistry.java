package dev.rivulet.internal.lightning;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** Calls the module's hook. */
final class TrainedModuleCallbackRegistry implements CallbackRegistry<TrainedModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of();
    }

    @Override
    public void onLoadCheckpoint(String stream, TrainedModule module, Checkpoint checkpoint) {
        module.load(checkpoint);
    }
}
