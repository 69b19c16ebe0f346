package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.model.Network;
import java.util.List;

/** What a module does not show its users. */
public final class LiveNetwork {
    private LiveNetwork() {}

    /** The net of a module that has been made, or can be without data. */
    public static Network of(LightningModule module, Shape... inputs) {
        return module.network(List.of(inputs));
    }

    /** Whether a module has its weights already. */
    public static boolean hasWeights(LightningModule module) {
        return module.hasWeights();
    }
}
