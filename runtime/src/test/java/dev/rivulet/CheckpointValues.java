package dev.rivulet;

import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All values of a {@code .ckpt} by path, with the SHA-256 of each tensor. */
final class CheckpointValues {
    private final TorchReader reader;
    private final Map<String, String> values = new TreeMap<>();

    private CheckpointValues(TorchReader reader) {
        this.reader = reader;
    }

    static Map<String, String> in(Path file) throws IOException {
        try (TorchReader reader = TorchReader.open(file)) {
            CheckpointValues state = new CheckpointValues(reader);
            state.add("", PlainValues.fromTorch(reader.content()));
            return state.values;
        }
    }

    private void add(String path, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                add(path + "/" + entry.getKey(), entry.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                add(path + "/" + i, list.get(i));
            }
        } else if (value instanceof TorchTensor tensor) {
            values.put(path, tensor + " " + sha256(List.of(reader.read(tensor))));
        } else {
            values.put(path, String.valueOf(value));
        }
    }

    /** The SHA-256 of the concatenated bytes of tensors. */
    static String sha256(Collection<Tensor> tensors) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Tensor tensor : tensors) {
                for (ByteBuffer chunk : tensor.chunks()) {
                    digest.update(chunk.duplicate());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JVM has SHA-256.", e);
        }
    }
}
