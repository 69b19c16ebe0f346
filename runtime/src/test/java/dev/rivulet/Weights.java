package dev.rivulet;

import dev.rivulet.tensor.Conversion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights as values, equal if all names and bits are. */
final class Weights {
    private Weights() {}

    /** The weights that a module computes with. */
    static Map<String, List<Float>> live(LightningModule module) {
        Map<String, List<Float>> values = new LinkedHashMap<>();
        try (LiveTensors loan = new LiveTensors()) {
            module.network(List.of()).arrays().forEach((name, array) -> values.put(name, values(loan.view(array))));
        }
        return values;
    }

    /** The tensors of a file. */
    static Map<String, List<Float>> in(Path file) {
        Map<String, List<Float>> values = new LinkedHashMap<>();
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            for (Map.Entry<String, Tensor> tensor : tensors(open).entrySet()) {
                values.put(tensor.getKey(), values(tensor.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    /** All tensors of an open file, those that are no weights included. */
    static Map<String, Tensor> tensors(CheckpointFile file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : file.weights().keySet()) {
            tensors.put(name, file.read(name));
        }
        for (String name : file.additions()) {
            tensors.put(name, file.read(name));
        }
        return tensors;
    }

    /** The same with each value multiplied in single precision. */
    static Map<String, List<Float>> times(Map<String, List<Float>> weights, float factor) {
        Map<String, List<Float>> products = new LinkedHashMap<>();
        weights.forEach((name, values) ->
                products.put(name, values.stream().map(value -> value * factor).toList()));
        return products;
    }

    private static List<Float> values(Tensor tensor) {
        List<Float> values = new ArrayList<>();
        for (ByteBuffer chunk : Conversion.convert(tensor, Dtype.F32).chunks()) {
            while (chunk.hasRemaining()) {
                values.add(chunk.getFloat());
            }
        }
        return values;
    }
}
