package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.util.Arrays;

/**
 * A tensor of a PyTorch file: a view of a storage.
 *
 * <p>Immutable; {@code equals} is identity. {@link TorchReader#read} reads the elements of a tensor in a file.
 */
public final class TorchTensor implements TorchValue {
    private final TorchStorage storage;
    private final Dtype dtype;
    private final long offset;
    private final TensorShape shape;
    private final long[] strides;
    private final Autograd autograd;

    /** Its role in automatic differentiation. */
    private record Autograd(boolean requiresGrad, boolean isParameter) {}

    private TorchTensor(
            TorchStorage storage, Dtype dtype, long offset, TensorShape shape, long[] strides, Autograd autograd) {
        this.storage = storage;
        this.dtype = dtype;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        this.autograd = autograd;
    }

    /** A tensor that covers a whole storage of its own. */
    public static TorchTensor of(Tensor tensor) {
        return of(TorchStorage.of(tensor), tensor.dtype(), tensor.shape());
    }

    /**
     * The first elements of a storage in row-major order.
     *
     * @throws IllegalArgumentException if the storage has fewer elements
     */
    public static TorchTensor of(TorchStorage storage, Dtype dtype, TensorShape shape) {
        return view(storage, dtype, 0, shape, rowMajor(shape.dimensions()));
    }

    /**
     * A view.
     *
     * @param offset of the first element, in elements
     * @param strides per dimension, in elements
     * @throws IllegalArgumentException if it reaches outside the storage or has more elements than it
     */
    public static TorchTensor view(TorchStorage storage, Dtype dtype, long offset, TensorShape shape, long... strides) {
        String name = TorchDtypes.name(dtype);
        ViewBounds.check(storage.byteCount(), dtype, offset, shape, strides).ifPresent(misfit -> {
            throw new IllegalArgumentException("A tensor of " + name + shape + " with strides "
                    + Arrays.toString(strides) + " cannot be a view: " + misfit.detail() + ". Save a copy of it.");
        });
        return new TorchTensor(storage, dtype, offset, shape, strides.clone(), new Autograd(false, false));
    }

    /** This tensor with or without {@code requires_grad}. */
    public TorchTensor withRequiresGrad(boolean required) {
        return with(new Autograd(required, autograd.isParameter()));
    }

    /** This tensor as a {@code torch.nn.Parameter}. */
    public TorchTensor asParameter(boolean required) {
        return with(new Autograd(required, true));
    }

    private TorchTensor with(Autograd changed) {
        return new TorchTensor(storage, dtype, offset, shape, strides, changed);
    }

    /** The storage of which it is a view. */
    public TorchStorage storage() {
        return storage;
    }

    /** The type of the elements. */
    public Dtype dtype() {
        return dtype;
    }

    /** Position of the first element in the storage, in elements. */
    public long offset() {
        return offset;
    }

    /** The dimensions. */
    public TensorShape shape() {
        return shape;
    }

    /** Strides per dimension, in elements; a copy. */
    public long[] strides() {
        return strides.clone();
    }

    /** Whether it requires a gradient. */
    public boolean requiresGrad() {
        return autograd.requiresGrad();
    }

    /** Whether it is a {@code torch.nn.Parameter}. */
    public boolean isParameter() {
        return autograd.isParameter();
    }

    /** Size of the elements in bytes. */
    public long byteCount() {
        return dtype.byteCount(shape);
    }

    /** Whether the elements are contiguous in row-major order. */
    public boolean isContiguous() {
        long[] dimensions = shape.dimensions();
        long[] dense = rowMajor(dimensions);
        for (int i = 0; i < dimensions.length && shape.elementCount() > 0; i++) {
            if (dimensions[i] != 1 && strides[i] != dense[i]) {
                return false;
            }
        }
        return true;
    }

    /** The same view on another storage of the same size. */
    TorchTensor on(TorchStorage other) {
        return new TorchTensor(other, dtype, offset, shape, strides, autograd);
    }

    /** Whether it is in memory and contiguous. */
    boolean isInMemory() {
        return storage instanceof TorchStorage.InMemory && isContiguous();
    }

    /**
     * The tensor, if it is in memory and contiguous.
     *
     * @throws IllegalStateException if it must be read or copied first
     */
    public Tensor inMemory() {
        if (!(storage instanceof TorchStorage.InMemory memory) || !isContiguous()) {
            throw new IllegalStateException(this + " is in a file or not contiguous; read it with TorchReader.read.");
        }
        return Tensor.of(dtype, shape, memory.slice(offset * dtype.alignment(), byteCount()));
    }

    /**
     * Identifies the elements within the storage: tensors of one storage with equal keys are tied. A string, because a
     * map with string keys stays fast even if a hostile file makes their hashes collide.
     */
    public String viewKey() {
        return this + " from " + offset + " by " + Arrays.toString(strides);
    }

    /** Whether its bytes are exactly those of the storage. */
    boolean isWholeStorage() {
        return isContiguous() && offset == 0 && byteCount() == storage.byteCount();
    }

    /** Dtype and shape, such as {@code F32[64, 3]}. */
    @Override
    public String toString() {
        return dtype.name() + shape;
    }

    /** As in PyTorch, a dimension of 0 counts as 1. */
    private static long[] rowMajor(long[] dimensions) {
        long[] strides = new long[dimensions.length];
        long stride = 1;
        for (int i = dimensions.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride = Math.multiplyExact(stride, Math.max(1, dimensions[i]));
        }
        return strides;
    }
}
