package dev.rivulet.random;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.Dropout;
import java.util.Arrays;

/** Draws from all kinds of libtorch operations. */
final class Draws {
    private Draws() {}

    /** Odd counts leave a normal number pending; more than 16 take the vectorised path. */
    static String torch() {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
            StringBuilder drawn = new StringBuilder();
            for (int size : new int[] {1, 3, 17, 700}) {
                NDArray uniform = manager.randomUniform(0, 1, new Shape(size));
                NDArray normal = manager.randomNormal(new Shape(size));
                NDArray dropped = Dropout.dropout(manager.ones(new Shape(size)), 0.5f, true)
                        .singletonOrThrow();
                for (NDArray array : new NDArray[] {uniform, normal, dropped}) {
                    drawn.append(Integer.toHexString(Arrays.hashCode(array.toFloatArray())))
                            .append(' ');
                }
            }
            return drawn.toString().trim();
        }
    }
}
