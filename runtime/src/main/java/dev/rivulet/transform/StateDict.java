package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An ordered, immutable map from parameter names to tensors.
 *
 * <p>Names are those of PyTorch, such as {@code features.0.weight}. Every value is available as a DJL array, for
 * arithmetic, and as a {@link Tensor}, for its bytes. Types that DJL does not have, such as bf16, are available as
 * tensors only.
 *
 * <p>Methods that modify a state dict return a new one. Do not modify its arrays in place: use {@code mul}, not
 * {@code muli}. The arrays that a transform gets are copies, made when it asks for them; they are valid during the call
 * that receives the state dict, and are closed after it. Confined to the thread of that call.
 *
 * <p>A unit test of a transform creates one from a few small arrays:
 *
 * <pre>{@code
 * try (NDManager manager = NDManager.newBaseManager()) {
 *     StateDict weights = StateDict.of(Map.of("0.bias", manager.create(new float[] {1, 2})), manager);
 *     assertArrayEquals(new float[] {0.5f, 1}, DigitsModule.halve(weights).get("0.bias").toFloatArray());
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class StateDict {
    private final Workspace workspace;
    private final Map<String, Value> values;

    private StateDict(Workspace workspace, Map<String, Value> values) {
        this.workspace = workspace;
        this.values = values;
    }

    /**
     * Creates a state dict of arrays.
     *
     * @param weights arrays by name, in the order in which they are saved; the caller keeps their ownership
     * @param manager owns all arrays created from the state dict, which is usable until the manager is closed
     */
    public static StateDict of(Map<String, NDArray> weights, NDManager manager) {
        Map<String, Value> values = new LinkedHashMap<>();
        weights.forEach((name, array) -> values.put(name, new Value(array)));
        return new StateDict(new Workspace(manager, manager), values);
    }

    /**
     * Creates a state dict of tensors of any type. Nothing that is done with its arrays changes the tensors.
     *
     * @param weights tensors by name, in the order in which they are saved; their memory must outlive the manager
     * @param manager owns all arrays created from the state dict, which is usable until the manager is closed
     */
    public static StateDict ofTensors(Map<String, Tensor> weights, NDManager manager) {
        return ofTensors(weights, manager, manager);
    }

    /**
     * Creates the argument of a transform, for the framework.
     *
     * @param weights tensors by name, in the order in which they are saved; their memory must outlive the manager
     * @param manager owns all arrays created from the state dict, which is usable until the manager is closed
     * @param memory owns the memory of these arrays, so that closing one of them does not free it
     */
    public static StateDict ofTensors(Map<String, Tensor> weights, NDManager manager, NDManager memory) {
        Map<String, Value> values = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> values.put(name, new Value(tensor)));
        return new StateDict(new Workspace(manager, memory), values);
    }

    /** The names of all tensors, in order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Number of tensors. */
    public int size() {
        return values.size();
    }

    /**
     * Returns a tensor as an array.
     *
     * @throws NoSuchElementException if no tensor has the name
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if DJL does not have the type
     */
    public NDArray get(String name) {
        return value(name).array(workspace);
    }

    /**
     * Returns a copy of a tensor, as bytes. It may be used after the call that received the state dict.
     *
     * @throws NoSuchElementException if no tensor has the name
     */
    public Tensor tensor(String name) {
        return value(name).copy(workspace);
    }

    /**
     * Replaces each array, under the same name.
     *
     * @param transform maps name and array to the new array; must not return null
     */
    public StateDict map(BiFunction<String, NDArray, NDArray> transform) {
        Map<String, Value> mapped = new LinkedHashMap<>();
        for (String name : values.keySet()) {
            NDArray result = transform.apply(name, get(name));
            if (result == null) {
                throw new IllegalArgumentException("The transform returned null for \"" + name
                        + "\"; return the array itself to keep it, or use filter to leave it out.");
            }
            mapped.put(name, new Value(result));
        }
        return new StateDict(workspace, mapped);
    }

    /**
     * Converts floating-point tensors, rounding to nearest even; tensors of integers and booleans are unchanged.
     */
    public StateDict to(Dtype dtype) {
        Map<String, Value> converted = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Tensor tensor = value.view(workspace);
            boolean converts = Conversion.accepts(tensor.dtype()) && tensor.dtype() != dtype;
            converted.put(name, converts ? new Value(Conversion.convert(tensor, dtype)) : value);
        });
        return new StateDict(workspace, converted);
    }

    /** Replaces a tensor, or adds it at the end. */
    public StateDict with(String name, NDArray array) {
        return with(name, new Value(Objects.requireNonNull(array, name)));
    }

    /** Replaces a tensor, or adds it at the end. */
    public StateDict with(String name, Tensor tensor) {
        return with(name, new Value(Objects.requireNonNull(tensor, name)));
    }

    /** Keeps only the tensors whose name matches. */
    public StateDict filter(Predicate<String> names) {
        Map<String, Value> kept = new LinkedHashMap<>(values);
        kept.keySet().removeIf(names.negate());
        return new StateDict(workspace, kept);
    }

    /**
     * Renames all tensors.
     *
     * @throws IllegalArgumentException if two tensors would get the same name
     */
    public StateDict rename(UnaryOperator<String> names) {
        Map<String, Value> renamed = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (renamed.put(names.apply(name), value) != null) {
                throw new IllegalArgumentException(
                        "Two tensors would be named \"" + names.apply(name) + "\", one of them \"" + name + "\".");
            }
        });
        return new StateDict(workspace, renamed);
    }

    /** Returns copies of all tensors, as bytes, by name, in order. */
    public Map<String, Tensor> tensors() {
        return tensors(value -> value.copy(workspace));
    }

    /**
     * Returns all tensors as bytes, by name, in order, without copying them. The framework calls this for the result of
     * a transform.
     *
     * @param memory keeps the memory of the arrays, even if they are closed; the tensors are valid until it is closed,
     *     and reading one later crashes the JVM
     */
    public Map<String, Tensor> views(NDManager memory) {
        Workspace views = new Workspace(memory, memory);
        return tensors(value -> {
            workspace.requireOpen();
            return value.view(views);
        });
    }

    /** The arrays that were made of tensors, as copies. For the framework, which frees them after the call. */
    public List<NDArray> copies() {
        return values.values().stream()
                .flatMap(value -> value.copy == null ? Stream.empty() : Stream.ofNullable(value.array))
                .toList();
    }

    /**
     * The name of the first tensor whose array has been changed in place. For the framework, which calls it for the
     * argument of a transform.
     */
    public Optional<String> firstChanged() {
        return values.entrySet().stream()
                .filter(named -> named.getValue().isChanged())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Digest of the bytes of all tensors, such as {@code crc32c:1a2b3c4d}, as recorded in files and manifests. */
    public String digest() {
        return WeightsDigest.of(tensors(value -> value.view(workspace)));
    }

    private Map<String, Tensor> tensors(Function<Value, Tensor> tensor) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        values.forEach((name, value) -> tensors.put(name, tensor.apply(value)));
        return tensors;
    }

    private StateDict with(String name, Value value) {
        Map<String, Value> changed = new LinkedHashMap<>(values);
        changed.put(name, value);
        return new StateDict(workspace, changed);
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new NoSuchElementException(
                    "There is no tensor named \"" + name + "\", only " + values.keySet() + ".");
        }
        return value;
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }

    /** An array; or a tensor, of which an array is made on demand, as a copy. */
    private static final class Value {
        private final @Nullable Tensor source;
        private @Nullable NDArray copy;
        private @Nullable NDArray array;

        private Value(NDArray array) {
            this.source = null;
            this.array = array;
        }

        private Value(Tensor source) {
            this.source = source;
        }

        private NDArray array(Workspace workspace) {
            workspace.requireOpen();
            if (array == null) {
                copy = workspace.copy(Objects.requireNonNull(source, "A value has an array or a tensor."));
                array = workspace.alias(copy);
            }
            return array;
        }

        /** The tensor, or the array's own memory. */
        private Tensor view(Workspace workspace) {
            workspace.requireOpen();
            return array == null
                    ? Objects.requireNonNull(source, "A value has an array or a tensor.")
                    : workspace.view(array);
        }

        private Tensor copy(Workspace workspace) {
            workspace.requireOpen();
            if (array == null) {
                return view(workspace).copy();
            }
            try (LiveTensors live = new LiveTensors()) {
                return live.view(array).copy();
            }
        }

        /** Whether the array was made of the tensor, and has been changed since. */
        private boolean isChanged() {
            if (source == null || copy == null) {
                return false;
            }
            try (LiveTensors live = new LiveTensors()) {
                return !source.contentEquals(live.view(copy));
            }
        }
    }
}
