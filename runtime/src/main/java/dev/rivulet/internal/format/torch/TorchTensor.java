package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.util.Arrays;

/**
 * A tensor of a PyTorch file: a view of a storage.
 *
 * <p>Immutable; {@code equals} is identity. The elements of a tensor in a file are had from {@link TorchReader#read}.
 */
public final class TorchTensor implements TorchValue {
    private final TorchStorage storage;
    private final Dtype dtype;
    private final long offset;
    private final TensorShape shape;
    private final long[] strides;
    private final Autograd autograd;

    /** How it takes part in differentiation. */
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

    /** A tensor that is all of a storage of its own. */
    public static TorchTensor of(Tensor tensor) {
        return of(TorchStorage.of(tensor), tensor.dtype(), tensor.shape());
    }

    /**
     * The first elements of a storage, row-major.
     *
     * @throws IllegalArgumentException if the storage has fewer
     */
    public static TorchTensor of(TorchStorage storage, Dtype dtype, TensorShape shape) {
        return view(storage, dtype, 0, shape, rowMajor(shape.dimensions()));
    }

    /**
     * A view.
     *
     * @param offset of the first element, in elements
     * @param strides per dimension, in elements
     * @throws IllegalArgumentException if it leads outside the storage, or has more elements than that
     */
    public static TorchTensor view(TorchStorage storage, Dtype dtype, long offset, TensorShape shape, long... strides) {
        String name = TorchDtypes.name(dtype);
        ViewBounds.check(storage.byteCount(), dtype, offset, shape, strides).ifPresent(misfit -> {
            throw new IllegalArgumentException("A tensor of " + name + shape + " with strides "
                    + Arrays.toString(strides) + " cannot be a view: " + misfit.detail() + ". Save a copy of it.");
        });
        return new TorchTensor(storage, dtype, offset, shape, strides.clone(), new Autograd(false, false));
    }

    /** The same as one that takes part in differentiation, or not. */
    public TorchTensor withRequiresGrad(boolean required) {
        return with(new Autograd(required, autograd.isParameter()));
    }

    /** The same as a {@code torch.nn.Parameter}. */
    public TorchTensor asParameter(boolean required) {
        return with(new Autograd(required, true));
    }

    private TorchTensor with(Autograd changed) {
        return new TorchTensor(storage, dtype, offset, shape, strides, changed);
    }

    /** What it is a view of. */
    public TorchStorage storage() {
        return storage;
    }

    /** The type of the elements. */
    public Dtype dtype() {
        return dtype;
    }

    /** Place of the first element in the storage, in elements. */
    public long offset() {
        return offset;
    }

    /** The dimensions. */
    public TensorShape shape() {
        return shape;
    }

    /** Distance of neighbours in each dimension, in elements; a copy. */
    public long[] strides() {
        return strides.clone();
    }

    /** Whether it takes part in differentiation. */
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

    /** Whether the elements lie one after another, row-major. */
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

    /** The same view of another storage of the same size. */
    TorchTensor on(TorchStorage other) {
        return new TorchTensor(other, dtype, offset, shape, strides, autograd);
    }

    /**
     * The tensor, if it lies in memory row-major: not one that is in a file, or whose storage is not dense.
     *
     * @throws IllegalStateException if it has to be read or copied first
     */
    public Tensor inMemory() {
        if (!(storage instanceof TorchStorage.InMemory memory) || !isContiguous()) {
            throw new IllegalStateException(
                    this + " is in a file or not contiguous; have TorchReader.read make a tensor of it.");
        }
        return Tensor.of(dtype, shape, memory.slice(offset * dtype.alignment(), byteCount()));
    }

    /**
     * Which elements of its storage it is, as text: the same for the same ones, as the weights of tied layers are. A text,
     * because a map stays quick with texts that were chosen to have one hash.
     */
    public String viewKey() {
        return this + " from " + offset + " by " + Arrays.toString(strides);
    }

    /** Whether its bytes are those of the storage, one for one. */
    boolean isWholeStorage() {
        return isContiguous() && offset == 0 && byteCount() == storage.byteCount();
    }

    /** Dtype and shape, such as {@code F32[64, 3]}. */
    @Override
    public String toString() {
        return dtype.name() + shape;
    }

    /** As PyTorch counts: a dimension of 0 counts as 1. */
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
