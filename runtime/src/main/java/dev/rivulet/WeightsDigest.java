package dev.rivulet;

import dev.rivulet.tensor.CodePointOrder;
import dev.rivulet.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Identifies weights by their bytes, in the form in which files and manifests name their sources. */
final class WeightsDigest {
    private WeightsDigest() {}

    /** {@code crc32c:} and eight hexadecimal digits, over the bytes of all tensors in ascending order of their names. */
    static String of(Map<String, Tensor> tensors) {
        Map<String, Tensor> ordered = new TreeMap<>(CodePointOrder.ASCENDING);
        ordered.putAll(tensors);
        CRC32C crc = new CRC32C();
        ordered.values().forEach(tensor -> tensor.chunks().forEach(crc::update));
        return "crc32c:%08x".formatted(crc.getValue());
    }
}
