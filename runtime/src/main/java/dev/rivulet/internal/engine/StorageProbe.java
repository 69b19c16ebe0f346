package dev.rivulet.internal.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;

/** Tests whether arrays own their memory, as they do where {@link EnginePatch} is installed. */
public final class StorageProbe {
    private StorageProbe() {}

    /**
     * Whether no array shares the memory of a Java buffer. Then an array keeps its memory as long as it refers to the
     * same libtorch tensor.
     */
    public static boolean arraysOwnTheirMemory() {
        return Finding.OWN;
    }

    /** Tested on first use. */
    private static final class Finding {
        static final boolean OWN = ownTheirMemory();

        private static boolean ownTheirMemory() {
            try (NDManager manager = TorchEngine.get().newBaseManager(Device.cpu())) {
                ByteBuffer memory = ByteBuffer.allocateDirect(Float.BYTES);
                NDArray created = manager.create(memory, new Shape(), DataType.FLOAT32);
                NDArray filled = manager.ones(new Shape());
                filled.set(memory);
                PtNDArray refilled = (PtNDArray) manager.ones(new Shape());
                JniUtils.set(refilled, memory);
                memory.putFloat(0, 1);
                return created.getFloat() == 0 && filled.getFloat() == 0 && refilled.getFloat() == 0;
            }
        }
    }
}
