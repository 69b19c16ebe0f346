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
 * A live array that is looked at again and again, at a third of what {@link LiveTensors#view} costs each time.
 *
 * <p>Whether it lies in host memory without gaps is found out once: no operation in place changes that for libtorch's
 * tensor. If the array comes to stand for another one ({@code NDArray.intern}), it is found out anew.
 *
 * <p>For the thread that trains.
 */
public final class LiveArray {
    private final NDArray array;
    private final Dtype dtype;
    private final TensorShape shape;
    private final long byteCount;

    /** libtorch's tensor that was looked at last. */
    private @Nullable Object handle;

    private boolean plain;

    /**
     * An array to look at.
     *
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if the engine gives no bytes for the array's type
     * @throws IllegalArgumentException if the array is sparse
     */
    public LiveArray(NDArray array) {
        this.array = array;
        this.dtype = LiveTensors.dtype(array);
        this.shape = LiveTensors.shape(array);
        this.byteCount = dtype.byteCount(shape);
        look();
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
     * The array's own memory, if one buffer can show it: if it lies in host memory, without gaps, and is neither empty
     * nor larger than 2 GiB − 1. Else see it through {@link LiveTensors}. Valid until the array is closed; reading it
     * later ends the JVM.
     *
     * @throws IllegalStateException if it has another size than at first
     */
    public Optional<ByteBuffer> buffer() {
        if (handle == null || !handle.equals(handleNow())) {
            look();
        }
        if (!plain) {
            return Optional.empty();
        }
        ByteBuffer buffer = array.toByteBuffer(true);
        if (buffer.capacity() != byteCount) {
            throw new IllegalStateException("An array " + dtype + shape + " has " + buffer.capacity()
                    + " bytes instead of " + byteCount
                    + " since it stands for another one; keep types and shapes of weights during a fit.");
        }
        return Optional.of(buffer.order(ByteOrder.LITTLE_ENDIAN));
    }

    private void look() {
        try (LiveTensors loan = new LiveTensors()) {
            plain = byteCount > 0
                    && byteCount <= Integer.MAX_VALUE
                    && array.getDevice().equals(Device.cpu())
                    && loan.lend(array).copy() == null;
        }
        handle = handleNow();
    }

    /** Null for an array of another engine, which is looked at each time. */
    private @Nullable Object handleNow() {
        return array instanceof NativeResource<?> resource ? resource.getHandle() : null;
    }
}
