package dev.rivulet.testing;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.registry.RuntimeVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Builds checkpoints for unit tests of hooks.
 *
 * <pre>{@code
 * Checkpoint checkpoint = new CheckpointBuilder("original").epoch(3).metric("val_loss", 0.25).build();
 * new DigitsModule().describe(checkpoint);
 * assertEquals(10, checkpoint.get("class_names", List.class).size());
 * }</pre>
 *
 * <p>The checkpoints have no input shapes. Not thread-safe.
 *
 * @since 0.1
 */
public final class CheckpointBuilder {
    private final String stream;
    private final Map<String, Double> metrics = new LinkedHashMap<>();
    private Optional<Provenance.Derivation> derivation = Optional.empty();
    private int epoch;
    private long globalStep;

    /**
     * Starts a checkpoint of untransformed weights, before the first step and without metrics.
     *
     * @param stream name of the stream that the checkpoint belongs to
     */
    public CheckpointBuilder(String stream) {
        this.stream = Objects.requireNonNull(stream, "stream");
    }

    /**
     * Marks the weights as derived.
     *
     * @param transform the transforming method or field, such as {@code DigitsModule#halve}
     * @param source name of the stream whose weights were transformed
     */
    public CheckpointBuilder derivedBy(String transform, String source) {
        derivation = Optional.of(new Provenance.Derivation(transform, source, Optional.empty()));
        return this;
    }

    /** Index of the epoch of the save; 0 by default. */
    public CheckpointBuilder epoch(int index) {
        epoch = index;
        return this;
    }

    /** Number of optimizer steps until the save; 0 by default. */
    public CheckpointBuilder globalStep(long steps) {
        globalStep = steps;
        return this;
    }

    /** Adds a metric. */
    public CheckpointBuilder metric(String name, double value) {
        metrics.put(Objects.requireNonNull(name, "name"), value);
        return this;
    }

    /** Creates the checkpoint, without entries. */
    public Checkpoint build() {
        return Checkpoint.toSave(new Provenance(
                stream,
                derivation,
                new Provenance.Progress(epoch, globalStep, new LinkedHashMap<>(metrics)),
                List.of(),
                RuntimeVersion.current()));
    }
}
