package dev.rivulet.internal.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.util.NativeResource;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A live array that is viewed repeatedly, at a third of the cost of {@link LiveTensors#view}.
 *
 * <p>Whether it lies in host memory without gaps is determined once, because in-place operations do not change that for
 * a libtorch tensor. If the array refers to another tensor ({@code NDArray.intern}), it is determined again.
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
     * @throws IllegalStateException if its size has changed
     */
    public Optional<ByteBuffer> buffer() {
        if (handle == null || handle != handle()) {
            inspect();
        }
        if (!contiguous) {
            return Optional.empty();
        }
        ByteBuffer buffer = array.toByteBuffer(true);
        if (buffer.capacity() != byteCount) {
            throw new IllegalStateException("An array " + dtype + shape + " has " + buffer.capacity()
                    + " bytes instead of " + byteCount + " because it now refers to another tensor; do not change"
                    + " types and shapes of weights during a fit.");
        }
        return Optional.of(buffer.order(ByteOrder.LITTLE_ENDIAN));
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
     * Identifies the libtorch tensor that the array refers to: the same object as before if it is still the same tensor.
     * An equal address would not suffice, because libtorch reuses it. Null for an array of another engine.
     *
     * @throws IllegalStateException if the array is closed
     */
    public @Nullable Object handle() {
        return array instanceof NativeResource<?> resource ? resource.getHandle() : null;
    }
}
