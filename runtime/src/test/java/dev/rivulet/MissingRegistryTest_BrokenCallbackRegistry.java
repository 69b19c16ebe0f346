package dev.rivulet;

import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** A registry that cannot be created, because its constructor has a parameter. */
final class MissingRegistryTest_BrokenCallbackRegistry implements CallbackRegistry<MissingRegistryTest.Broken> {
    private final List<StreamDeclaration> streams;

    MissingRegistryTest_BrokenCallbackRegistry(List<StreamDeclaration> streams) {
        this.streams = streams;
    }

    @Override
    public List<StreamDeclaration> streams() {
        return streams;
    }
}
