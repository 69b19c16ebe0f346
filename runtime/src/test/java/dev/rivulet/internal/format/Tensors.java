package dev.rivulet.internal.format;

import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors with known bytes, the same as in src/test/python/record_safetensors.py. */
public final class Tensors {
    private Tensors() {}

    /** A tensor whose i-th byte is 11 i + its size. */
    public static Tensor pattern(Dtype dtype, long... shape) {
        TensorShape tensorShape = TensorShape.of(shape);
        long byteCount = dtype.byteCount(tensorShape);
        DirectMemory memory = DirectMemory.allocate(byteCount);
        for (ByteBuffer chunk : memory.chunks()) {
            while (chunk.hasRemaining()) {
                chunk.put((byte) (chunk.position() * 11L + byteCount));
            }
        }
        return memory.asTensor(dtype, tensorShape);
    }

    /** One tensor of every dtype. */
    public static Map<String, Tensor> ofEveryDtype() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Dtype dtype : Dtype.values()) {
            tensors.put("layer." + dtype, pattern(dtype, 3, 4));
        }
        return tensors;
    }
}
