package dev.rivulet.internal.format.safetensors;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;

/**
 * The type, shape and position of a tensor in a file.
 *
 * @param begin position of the first byte, relative to the start of the data, which follows the header
 * @param end position after the last byte
 */
public record SafetensorsEntry(String name, Dtype dtype, TensorShape shape, long begin, long end) {

    /** Size of the tensor in bytes. */
    public long byteCount() {
        return end - begin;
    }
}
