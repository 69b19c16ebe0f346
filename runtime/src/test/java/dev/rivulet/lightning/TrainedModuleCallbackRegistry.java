package dev.rivulet.lightning;

import dev.rivulet.CallbackRegistry;
import dev.rivulet.Checkpoint;
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
