package dev.rivulet.internal.snapshot;

import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A live array with the memory for its copy. */
final class Slot {
    private final LiveArray array;
    private final List<ByteBuffer> memory;
    private final Tensor tensor;

    Slot(LiveArray array, List<ByteBuffer> memory) {
        this.array = array;
        this.memory = memory;
        this.tensor = Tensor.of(array.dtype(), array.shape(), memory);
    }

    /** The array. */
    LiveArray array() {
        return array;
    }

    /** The copy. */
    Tensor tensor() {
        return tensor;
    }

    /** The memory of the copy. */
    List<ByteBuffer> memory() {
        return memory;
    }

    /** The array's memory as a tensor, whatever its layout. For the training thread. */
    Tensor view(LiveTensors loan) {
        Optional<ByteBuffer> live = array.buffer();
        return live.isPresent() ? Tensor.of(array.dtype(), array.shape(), live.get()) : loan.view(array.array());
    }
}
