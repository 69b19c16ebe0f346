package dev.rivulet.internal.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.tensor.LiveArray;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The memory of a live float32 array. For the training thread. */
final class FloatMemory {
    private final LiveArray live;
    private @Nullable ByteBuffer bytes;
    private Optional<FloatBuffer> floats = Optional.empty();

    FloatMemory(NDArray array) {
        live = new LiveArray(array);
    }

    boolean isOf(NDArray array) {
        return live.array() == array;
    }

    /** All elements in order; empty if they do not lie in host memory without gaps. Valid until the array is closed. */
    Optional<FloatBuffer> floats() {
        ByteBuffer current = live.buffer().orElse(null);
        if (current != bytes || current == null) {
            bytes = current;
            floats = Optional.ofNullable(current).map(ByteBuffer::asFloatBuffer);
        }
        return floats;
    }
}
