package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An ordered map from parameter name to tensor.
 *
 * <p>Names are those of PyTorch, such as {@code features.0.weight}. Every value can be had as a DJL array, for
 * arithmetic, and as a {@link Tensor}, for its bytes. Types that DJL does not have, such as bf16, exist as tensors
 * only.
 *
 * <p>A state dict never changes; each method that seems to change it returns another one. The arrays must not be
 * changed in place either: use {@code mul}, not {@code muli}. They are valid during the call that was given the state
 * dict, and are closed after it. Confined to the thread of that call.
 *
 * <p>A unit test of a transform makes its own, of a few small arrays:
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
     * A state dict of arrays, such as those that a unit test gives to a transform.
     *
     * @param weights by name, in the order in which they are to be saved; they stay the caller's
     * @param manager holds what is made from the state dict, which can be used until the manager is closed
     */
    public static StateDict of(Map<String, NDArray> weights, NDManager manager) {
        Map<String, Value> values = new LinkedHashMap<>();
        weights.forEach((name, array) -> values.put(name, new Value(array, null)));
        return new StateDict(new Workspace(manager), values);
    }

    /**
     * A state dict of tensors, of whatever type.
     *
     * @param weights by name, in the order in which they are to be saved; their memory must last as long as the manager
     * @param manager holds what is made from the state dict, which can be used until the manager is closed
     */
    public static StateDict ofTensors(Map<String, Tensor> weights, NDManager manager) {
        Map<String, Value> values = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> values.put(name, new Value(null, tensor)));
        return new StateDict(new Workspace(manager), values);
    }

    /** The names, in order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Number of tensors. */
    public int size() {
        return values.size();
    }

    /**
     * A tensor as an array.
     *
     * @throws NoSuchElementException if no tensor has the name
     * @throws dev.rivulet.tensor.UnsupportedDtypeException if DJL has no such type
     */
    public NDArray get(String name) {
        return value(name).array(workspace);
    }

    /**
     * A tensor as bytes.
     *
     * @throws NoSuchElementException if no tensor has the name
     */
    public Tensor tensor(String name) {
        return value(name).tensor(workspace);
    }

    /**
     * The same names with each array replaced.
     *
     * @param transform from name and array to the new array
     */
    public StateDict map(BiFunction<String, NDArray, NDArray> transform) {
        Map<String, Value> mapped = new LinkedHashMap<>();
        for (String name : values.keySet()) {
            NDArray result = transform.apply(name, get(name));
            if (result == null) {
                throw new IllegalArgumentException("The transform returned null for \"" + name
                        + "\"; return the array itself to keep it, or use filter to leave it out.");
            }
            mapped.put(name, new Value(result, null));
        }
        return new StateDict(workspace, mapped);
    }

    /**
     * The same tensors with floating-point elements converted, rounded to nearest even where precision is lost. Tensors
     * of integers and booleans stay.
     */
    public StateDict to(Dtype dtype) {
        Map<String, Value> converted = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Tensor tensor = value.tensor(workspace);
            converted.put(
                    name,
                    Conversion.accepts(tensor.dtype()) ? new Value(null, Conversion.convert(tensor, dtype)) : value);
        });
        return new StateDict(workspace, converted);
    }

    /** With one tensor added at the end, or replaced where it is. */
    public StateDict with(String name, NDArray array) {
        return with(name, new Value(Objects.requireNonNull(array, name), null));
    }

    /** With one tensor added at the end, or replaced where it is. */
    public StateDict with(String name, Tensor tensor) {
        return with(name, new Value(null, Objects.requireNonNull(tensor, name)));
    }

    /** Only the tensors whose name passes. */
    public StateDict filter(Predicate<String> names) {
        Map<String, Value> kept = new LinkedHashMap<>(values);
        kept.keySet().removeIf(names.negate());
        return new StateDict(workspace, kept);
    }

    /**
     * With other names.
     *
     * @throws IllegalArgumentException if two tensors would have one name
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

    /** All tensors as bytes, by name, in order. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        values.forEach((name, value) -> tensors.put(name, value.tensor(workspace)));
        return tensors;
    }

    /**
     * The same weights as they are now, whatever becomes of arrays that are not a manager's: those are copied, because
     * their owner may change or close them. The framework calls this for what a transform returns.
     *
     * @param manager whose arrays, and those of the managers below it, are taken as they are
     */
    public StateDict retainedBy(NDManager manager) {
        Map<String, Value> retained = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Tensor tensor = value.tensor(workspace);
            retained.put(name, value.isManagedBy(manager) ? value : new Value(null, tensor.copy()));
        });
        return new StateDict(workspace, retained);
    }

    /** Digest of the bytes of all tensors, such as {@code crc32c:1a2b3c4d}, as files and manifests record it. */
    public String digest() {
        return WeightsDigest.of(tensors());
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

    /** An array, a tensor, or both, of which the missing one is made when it is asked for. */
    private static final class Value {
        private @Nullable NDArray array;
        private @Nullable Tensor tensor;

        private Value(@Nullable NDArray array, @Nullable Tensor tensor) {
            this.array = array;
            this.tensor = tensor;
        }

        /** Whether the array, if there is one, is held by a manager or by one below it. */
        private boolean isManagedBy(NDManager manager) {
            if (array == null) {
                return true;
            }
            for (NDManager owner = array.getManager(); owner != null; owner = owner.getParentManager()) {
                if (owner == manager) {
                    return true;
                }
            }
            return false;
        }

        private NDArray array(Workspace workspace) {
            workspace.requireOpen();
            if (array == null) {
                array = NDArrays.create(workspace.manager(), tensor(workspace));
            }
            return array;
        }

        private Tensor tensor(Workspace workspace) {
            workspace.requireOpen();
            if (tensor == null) {
                tensor = workspace.lend(Objects.requireNonNull(array, "A value has an array or a tensor."));
            }
            return tensor;
        }
    }
}
