package dev.rivulet.internal.file;

import ai.djl.ndarray.NDArray;
import dev.rivulet.checkpoint.ArchitectureMismatchException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.tensor.ParameterNames;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads weights from a file into live arrays in one pass, directly into their memory if type and layout match.
 *
 * <p>The file may use any name of a shared parameter: PyTorch saves it under all names, Rivulet's safetensors files
 * under the first, other tools under one. Batch counters, which PyTorch has and DJL does not, are ignored.
 */
public final class WeightLoader {
    private final CheckpointFile file;
    private final ParameterNames names;
    private final Map<String, TensorKind> weights;
    private final Map<String, NDArray> arrays;

    /**
     * Matches a file's weights with parameters. If a file has a shared parameter under several names, one of them is
     * used.
     *
     * @param names of all parameters of an initialized block
     * @throws ArchitectureMismatchException if the weights do not fit
     * @throws NotACheckpointException if the file holds no weights
     * @throws IOException if it cannot be read
     */
    public WeightLoader(CheckpointFile file, ParameterNames names) throws IOException {
        this.file = file;
        this.names = names;
        this.weights = withAliases(file);
        weights.keySet().removeAll(names.batchCounters());
        this.arrays = match();
    }

    /** The file's weights under all of their names. */
    private static Map<String, TensorKind> withAliases(CheckpointFile file) throws NotACheckpointException {
        Map<String, TensorKind> weights = new LinkedHashMap<>(file.weights());
        file.aliases().forEach((alias, name) -> {
            TensorKind kind = weights.get(name);
            if (kind != null) {
                weights.put(alias, kind);
            }
        });
        return weights;
    }

    /** The target array of each tensor, by name in the file. */
    private Map<String, NDArray> match() throws IOException {
        Map<String, NDArray> matched = new LinkedHashMap<>();
        Map<String, TensorKind> expected = new LinkedHashMap<>();
        Map<String, String> repeated = new LinkedHashMap<>();
        names.parameters().forEach((name, parameter) -> {
            List<String> used = namesInFile(name);
            matched.put(used.get(0), parameter.getArray());
            for (String each : used) {
                expected.put(each, TensorKind.of(parameter.getArray()));
            }
            used.stream().skip(1).forEach(other -> repeated.put(other, used.get(0)));
        });
        requireSame(expected);
        for (Map.Entry<String, String> pair : repeated.entrySet()) {
            requireEqual(pair.getValue(), pair.getKey());
        }
        return matched;
    }

    /** The names of a parameter that occur in the file, or the first name if none does. */
    private List<String> namesInFile(String first) {
        List<String> all = new ArrayList<>(List.of(first));
        names.aliases().forEach((alias, name) -> {
            if (name.equals(first)) {
                all.add(alias);
            }
        });
        all.retainAll(weights.keySet());
        return all.isEmpty() ? List.of(first) : all;
    }

    /** Refuses a file unless its weights are exactly the expected ones. */
    private void requireSame(Map<String, TensorKind> expected) {
        List<String> differences = new ArrayList<>();
        expected.forEach((name, kind) -> {
            TensorKind found = weights.get(name);
            if (found == null) {
                differences.add(name + " is missing");
            } else if (!kind.takes(found)) {
                differences.add(name + " is " + found + " in the file, " + kind + " in the model");
            }
        });
        weights.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> differences.add(name + " is not in the model"));
        if (!differences.isEmpty()) {
            throw new ArchitectureMismatchException(file.path(), differences);
        }
    }

    /** Requires that a shared parameter has the same value under both names in the file. */
    private void requireEqual(String name, String other) throws IOException {
        Map<String, String> tied = file.aliases();
        boolean areTied = tied.getOrDefault(name, name).equals(tied.getOrDefault(other, other));
        if (!areTied && !file.read(name).contentEquals(file.read(other))) {
            throw new ArchitectureMismatchException(
                    file.path(),
                    List.of(name + " and " + other + " differ in the file, but are one parameter in the model"));
        }
    }

    /** Reads the whole file, like {@link CheckpointFile#readAll}. */
    public interface Pass {
        void read(Map<String, List<ByteBuffer>> memory) throws IOException;
    }

    /**
     * Fills the arrays.
     *
     * @param pass reads and verifies the file; if it fails, the arrays may have been overwritten
     */
    public void load(Pass pass) throws IOException {
        Map<String, List<ByteBuffer>> memory = new LinkedHashMap<>();
        Map<String, Tensor> converted = new LinkedHashMap<>(); // Tensors that cannot be read in place.
        arrays.forEach((name, array) -> {
            TensorKind kind = weights.get(name);
            if (kind != null) {
                Optional<ByteBuffer> live = live(array, kind);
                if (live.isPresent()) {
                    memory.put(name, List.of(live.get()));
                } else {
                    DirectMemory scratch = DirectMemory.allocate(kind.dtype().byteCount(kind.shape()));
                    memory.put(name, scratch.chunks());
                    converted.put(name, scratch.asTensor(kind.dtype(), kind.shape()));
                }
            }
        });
        pass.read(memory);
        converted.forEach((name, tensor) -> {
            NDArray array = arrays.get(name);
            if (array != null) {
                NDArrays.write(Conversion.convert(tensor, new LiveArray(array).dtype()), array);
            }
        });
    }

    /** The array's own memory, if the file's bytes can be read into it without conversion. */
    private static Optional<ByteBuffer> live(NDArray array, TensorKind kind) {
        LiveArray live = new LiveArray(array);
        return live.dtype() == kind.dtype() ? live.buffer() : Optional.empty();
    }
}
