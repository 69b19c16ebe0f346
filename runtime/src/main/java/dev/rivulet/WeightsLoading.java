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
    private final CheckpointFile file;
    private final Map<String, NDArray> arrays;
    private final Map<String, Tensor> beside = new LinkedHashMap<>();

    /**
     * A loading.
     *
     * @param arrays by the names that their tensors have in the file
     * @throws ArchitectureMismatchException if the file's weights do not fit
     * @throws NotACheckpointException if the file holds no weights
     */
    WeightsLoading(CheckpointFile file, Map<String, NDArray> arrays) throws NotACheckpointException {
        this.file = file;
        this.arrays = arrays;
        Map<String, TensorKind> expected = new LinkedHashMap<>();
        arrays.forEach((name, array) -> expected.put(name, TensorKind.of(array)));
        ArchitectureMismatchException.check(file.path(), expected, found());
    }

    /** The file's weights, tied ones by those of their names that the model uses. */
    private Map<String, TensorKind> found() throws NotACheckpointException {
        Map<String, TensorKind> found = new LinkedHashMap<>(file.weights());
        file.aliases().forEach((alias, name) -> {
            TensorKind kind = found.get(name);
            if (kind != null && arrays.containsKey(alias)) {
                found.put(alias, kind);
            }
        });
        file.aliases().forEach((alias, name) -> {
            if (!arrays.containsKey(name) && found.containsKey(alias)) {
                found.remove(name);
            }
        });
        return found;
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
        Map<String, TensorKind> kinds = found();
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
