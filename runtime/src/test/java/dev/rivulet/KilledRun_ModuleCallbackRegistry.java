package dev.rivulet;

import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** Declares nothing in addition to the inherited streams. */
final class KilledRun_ModuleCallbackRegistry implements CallbackRegistry<KilledRun.Module> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of();
    }
}
