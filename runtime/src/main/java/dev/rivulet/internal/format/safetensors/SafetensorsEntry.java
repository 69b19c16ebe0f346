package dev.rivulet.internal.format.safetensors;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;

/**
 * Where a tensor lies in a file.
 *
 * @param begin first byte, counted from the beginning of the data, which follows the header
 * @param end the byte after the last
 */
public record SafetensorsEntry(String name, Dtype dtype, TensorShape shape, long begin, long end) {

    /** Size of the tensor in bytes. */
    public long byteCount() {
        return end - begin;
    }
}
