package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What a transform or condition is told of the save event, and what it has to add.
 *
 * <p>Valid during the call that it was given to, on that thread.
 */
public final class TransformContext {
    private final String stream;
    private final SaveMoment moment;
    private final String source;
    private final NDManager scope;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();

    /** A context whose scope is closed with another one. */
    TransformContext(String stream, String source, SaveMoment moment, NDManager parent) {
        this.stream = stream;
        this.source = source;
        this.moment = moment;
        this.scope = parent.newSubManager();
    }

    /** Name of the stream that the weights are for. */
    public String stream() {
        return stream;
    }

    /** Name of the stream that the weights come from. */
    public String source() {
        return source;
    }

    /** Index of the epoch that runs or has just run. */
    public int epoch() {
        return moment.epoch();
    }

    /** Optimizer steps so far. */
    public long globalStep() {
        return moment.globalStep();
    }

    /** The part of training in which the save happens. */
    public Phase phase() {
        return moment.phase();
    }

    /** All metrics at this moment, exact, by name. */
    public Map<String, Double> metrics() {
        return moment.metrics();
    }

    /** A metric at this moment, if it has been logged. */
    public OptionalDouble metric(String name) {
        Double value = moment.metrics().get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Scope for temporary arrays: closed, with all that was created in it, when the checkpoint is written. */
    public NDManager manager() {
        return scope;
    }

    /** Adds a text to the metadata of the stream's file. */
    public void putMetadata(String key, String value) {
        metadata.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, key));
    }

    /**
     * Adds a tensor to the stream's file, beside the weights: a scale, say.
     *
     * @param name a name that no weight has
     */
    public void putTensor(String name, NDArray tensor) {
        tensors.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(tensor, name));
    }

    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    Map<String, NDArray> tensors() {
        return Collections.unmodifiableMap(tensors);
    }
}
