package dev.rivulet;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.ParameterNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters that a file is to fill, whichever of their names it uses. PyTorch saves a shared parameter under all of
 * its names, Rivulet's safetensors have the first, other tools choose one; and PyTorch counts batches, which DJL does not.
 */
final class LoadTarget {
    private final ParameterNames names;

    /** All parameters of an initialized block. */
    LoadTarget(ParameterNames names) {
        this.names = names;
    }

    /**
     * Finds the array that each tensor of a file is to fill. Of a shared parameter that the file has under several names
     * one is taken.
     *
     * @param found the file's weights, by all of their names
     * @return arrays by the name in the file
     * @throws ArchitectureMismatchException if the weights do not fit
     */
    Map<String, NDArray> match(CheckpointFile file, Map<String, TensorKind> found) throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        Map<String, TensorKind> expected = new LinkedHashMap<>();
        Map<String, String> repeated = new LinkedHashMap<>();
        names.parameters().forEach((name, parameter) -> {
            List<String> used = namesUsed(name, found.keySet());
            arrays.put(used.get(0), parameter.getArray());
            for (String each : used) {
                expected.put(each, TensorKind.of(parameter.getArray()));
            }
            used.stream().skip(1).forEach(other -> repeated.put(other, used.get(0)));
        });
        Map<String, TensorKind> weights = new LinkedHashMap<>(found);
        weights.keySet().removeAll(names.batchCounters());
        ArchitectureMismatchException.check(file.path(), expected, weights);
        for (Map.Entry<String, String> pair : repeated.entrySet()) {
            requireEqual(file, pair.getValue(), pair.getKey());
        }
        return arrays;
    }

    /** The names of a parameter that a file has, or the first if it has none. */
    private List<String> namesUsed(String first, Set<String> found) {
        List<String> all = new ArrayList<>(List.of(first));
        names.aliases().forEach((alias, name) -> {
            if (name.equals(first)) {
                all.add(alias);
            }
        });
        all.retainAll(found);
        return all.isEmpty() ? List.of(first) : all;
    }

    private static void requireEqual(CheckpointFile file, String name, String other) throws IOException {
        Map<String, String> tied = file.aliases();
        boolean areTied = tied.getOrDefault(name, name).equals(tied.getOrDefault(other, other));
        if (!areTied && !file.read(name).contentEquals(file.read(other))) {
            throw ArchitectureMismatchException.untied(file.path(), name, other);
        }
    }
}
