package dev.rivulet.internal.snapshot;

import dev.rivulet.internal.engine.EnginePatch;
import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A live array with the memory for its copy. Remembers where the array's own memory is, because asking libtorch takes
 * longer than copying a small array.
 *
 * <p>That does not change while the array refers to the same libtorch tensor, provided that {@link EnginePatch} is
 * installed: where DJL would give a tensor another storage, the patch writes in place. Without the patch, the memory is
 * located again before each use.
 */
final class Slot {
    private final LiveArray array;
    private final List<ByteBuffer> memory;
    private final Tensor tensor;

    /** The libtorch tensor whose memory is {@link #live}. */
    private @Nullable Object handle;

    /** The memory of the array; null if it has gaps, or does not lie in host memory. */
    private @Nullable ByteBuffer live;

    Slot(LiveArray array, List<ByteBuffer> memory) {
        this.array = array;
        this.memory = memory;
        this.tensor = Tensor.of(array.dtype(), array.shape(), memory);
        locate();
    }

    /** Finds out where the array's memory is. For the training thread. */
    void locate() {
        live = array.buffer().orElse(null);
        handle = array.handle();
    }

    /** Whether the array's memory must be located again before each use. */
    static boolean memoryMoves() {
        return !EnginePatch.arraysKeepTheirStorage();
    }

    /** The copy. */
    Tensor tensor() {
        return tensor;
    }

    /** The memory of the copy. */
    List<ByteBuffer> memory() {
        return memory;
    }

    /**
     * The array's memory; null if it must be located first, or viewed.
     *
     * @throws IllegalStateException if the array is closed
     */
    @Nullable
    ByteBuffer live() {
        Object now = array.handle();
        return now != null && now == handle ? live : null;
    }

    /** The array's memory as a tensor, whatever its layout. For the training thread. */
    Tensor view(LiveTensors loan) {
        locate();
        return live == null ? loan.view(array.array()) : Tensor.of(array.dtype(), array.shape(), live);
    }
}
