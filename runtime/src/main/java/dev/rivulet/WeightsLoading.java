package dev.rivulet;

import ai.djl.ndarray.NDArray;
import dev.rivulet.format.SafetensorsEntry;
import dev.rivulet.format.SafetensorsReader;
import dev.rivulet.tensor.Conversion;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.LiveArray;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills live arrays from a file in one pass: straight into their memory where type and layout are the same. */
final class WeightsLoading {
    private final Map<String, NDArray> arrays;
    private final Map<String, Tensor> beside = new LinkedHashMap<>();

    /** For arrays by the names that their tensors have in the file. */
    private WeightsLoading(Map<String, NDArray> arrays) {
        this.arrays = arrays;
    }

    /**
     * Fills parameters.
     *
     * @throws ArchitectureMismatchException if the file's weights do not fit; nothing is written then
     */
    static void fill(Path file, SafetensorsReader reader, LoadTarget target) throws IOException {
        WeightsLoading loading = new WeightsLoading(target.match(file, weights(reader), reader::read));
        reader.readAll(loading::memory);
        loading.convert();
    }

    private static Map<String, TensorKind> weights(SafetensorsReader reader) {
        Map<String, TensorKind> found = new LinkedHashMap<>();
        reader.header()
                .entries()
                .forEach((name, entry) -> found.put(name, new TensorKind(entry.dtype(), entry.shape())));
        found.keySet().removeAll(CheckpointMetadata.additions(reader.header().metadata()));
        return found;
    }

    private List<ByteBuffer> memory(SafetensorsEntry entry) {
        return live(entry).map(List::of).orElseGet(() -> {
            DirectMemory memory = DirectMemory.allocate(entry.byteCount());
            beside.put(entry.name(), memory.asTensor(entry.dtype(), entry.shape()));
            return memory.chunks();
        });
    }

    private Optional<ByteBuffer> live(SafetensorsEntry entry) {
        return Optional.ofNullable(arrays.get(entry.name()))
                .map(LiveArray::new)
                .filter(array -> array.dtype() == entry.dtype())
                .flatMap(LiveArray::buffer);
    }

    /** What could not be read in place; tensors that are no weights are left alone. */
    private void convert() {
        beside.forEach((name, tensor) -> {
            NDArray array = arrays.get(name);
            if (array != null) {
                NDArrays.write(Conversion.convert(tensor, new LiveArray(array).dtype()), array);
            }
        });
    }
}
