package dev.rivulet.internal.tensor;

import dev.rivulet.internal.memory.Crc;
import dev.rivulet.tensor.Tensor;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongBiFunction;

/** Computes a digest of weights, with which files and manifests identify their sources. */
public final class WeightsDigest {
    private WeightsDigest() {}

    /**
     * {@code crc32c:} and eight hexadecimal digits, the CRC-32C over the bytes of all tensors in ascending order of their
     * names in UTF-8.
     */
    public static String of(Map<String, Tensor> tensors) {
        return of(tensors, (name, tensor) -> tensor.crc32c());
    }

    /**
     * The same digest from known checksums, without reading the bytes.
     *
     * @param checksums returns the CRC-32C of a tensor, in the low 32 bits
     */
    public static String of(Map<String, Tensor> tensors, ToLongBiFunction<String, Tensor> checksums) {
        Map<String, Tensor> ordered = new TreeMap<>(CodePointOrder.ASCENDING);
        ordered.putAll(tensors);
        long joined = 0;
        for (Map.Entry<String, Tensor> named : ordered.entrySet()) {
            Tensor tensor = named.getValue();
            joined = Crc.CRC32C.combine(joined, checksums.applyAsLong(named.getKey(), tensor), tensor.byteCount());
        }
        return "crc32c:" + HexFormat.of().toHexDigits(joined, 8);
    }
}
