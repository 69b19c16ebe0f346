package dev.rivulet;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.Conversion;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.LiveArray;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills live arrays from a file in one pass: straight into their memory where type and layout are the same. */
final class WeightsLoading {
    private final Map<String, TensorKind> kinds;
    private final Map<String, NDArray> arrays;
    private final Map<String, Tensor> beside = new LinkedHashMap<>();

    /**
     * A loading.
     *
     * @throws ArchitectureMismatchException if the file's weights do not fit
     * @throws NotACheckpointException if the file holds no weights
     * @throws IOException if it cannot be read
     */
    WeightsLoading(CheckpointFile file, LoadTarget target) throws IOException {
        this.kinds = kinds(file);
        this.arrays = target.match(file, kinds);
    }

    /** The file's weights by all of their names. */
    private static Map<String, TensorKind> kinds(CheckpointFile file) throws NotACheckpointException {
        Map<String, TensorKind> kinds = new LinkedHashMap<>(file.weights());
        file.aliases().forEach((alias, name) -> {
            TensorKind kind = kinds.get(name);
            if (kind != null) {
                kinds.put(alias, kind);
            }
        });
        return kinds;
    }

    /** Something that reads the whole file, as {@link CheckpointFile#readAll} does. */
    interface Pass {
        void read(Map<String, List<ByteBuffer>> memory) throws IOException;
    }

    /**
     * Fills the arrays.
     *
     * @param pass reads and verifies the file; where it fails the arrays may have been filled with what was read
     */
    void fill(Pass pass) throws IOException {
        Map<String, List<ByteBuffer>> memory = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            TensorKind kind = kinds.get(name);
            if (kind != null) {
                memory.put(name, live(array, kind).map(List::of).orElseGet(() -> beside(name, kind)));
            }
        });
        pass.read(memory);
        beside.forEach((name, tensor) -> {
            NDArray array = arrays.get(name);
            if (array != null) {
                NDArrays.write(Conversion.convert(tensor, new LiveArray(array).dtype()), array);
            }
        });
    }

    private static Optional<ByteBuffer> live(NDArray array, TensorKind kind) {
        return Optional.of(new LiveArray(array))
                .filter(live -> live.dtype() == kind.dtype())
                .flatMap(LiveArray::buffer);
    }

    /** For what cannot be read in place. */
    private List<ByteBuffer> beside(String name, TensorKind kind) {
        DirectMemory memory = DirectMemory.allocate(kind.dtype().byteCount(kind.shape()));
        beside.put(name, memory.asTensor(kind.dtype(), kind.shape()));
        return memory.chunks();
    }
}
