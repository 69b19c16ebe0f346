package dev.rivulet.tensor;

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a block tree under dotted names like PyTorch's, such as {@code 0.weight} or {@code
 * encoder.norm.running_mean}.
 *
 * <ul>
 *   <li>Children of a {@link SequentialBlock} or {@link ParallelBlock} are called by their index from 0, activations
 *       counted, as in {@code nn.Sequential}.
 *   <li>Children of other blocks are called as the block added them, or by their index if a sibling is called the same.
 *   <li>Parameters of DJL's own blocks are called as in {@code torch.nn}: {@code gamma} of a {@code BatchNorm} is
 *       {@code weight}, {@code l_0_i2h_WEIGHT} of an {@code LSTM} is {@code weight_ih_l0}. Parameters of other blocks
 *       keep their names.
 *   <li>A mapping may give other names to all of them, last.
 * </ul>
 *
 * <p>A parameter that is met again, because a block or parameter is shared, is listed once under its first name; the
 * others are {@link #aliases}. Order is DJL's and PyTorch's: a block's own parameters, then its children, depth first.
 *
 * <p>Immutable; says what the tree was when {@link #of} was called.
 */
public final class ParameterNames {
    private final Map<String, Parameter> parameters;
    private final Map<String, String> aliases;
    private final Set<String> batchCounters;

    private ParameterNames(Walk walk) {
        this.parameters = Collections.unmodifiableMap(walk.parameters);
        this.aliases = Collections.unmodifiableMap(walk.aliases);
        this.batchCounters = Collections.unmodifiableSet(walk.batchCounters);
    }

    /**
     * Names the parameters of a block, initialized or not.
     *
     * @throws IllegalArgumentException if two parameters would get one name; both are told by their path in the tree
     */
    public static ParameterNames of(Block block) {
        return of(block, UnaryOperator.identity());
    }

    /**
     * Names the parameters of a block, initialized or not, as a mapping says.
     *
     * @param mapping from the name that a parameter or {@link #batchCounters batch counter} has otherwise to the one that
     *     it gets
     * @throws IllegalArgumentException if two parameters would get one name, or one would get none; they are told by their
     *     path in the tree
     */
    public static ParameterNames of(Block block, UnaryOperator<String> mapping) {
        Walk walk = new Walk(mapping);
        walk.visit(block, "", block.getClass().getSimpleName());
        walk.batchCounters.removeAll(walk.paths.keySet());
        return new ParameterNames(walk);
    }

    /** Each parameter once, under its first name, in order. */
    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /** Further names of shared parameters, in order, each with the name that {@link #parameters} lists. */
    public Map<String, String> aliases() {
        return aliases;
    }

    /**
     * The names under which PyTorch counts the training batches that a {@code BatchNorm} has seen, such as
     * {@code 1.num_batches_tracked}. DJL does not count them: files from Python have them, files from here do not.
     */
    public Set<String> batchCounters() {
        return batchCounters;
    }

    /** What has been seen so far; a path is the path in DJL's own keys, for messages. */
    private static final class Walk {
        private final UnaryOperator<String> mapping;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Map<String, String> aliases = new LinkedHashMap<>();
        private final Set<String> batchCounters = new LinkedHashSet<>();
        private final IdentityHashMap<Parameter, String> firstNames = new IdentityHashMap<>();
        private final Map<String, String> paths = new LinkedHashMap<>();

        Walk(UnaryOperator<String> mapping) {
            this.mapping = mapping;
        }

        void visit(Block block, String prefix, String path) {
            for (Pair<String, Parameter> entry : block.getDirectParameters()) {
                String parameterPath = path + "/" + entry.getKey();
                String name = prefix + TorchNames.ofParameter(block, entry.getKey());
                add(mapped(name, parameterPath), entry.getValue(), parameterPath);
            }
            TorchNames.ofBatchCounter(block).ifPresent(name -> batchCounters.add(mapped(prefix + name, path)));
            List<String> names = childNames(block);
            int index = 0;
            for (Pair<String, Block> child : block.getChildren()) {
                String name = names.get(index++);
                visit(child.getValue(), prefix + name + ".", path + "/" + child.getKey());
            }
        }

        private String mapped(String name, String path) {
            @Nullable String mapped = mapping.apply(name);
            if (mapped == null || mapped.isEmpty()) {
                throw new IllegalArgumentException("The mapping of names gives none to \"" + name + "\" (" + path
                        + "). Have it return the name itself where it changes nothing.");
            }
            return mapped;
        }

        private void add(String name, Parameter parameter, String path) {
            String other = paths.putIfAbsent(name, path);
            if (other != null) {
                throw new IllegalArgumentException("Two parameters would be called \"" + name + "\": " + other + " and "
                        + path + ". Give one of them, or the block that holds it, another name, or have the mapping"
                        + " of names do so.");
            }
            String first = firstNames.putIfAbsent(parameter, name);
            if (first == null) {
                parameters.put(name, parameter);
            } else {
                aliases.put(name, first);
            }
        }
    }

    private static List<String> childNames(Block block) {
        List<String> keys = block.getChildren().keys();
        List<String> names = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            names.add(ownName(keys.get(i), i));
        }
        List<String> unique = new ArrayList<>(keys.size());
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean named = !name.isEmpty() && Collections.frequency(names, name) == 1 && !namesChildrenByClass(block);
            unique.add(named ? name : Integer.toString(i));
        }
        return unique;
    }

    /** A child's name without the number, counted from 1, that DJL puts before it. */
    private static String ownName(String key, int index) {
        String number = String.format(Locale.ROOT, "%02d", index + 1);
        return key.startsWith(number) ? key.substring(number.length()) : key;
    }

    /** These blocks call every child by its class, which is no name that a user gave. */
    private static boolean namesChildrenByClass(Block block) {
        return block instanceof SequentialBlock || block instanceof ParallelBlock;
    }
}
