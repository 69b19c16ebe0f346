package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.model.Network;
import java.util.List;

/** Gives tests access to package-private state of modules. */
public final class LiveNetwork {
    private LiveNetwork() {}

    /** The network of a module; created if it does not exist. */
    public static Network of(LightningModule module, Shape... inputs) {
        return module.network(List.of(inputs));
    }

    /** Whether the weights of a module exist. */
    public static boolean hasWeights(LightningModule module) {
        return module.hasWeights();
    }
}
