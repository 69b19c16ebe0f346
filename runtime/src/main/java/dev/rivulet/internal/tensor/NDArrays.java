package dev.rivulet.internal.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.UnsupportedDtypeException;
import java.nio.ByteBuffer;
import java.util.List;

/** Copies tensors to DJL arrays: to a new array, or to an existing one in place. */
public final class NDArrays {
    private NDArrays() {}

    /**
     * Creates an array with the tensor's values.
     *
     * <p>On the CPU it shares the tensor's memory if that is one direct buffer; otherwise it is a copy. A sharing array
     * keeps the buffer reachable until it is closed. In-place operations on it change the tensor, so treat it as
     * read-only. While gradients are recorded it is a copy, because autograd reads it even after it is closed.
     *
     * @param manager manager that will close the array
     * @throws UnsupportedDtypeException if DJL's PyTorch engine does not support the dtype
     */
    public static NDArray create(NDManager manager, Tensor tensor) {
        DataType type = arrayType(tensor);
        Shape shape = new Shape(tensor.shape().dimensions());
        List<ByteBuffer> chunks = tensor.chunks();
        if (manager.getDevice().equals(Device.cpu()) && isShareable(tensor.dtype(), chunks) && !JniUtils.isGradMode()) {
            return JniUtils.createNdFromByteBuffer(
                    (PtNDManager) manager, chunks.get(0), shape, type, SparseFormat.DENSE, Device.cpu());
        }
        return copy(manager, tensor);
    }

    /**
     * Creates an array with the tensor's values, in memory that belongs to libtorch.
     *
     * @param manager manager that will close the array
     * @throws UnsupportedDtypeException if DJL's PyTorch engine does not support the dtype
     */
    public static NDArray copy(NDManager manager, Tensor tensor) {
        NDArray array = manager.create(new Shape(tensor.shape().dimensions()), arrayType(tensor));
        if (tensor.byteCount() > 0
                && tensor.byteCount() <= Integer.MAX_VALUE
                && manager.getDevice().equals(Device.cpu())) {
            tensor.copyTo(List.of(array.toByteBuffer(true)));
        } else {
            write(tensor, array);
        }
        return array;
    }

    /**
     * Replaces the values of an array. Preserves its storage, its gradient flag and other views of it, regardless of
     * the thread's gradient mode.
     *
     * @throws UnsupportedDtypeException if DJL's PyTorch engine does not support the dtype
     * @throws IllegalArgumentException if dtype or shape differ; then nothing is written
     */
    public static void write(Tensor tensor, NDArray array) {
        arrayType(tensor);
        if (LiveTensors.dtype(array) != tensor.dtype()
                || !LiveTensors.shape(array).equals(tensor.shape())) {
            throw new IllegalArgumentException("A tensor " + tensor + " cannot fill an array "
                    + LiveTensors.dtype(array) + LiveTensors.shape(array)
                    + "; convert it, or load it into a model of the same architecture.");
        }
        try (LiveTensors live = new LiveTensors()) {
            LiveTensors.Memory memory = live.lend(array);
            tensor.copyTo(memory.chunks());
            NDArray copy = memory.copy();
            if (copy != null) {
                // Through an alias without gradient, because libtorch forbids in-place writes to a leaf that requires
                // one.
                try (NDArray alias = array.stopGradient()) {
                    alias.set(new NDIndex("..."), copy);
                }
            }
        }
    }

    private static boolean isShareable(Dtype dtype, List<ByteBuffer> chunks) {
        return chunks.size() == 1
                && chunks.get(0).isDirect()
                && chunks.get(0).alignmentOffset(0, dtype.alignment()) == 0;
    }

    private static DataType arrayType(Tensor tensor) {
        return tensor.dtype()
                .arrayType()
                .orElseThrow(() -> new UnsupportedDtypeException("A tensor " + tensor
                        + " cannot become a DJL array: the PyTorch engine does not support " + tensor.dtype()
                        + ". Convert it to a supported type, such as F32."));
    }
}
