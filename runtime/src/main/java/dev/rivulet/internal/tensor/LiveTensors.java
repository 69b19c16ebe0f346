package dev.rivulet.internal.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A scope in which live arrays are viewed as tensors, without a copy if the array lies in host memory without gaps.
 *
 * <pre>{@code
 * try (LiveTensors live = new LiveTensors()) {
 *     live.view(weight).copyTo(snapshot);
 * }
 * }</pre>
 *
 * <p><b>Ownership.</b> The scope lends memory that belongs to the array. It is valid until the scope or the array is
 * closed, whichever comes first; reading it later crashes the JVM. An array with gaps (for example a transposed one) or
 * on a GPU is copied by libtorch; the copy belongs to the scope. Nothing remains attached to the array's own manager.
 *
 * <p>For use by one thread. Independent of the thread's gradient mode.
 */
public final class LiveTensors implements AutoCloseable {
    private final long bufferLimit;
    private final int sliceBytes;
    private @Nullable NDManager scratch;

    /** An empty scope, which the caller must close. */
    public LiveTensors() {
        this(Integer.MAX_VALUE, Chunks.BYTES);
    }

    /**
     * A scope with lower limits than the JVM's, for tests.
     *
     * @param bufferLimit size in bytes above which an array is viewed in slices
     * @param sliceBytes size of the slices; a multiple of 8
     */
    LiveTensors(long bufferLimit, int sliceBytes) {
        this.bufferLimit = bufferLimit;
        this.sliceBytes = sliceBytes;
    }

    /**
     * The array as a tensor over its own memory.
     *
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if the engine does not expose the bytes of the array's type
     * @throws IllegalArgumentException if the array is sparse
     */
    public Tensor view(NDArray array) {
        Dtype dtype = dtype(array);
        TensorShape shape = shape(array);
        long byteCount = dtype.byteCount(shape);
        if (byteCount == 0 || byteCount > bufferLimit || array.isSparse()) {
            return Tensor.of(dtype, shape, lend(array).chunks());
        }
        // Does not check whether it is a copy, which would double the time for a small array.
        try (NDArray alias = alias(array)) {
            return Tensor.of(dtype, shape, alias.toByteBuffer(true));
        }
    }

    /**
     * The array's own memory in order, writable and little-endian. Writes change the array's values immediately; its
     * storage, its gradient flag and other views of it are preserved.
     *
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if the engine does not expose the bytes of the array's type
     * @throws IllegalArgumentException if the array is sparse, has gaps or lies on a GPU; use {@link NDArrays#write}
     */
    public List<ByteBuffer> memory(NDArray array) {
        Memory memory = lend(array);
        if (memory.copy() != null) {
            throw new IllegalArgumentException("The array " + array.getShape() + " on " + array.getDevice()
                    + " does not lie in host memory without gaps; write it with NDArrays.write.");
        }
        return memory.chunks();
    }

    /** Ends the use of all memory and frees the copies. */
    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
    }

    static Dtype dtype(NDArray array) {
        return Dtype.of(array.getDataType());
    }

    static TensorShape shape(NDArray array) {
        return TensorShape.of(array.getShape().getShape());
    }

    /**
     * Memory of an array.
     *
     * @param copy the copy that owns the memory; null if it is the array's own memory
     */
    record Memory(List<ByteBuffer> chunks, @Nullable NDArray copy) {}

    Memory lend(NDArray array) {
        if (array.isSparse()) {
            throw new IllegalArgumentException(
                    "A sparse array has no dense memory; make it dense with toDense() first.");
        }
        Dtype dtype = dtype(array);
        long byteCount = dtype.byteCount(shape(array));
        if (byteCount == 0) {
            return new Memory(List.of(), null);
        }
        try (NDArray alias = alias(array)) {
            Set<String> before = scratchUids(alias);
            ByteBuffer whole = wholeBuffer(alias, byteCount);
            NDArray copy = hiddenCopy(alias, before);
            List<ByteBuffer> chunks = whole == null || byteCount > bufferLimit
                    ? slices(copy == null ? alias : copy, dtype)
                    : List.of(whole.order(ByteOrder.LITTLE_ENDIAN));
            return new Memory(chunks, copy);
        }
    }

    /** Shares the array's storage but belongs to this scope, like all arrays that DJL derives from it. */
    private NDArray alias(NDArray array) {
        NDArray alias = array.stopGradient();
        alias.attach(scratch(array));
        return alias;
    }

    private NDManager scratch(NDArray array) {
        if (scratch == null) {
            scratch = array.getManager().getEngine().newBaseManager(Device.cpu());
        }
        return scratch;
    }

    /**
     * One buffer over the whole array; null if it is too large. DJL makes a hidden copy first if the array has gaps.
     */
    private static @Nullable ByteBuffer wholeBuffer(NDArray alias, long byteCount) {
        try {
            return alias.toByteBuffer(true);
        } catch (EngineException e) {
            if (byteCount <= Integer.MAX_VALUE) {
                throw e;
            }
            return null;
        }
    }

    private static Set<String> scratchUids(NDArray alias) {
        return alias.getManager().getManagedArrays().stream()
                .map(NDArray::getUid)
                .collect(Collectors.toSet());
    }

    /** The copy that DJL made to get a buffer, if any; it belongs to this scope. */
    private static @Nullable NDArray hiddenCopy(NDArray alias, Set<String> before) {
        return alias.getManager().getManagedArrays().stream()
                .filter(array -> !before.contains(array.getUid()))
                .findFirst()
                .orElse(null);
    }

    private List<ByteBuffer> slices(NDArray array, Dtype dtype) {
        long step = sliceBytes / dtype.alignment();
        List<ByteBuffer> chunks = new ArrayList<>();
        try (NDArray flat = array.reshape(-1)) {
            for (long from = 0; from < flat.size(); from += step) {
                long to = Math.min(from + step, flat.size());
                try (NDArray slice = flat.get(new NDIndex("{}:{}", from, to))) {
                    chunks.add(slice.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN));
                }
            }
        }
        return List.copyOf(chunks);
    }
}
