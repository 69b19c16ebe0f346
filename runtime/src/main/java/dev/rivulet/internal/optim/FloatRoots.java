package dev.rivulet.internal.optim;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Square roots by libtorch. */
final class FloatRoots implements AutoCloseable {
    private final NDManager manager = Engine.getInstance().newBaseManager(Device.cpu());
    private final FloatBuffer argument;
    private final NDArray arguments;
    private final Map<Integer, NDArray> views = new HashMap<>();
    private final float[] roots;

    /** For at most this many numbers at a time. */
    FloatRoots(int length) {
        ByteBuffer memory = ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder());
        argument = memory.asFloatBuffer();
        arguments = JniUtils.createNdFromByteBuffer(
                (PtNDManager) manager, memory, new Shape(length), DataType.FLOAT32, SparseFormat.DENSE, Device.cpu());
        roots = new float[length];
    }

    /** The roots of the first numbers, in an array that the next call overwrites. */
    float[] of(float[] numbers, int count) {
        argument.put(0, numbers, 0, count);
        NDArray view = views.computeIfAbsent(count, n -> arguments.get(new NDIndex("0:{}", n)));
        try (NDArray result = view.sqrt()) {
            result.toByteBuffer(true)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer()
                    .get(0, roots, 0, count);
        }
        return roots;
    }

    @Override
    public void close() {
        manager.close();
    }
}
