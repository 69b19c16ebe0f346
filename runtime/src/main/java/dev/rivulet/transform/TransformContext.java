package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Phase;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Stream, progress and metrics for a transform or condition, and its additions to the file.
 *
 * <p>The framework creates one for each call; it is valid during that call, on that thread. A unit test creates its
 * own:
 *
 * <pre>{@code
 * TransformContext context = TransformContext.builder("averaged", manager).epoch(3).metric("val_loss", 0.25).build();
 * }</pre>
 *
 * @since 0.1
 */
public final class TransformContext {
    private final String stream;
    private final String source;
    private final Phase phase;
    private final int epoch;
    private final long globalStep;
    private final Map<String, Double> metrics;
    private final NDManager scope;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();

    private TransformContext(Builder builder) {
        this.stream = builder.stream;
        this.source = builder.source;
        this.phase = builder.phase;
        this.epoch = builder.epoch;
        this.globalStep = builder.globalStep;
        this.metrics = Collections.unmodifiableMap(new LinkedHashMap<>(builder.metrics));
        this.scope = builder.manager.newSubManager();
    }

    /**
     * Builds a context; by default, the source is {@code original}, in training, before the first step, without
     * metrics.
     *
     * @param stream name of the stream that saves
     * @param manager parent of {@link #manager}
     */
    public static Builder builder(String stream, NDManager manager) {
        return new Builder(stream, manager);
    }

    /** Name of the stream that saves. */
    public String stream() {
        return stream;
    }

    /** Name of the stream whose weights are transformed. */
    public String source() {
        return source;
    }

    /** Index of the current epoch, from 0; of the last one after training. */
    public int epoch() {
        return epoch;
    }

    /** Number of optimizer steps so far. */
    public long globalStep() {
        return globalStep;
    }

    /** The phase of training in which the save happens. */
    public Phase phase() {
        return phase;
    }

    /** All current metrics, exact, by name. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    /** The current value of a metric; empty if it has not been logged. */
    public OptionalDouble metric(String name) {
        Double value = metrics.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Manager for temporary arrays, and for those that the call returns; it is closed after the call. */
    public NDManager manager() {
        return scope;
    }

    /** Adds a string to the metadata of the stream's file. */
    public void putMetadata(String key, String value) {
        metadata.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, key));
    }

    /**
     * Adds a tensor to the stream's file, alongside the weights: a scale, for example.
     *
     * @param name a name that no weight has
     * @param tensor array of any shape and type; copied after the call
     */
    public void putTensor(String name, NDArray tensor) {
        tensors.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(tensor, name));
    }

    /** The added metadata, by key. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** The added tensors, by name. */
    public Map<String, NDArray> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /**
     * Builds a context, for unit tests and the framework.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final String stream;
        private final NDManager manager;
        private final Map<String, Double> metrics = new LinkedHashMap<>();
        private String source = CheckpointStream.ORIGINAL;
        private Phase phase = Phase.TRAINING;
        private int epoch;
        private long globalStep;

        private Builder(String stream, NDManager manager) {
            this.stream = Objects.requireNonNull(stream, "stream");
            this.manager = Objects.requireNonNull(manager, "manager");
        }

        /** Name of the stream whose weights are transformed; {@code original} by default. */
        public Builder source(String name) {
            this.source = Objects.requireNonNull(name, "source");
            return this;
        }

        /** The phase of training in which the save happens; {@link Phase#TRAINING} by default. */
        public Builder phase(Phase at) {
            this.phase = Objects.requireNonNull(at, "phase");
            return this;
        }

        /** Index of the epoch; 0 by default. */
        public Builder epoch(int index) {
            this.epoch = index;
            return this;
        }

        /** Number of optimizer steps so far; 0 by default. */
        public Builder globalStep(long steps) {
            this.globalStep = steps;
            return this;
        }

        /** Adds a metric. */
        public Builder metric(String name, double value) {
            metrics.put(Objects.requireNonNull(name, "name"), value);
            return this;
        }

        /** Adds metrics by name. */
        public Builder metrics(Map<String, Double> values) {
            values.forEach(this::metric);
            return this;
        }

        /** Creates the context, with its own manager, which is closed with its parent. */
        public TransformContext build() {
            return new TransformContext(this);
        }
    }
}
