package dev.rivulet.internal.engine;

import ai.djl.Device;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * How DJL's arrays get values from Java: copied to memory that belongs to libtorch. {@link EnginePatch} makes DJL call
 * these methods instead of its own.
 *
 * <p>DJL 0.36 itself makes an array share the memory of a Java buffer, and forgets the buffer when the array is closed.
 * But libtorch may still need it: autograd for the number of {@code x.mul(0.5f)}, which DJL closes at once, or a view.
 */
public final class ArrayMemory {
    private ArrayMemory() {}

    /** {@link PtNDManager#create(Buffer, Shape, DataType)}. */
    public static PtNDArray create(PtNDManager manager, Buffer values, Shape shape, DataType type) {
        int size = Math.toIntExact(shape.size());
        BaseNDManager.validateBuffer(values, type, size);
        int bytes = Math.multiplyExact(size, type.getNumOfBytes());
        if (isHostMemory(manager.getDevice())) {
            PtNDArray array = manager.create(shape, type);
            try {
                copy(values, bytes, array.toByteBuffer(true));
                return array;
            } catch (Throwable failure) {
                array.close();
                throw failure;
            }
        }
        ByteBuffer host = manager.allocateDirect(bytes);
        copy(values, bytes, host);
        return JniUtils.createNdFromByteBuffer(manager, host, shape, type, SparseFormat.DENSE, manager.getDevice());
    }

    /** Elsewhere libtorch itself makes a copy. */
    private static boolean isHostMemory(Device device) {
        return device.equals(Device.cpu()) && !Boolean.getBoolean("ai.djl.pytorch.use_mkldnn");
    }

    /** A direct buffer is read from its beginning and keeps its position, as in DJL. */
    private static void copy(Buffer values, int bytes, ByteBuffer target) {
        Buffer source = values instanceof ByteBuffer direct && direct.isDirect()
                ? direct.duplicate().clear().limit(bytes)
                : values;
        BaseNDManager.copyBuffer(source, target);
    }

    /** {@link PtNDArray#set(Buffer)}; writes in place, with or without recording gradients. */
    public static void set(PtNDArray array, Buffer values) {
        try (NDArray copy = create(array.getManager(), values, array.getShape(), array.getDataType());
                NDArray alias = array.stopGradient()) {
            alias.set(new NDIndex("..."), copy);
        }
    }

    /** {@link JniUtils#set(PtNDArray, ByteBuffer)}, which DJL itself calls only in {@link PtNDArray#set(Buffer)}. */
    public static void set(PtNDArray array, ByteBuffer values) {
        set(array, (Buffer) values);
    }
}
