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
 * Loads a file's weights into live arrays, in one pass: straight into their memory where type and layout are the same.
 *
 * <p>The file may use any of the names that a shared parameter has: PyTorch saves it under all of them, Rivulet's
 * safetensors have the first, other tools choose one. And PyTorch counts batches, which DJL does not.
 */
public final class WeightLoader {
    private final CheckpointFile file;
    private final ParameterNames names;
    private final Map<String, TensorKind> weights;
    private final Map<String, NDArray> arrays;

    /**
     * Matches a file's weights with parameters. Of a shared parameter that the file has under several names one is
     * taken.
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

    /** The file's weights by all of their names. */
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

    /** The array that each tensor of the file fills, by the name in the file. */
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

    /** The names of a parameter that the file has, or the first if it has none. */
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

    /** One parameter of the model is one in the file, too, under whichever names. */
    private void requireEqual(String name, String other) throws IOException {
        Map<String, String> tied = file.aliases();
        boolean areTied = tied.getOrDefault(name, name).equals(tied.getOrDefault(other, other));
        if (!areTied && !file.read(name).contentEquals(file.read(other))) {
            throw new ArchitectureMismatchException(
                    file.path(),
                    List.of(name + " and " + other + " differ in the file, but are one parameter in the model"));
        }
    }

    /** Something that reads the whole file, as {@link CheckpointFile#readAll} does. */
    public interface Pass {
        void read(Map<String, List<ByteBuffer>> memory) throws IOException;
    }

    /**
     * Fills the arrays.
     *
     * @param pass reads and verifies the file; where it fails the arrays may have been filled with what was read
     */
    public void load(Pass pass) throws IOException {
        Map<String, List<ByteBuffer>> memory = new LinkedHashMap<>();
        Map<String, Tensor> converted = new LinkedHashMap<>(); // What cannot be read in place.
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

    /** The array's own memory, if the file's bytes can be read into it as they are. */
    private static Optional<ByteBuffer> live(NDArray array, TensorKind kind) {
        LiveArray live = new LiveArray(array);
        return live.dtype() == kind.dtype() ? live.buffer() : Optional.empty();
    }
}
