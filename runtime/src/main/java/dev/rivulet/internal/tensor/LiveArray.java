package dev.rivulet.internal.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.util.NativeResource;
import dev.rivulet.internal.engine.StorageProbe;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A live array that is viewed repeatedly. Remembers where its memory is, because asking libtorch takes longer than
 * copying a small array.
 *
 * <p>That does not change while the array refers to the same libtorch tensor, provided that {@link
 * StorageProbe} finds that DJL gives it no other storage. Otherwise the memory is located again each time. Whether it has no gaps is determined once for each tensor.
 *
 * <p>For use on the training thread.
 */
public final class LiveArray {
    private final NDArray array;
    private final Dtype dtype;
    private final TensorShape shape;
    private final long byteCount;

    /** The libtorch tensor that was inspected last. */
    private @Nullable Object handle;

    private boolean contiguous;

    /** The memory of that tensor. */
    private @Nullable ByteBuffer memory;

    /** Initialized when the engine has been loaded. */
    private static final class Memory {
        static final boolean STAYS = StorageProbe.arraysOwnTheirMemory();
    }

    /**
     * Inspects an array.
     *
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if the engine does not expose the bytes of the array's type
     * @throws IllegalArgumentException if the array is sparse
     */
    public LiveArray(NDArray array) {
        this.array = array;
        this.dtype = LiveTensors.dtype(array);
        this.shape = LiveTensors.shape(array);
        this.byteCount = dtype.byteCount(shape);
        inspect();
    }

    /** The array itself. */
    public NDArray array() {
        return array;
    }

    /** The type of the elements. */
    public Dtype dtype() {
        return dtype;
    }

    /** The dimensions. */
    public TensorShape shape() {
        return shape;
    }

    /** Size of the elements in bytes. */
    public long byteCount() {
        return byteCount;
    }

    /**
     * The array's own memory, if it lies in host memory without gaps and is neither empty nor larger than 2 GiB − 1.
     * Otherwise use {@link LiveTensors}. Valid until the array is closed; reading it later crashes the JVM.
     *
     * @throws IllegalStateException if its size has changed, or if the array is closed
     */
    public Optional<ByteBuffer> buffer() {
        if (remembered() == null) {
            memory = locate();
        }
        return Optional.ofNullable(memory);
    }

    /**
     * The memory that {@link #buffer} found, if it is still the array's. For any thread while the training thread waits.
     *
     * @throws IllegalStateException if the array is closed
     */
    public @Nullable ByteBuffer remembered() {
        return Memory.STAYS && handle != null && handle == handle() ? memory : null;
    }

    private @Nullable ByteBuffer locate() {
        if (handle == null || handle != handle()) {
            inspect();
        }
        if (!contiguous) {
            return null;
        }
        ByteBuffer buffer = array.toByteBuffer(true);
        if (buffer.capacity() != byteCount) {
            throw new IllegalStateException("An array " + dtype + shape + " has " + buffer.capacity()
                    + " bytes instead of " + byteCount + " because it now refers to another tensor; do not change"
                    + " types and shapes of weights during a fit.");
        }
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    private void inspect() {
        try (LiveTensors loan = new LiveTensors()) {
            contiguous = byteCount > 0
                    && byteCount <= Integer.MAX_VALUE
                    && array.getDevice().equals(Device.cpu())
                    && loan.lend(array).copy() == null;
        }
        handle = handle();
    }

    /**
     * Identifies the libtorch tensor: the same object as before if it is still the same. An equal address would not
     * suffice, because libtorch reuses it. Null for an array of another engine, which is located each time.
     */
    private @Nullable Object handle() {
        return array instanceof NativeResource<?> resource ? resource.getHandle() : null;
    }
}
