package dev.rivulet;

import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** Adds nothing to what is inherited. */
final class KilledRun_ModuleCallbackRegistry implements CallbackRegistry<KilledRun.Module> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of();
    }
}
