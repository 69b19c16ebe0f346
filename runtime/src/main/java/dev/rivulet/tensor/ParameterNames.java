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
 *   <li>Children of a {@link SequentialBlock} or {@link ParallelBlock} are named by their index from 0, counting
 *       activations, as in {@code nn.Sequential}.
 *   <li>Children of other blocks have the name under which the block added them, or their index if a sibling has the
 *       same name.
 *   <li>Parameters of DJL's own blocks are named as in {@code torch.nn}: {@code gamma} of a {@code BatchNorm} is {@code
 *       weight}, {@code l_0_i2h_WEIGHT} of an {@code LSTM} is {@code weight_ih_l0}. Parameters of other blocks keep
 *       their names.
 *   <li>An optional mapping is applied to the resulting names.
 * </ul>
 *
 * <p>A shared parameter is listed once under its first name; its other names are {@link #aliases}. The order is that of
 * DJL and PyTorch: a block's own parameters, then its children, depth first.
 *
 * <p>Immutable; describes the tree at the time of the call of {@link #of}.
 *
 * @since 0.1
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
     * @throws IllegalArgumentException if two parameters would get the same name; the message has their paths in the
     *     tree
     */
    public static ParameterNames of(Block block) {
        return of(block, UnaryOperator.identity());
    }

    /**
     * Names the parameters of a block, initialized or not, with a mapping.
     *
     * @param mapping from the default name of a parameter or {@link #batchCounters batch counter} to its name
     * @throws IllegalArgumentException if two parameters would get the same name, or one would get none; the message
     *     has their paths in the tree
     */
    public static ParameterNames of(Block block, UnaryOperator<String> mapping) {
        Walk walk = new Walk(mapping);
        walk.visit(block, "", block.getClass().getSimpleName());
        walk.batchCounters.removeAll(walk.paths.keySet());
        return new ParameterNames(walk);
    }

    /** Each parameter once, by its first name, in order. */
    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /** Other names of shared parameters, in order, mapped to the name in {@link #parameters}. */
    public Map<String, String> aliases() {
        return aliases;
    }

    /**
     * Names of PyTorch's counters of training batches in {@code BatchNorm}, such as {@code 1.num_batches_tracked}. DJL
     * has no such counters: files from Python contain them, files from Rivulet do not.
     */
    public Set<String> batchCounters() {
        return batchCounters;
    }

    /** A walk through the tree. Paths consist of DJL's own keys, for messages. */
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
                throw new IllegalArgumentException("The mapping of names returns no name for \"" + name + "\" (" + path
                        + "). Return the name itself where nothing changes.");
            }
            return mapped;
        }

        private void add(String name, Parameter parameter, String path) {
            String other = paths.putIfAbsent(name, path);
            if (other != null) {
                throw new IllegalArgumentException("Two parameters would be called \"" + name + "\": " + other + " and "
                        + path + ". Rename one of them or the block that contains it, or change the mapping of names.");
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

    /** A child's name without DJL's prefix, its number from 1. */
    private static String ownName(String key, int index) {
        String number = String.format(Locale.ROOT, "%02d", index + 1);
        return key.startsWith(number) ? key.substring(number.length()) : key;
    }

    /** Whether the block names children by class, so that their names are not chosen by a user. */
    private static boolean namesChildrenByClass(Block block) {
        return block instanceof SequentialBlock || block instanceof ParallelBlock;
    }
}
