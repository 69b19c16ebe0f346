package dev.rivulet.testing;

import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All values of a {@code .ckpt} by path, such as {@code optimizer_states/0/state/0/exp_avg}. */
final class FinalState implements AutoCloseable {
    private final TorchReader reader;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private FinalState(TorchReader reader) {
        this.reader = reader;
    }

    /** Opens a checkpoint; the caller closes it. */
    static FinalState open(Path file) {
        try {
            FinalState state = new FinalState(TorchReader.open(file));
            state.add("", PlainValues.fromTorch(state.reader.content()));
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Differences from another state, by path. */
    Map<String, Difference> differences(FinalState other) {
        Set<String> paths = new LinkedHashSet<>(values.keySet());
        paths.addAll(other.values.keySet());
        Map<String, Difference> differences = new LinkedHashMap<>();
        for (String path : paths) {
            Object here = values.get(path);
            Object there = other.values.get(path);
            if (here instanceof TorchTensor left && there instanceof TorchTensor right) {
                compare(path, read(left), other.read(right)).ifPresent(difference -> differences.put(path, difference));
            } else if (here == null || !here.equals(there)) {
                differences.put(path, new Difference(format(here), format(there), Optional.empty()));
            }
        }
        return differences;
    }

    /**
     * The two values of a path.
     *
     * @param tensor the difference of the tensors, if both values are tensors of one type and shape
     */
    record Difference(String expected, String actual, Optional<TensorDifference> tensor) {}

    private static Optional<Difference> compare(String path, Tensor here, Tensor there) {
        if (here.contentEquals(there)) {
            return Optional.empty();
        }
        Optional<TensorDifference> where =
                here.dtype() == there.dtype() && here.shape().equals(there.shape())
                        ? Optional.of(TensorDifference.between(path, here, there))
                        : Optional.empty();
        return Optional.of(new Difference(here.toString(), there.toString(), where));
    }

    private static String format(@Nullable Object value) {
        return value == null ? "nothing" : value.toString();
    }

    private Tensor read(TorchTensor tensor) {
        try {
            return reader.read(tensor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> add(path.isEmpty() ? String.valueOf(key) : path + "/" + key, entry));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                add(path + "/" + i, list.get(i));
            }
        } else {
            values.put(path, value == null ? "None" : value);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
