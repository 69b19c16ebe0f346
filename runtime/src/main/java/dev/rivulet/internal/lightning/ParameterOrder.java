package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parameters of a Lightning file's optimizer state, which numbers them, by their names. PyTorch numbers the
 * parameters of a module in the order of its {@code state_dict}, which may differ from the order in Java, or names them
 * in {@code param_names}.
 *
 * @param inFile names and shapes of the model's parameters, without buffers, in the order of the file
 * @param trained names of the parameters that are not frozen
 */
public record ParameterOrder(Map<String, TensorShape> inFile, Set<String> trained) {
    /** The number of a parameter that the saved optimizer does not have. */
    private static final long NONE = -1;

    /**
     * The state with the numbers of each group in the order of the Java optimizer.
     *
     * @param groups names of the optimizer's parameters by group
     * @throws NoTrainingStateException if the file does not tell to which parameters the state belongs
     */
    public TrainingState sort(TrainingState saved, List<List<String>> groups) {
        List<Map<String, @Nullable Object>> sorted = new ArrayList<>();
        saved.optimizerStates().forEach(state -> sorted.add(sort(state, groups)));
        return saved.withOptimizerStates(sorted);
    }

    private Map<String, @Nullable Object> sort(Map<String, @Nullable Object> state, List<List<String>> groups) {
        Map<String, @Nullable Object> sorted = new LinkedHashMap<>(state);
        if (state.get("param_groups") instanceof List<?> saved && saved.size() == groups.size()) {
            List<@Nullable Object> renumbered = new ArrayList<>();
            for (int i = 0; i < saved.size(); i++) {
                renumbered.add(
                        saved.get(i) instanceof Map<?, ?> group ? sort(group, groups.get(i), state) : saved.get(i));
            }
            sorted.put("param_groups", renumbered);
        }
        return sorted;
    }

    private Map<?, ?> sort(Map<?, ?> group, List<String> names, Map<String, @Nullable Object> state) {
        if (!(group.get("params") instanceof List<?> numbers)) {
            return group;
        }
        return byName(group, names)
                .or(() -> byOrder(numbers, names, state))
                .<Map<?, ?>>map(byName -> {
                    Map<Object, @Nullable Object> sorted = new LinkedHashMap<>(group);
                    sorted.put(
                            "params",
                            names.stream()
                                    .map(name -> byName.containsKey(name) ? byName.get(name) : (Object) NONE)
                                    .toList());
                    return sorted;
                })
                .orElse(group);
    }

    /** The number of each trained parameter, if the file names all of them. */
    private Optional<Map<String, Object>> byName(Map<?, ?> group, List<String> names) {
        if (!(group.get("params") instanceof List<?> numbers)
                || !(group.get("param_names") instanceof List<?> saved)
                || saved.size() != numbers.size()) {
            return Optional.empty();
        }
        Map<String, Object> byName = new LinkedHashMap<>();
        for (int i = 0; i < saved.size(); i++) {
            byName.put(String.valueOf(saved.get(i)), numbers.get(i));
        }
        return byName.keySet().containsAll(trainedOf(names)) ? Optional.of(byName) : Optional.empty();
    }

    private List<String> trainedOf(List<String> names) {
        return names.stream().filter(trained::contains).toList();
    }

    /** The number of each parameter, if the file has one for each or for each that is trained. */
    private Optional<Map<String, Object>> byOrder(
            List<?> numbers, List<String> names, Map<String, @Nullable Object> state) {
        Map<String, Integer> order = new HashMap<>();
        inFile.keySet().forEach(name -> order.put(name, order.size()));
        List<String> numbered = new ArrayList<>(numbers.size() == names.size() ? names : trainedOf(names));
        if (numbered.size() != numbers.size() || !order.keySet().containsAll(numbered)) {
            return Optional.empty();
        }
        numbered.sort(Comparator.comparing(order::get));
        if (numbered.size() < names.size()) {
            requireUnambiguous(numbers, names, state);
        }
        Map<String, Object> byName = new LinkedHashMap<>();
        for (int i = 0; i < numbered.size(); i++) {
            byName.put(numbered.get(i), numbers.get(i));
        }
        return Optional.of(byName);
    }

    /** Refuses an optimizer of some parameters if, by their shapes, the state may belong to others. */
    private void requireUnambiguous(List<?> numbers, List<String> names, Map<String, @Nullable Object> state) {
        List<TensorShape> shapes = inFile.entrySet().stream()
                .filter(parameter -> names.contains(parameter.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        List<Optional<TensorShape>> saved =
                numbers.stream().map(number -> shape(state, number)).toList();
        if (saved.stream().anyMatch(Optional::isPresent) && waysToChoose(saved, shapes) > 1) {
            throw new NoTrainingStateException("The optimizer of the saved run had " + numbers.size() + " of the "
                    + names.size() + " parameters " + names + ", and the file does not tell which: several have the"
                    + " same shapes. Save it in Python with an optimizer of self.named_parameters(), which stores the"
                    + " names, or load only the weights.");
        }
    }

    /** The shape of the first array in a parameter's state; empty if it has none. */
    private static Optional<TensorShape> shape(Map<String, @Nullable Object> state, Object number) {
        if (state.get("state") instanceof Map<?, ?> byNumber && byNumber.get(number) instanceof Map<?, ?> entry) {
            for (Map.Entry<?, ?> array : entry.entrySet()) {
                if (!"step".equals(array.getKey()) && array.getValue() instanceof TorchTensor tensor) {
                    return Optional.of(tensor.shape());
                }
            }
        }
        return Optional.empty();
    }

    /** In how many ways a sequence of shapes is a part of another one; an unknown shape fits all. */
    private static long waysToChoose(List<Optional<TensorShape>> part, List<TensorShape> whole) {
        long[] ways = new long[part.size() + 1];
        ways[0] = 1;
        for (TensorShape shape : whole) {
            for (int i = part.size(); i > 0; i--) {
                if (part.get(i - 1).isEmpty() || part.get(i - 1).get().equals(shape)) {
                    ways[i] = Math.min(2, ways[i] + ways[i - 1]);
                }
            }
        }
        return ways[part.size()];
    }
}
