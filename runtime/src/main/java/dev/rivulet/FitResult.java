package dev.rivulet;

import dev.rivulet.checkpoint.SaveStatistics;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.policy.StreamName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The outcome of a fit: progress, metrics, and the checkpoints of each stream.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class FitResult {
    private final int epochs;
    private final long globalStep;
    private final Map<String, Double> metrics;
    private final Optional<Path> resumedFrom;
    private final Map<String, StreamResult> streams;
    private final SaveStatistics saves;

    FitResult(
            int epochs,
            long globalStep,
            Map<String, Double> metrics,
            Optional<Path> resumedFrom,
            Map<String, StreamResult> streams,
            SaveStatistics saves) {
        this.epochs = epochs;
        this.globalStep = globalStep;
        this.metrics = metrics;
        this.resumedFrom = resumedFrom;
        this.streams = Collections.unmodifiableMap(new LinkedHashMap<>(streams));
        this.saves = saves;
    }

    /** Number of completed epochs, including those before the run resumed. */
    public int epochs() {
        return epochs;
    }

    /** Number of optimizer steps, including those before the run resumed. */
    public long globalStep() {
        return globalStep;
    }

    /** Final metrics, exact, by name. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    /** The checkpoint from which the fit resumed; empty if it started fresh. */
    public Optional<Path> resumedFrom() {
        return resumedFrom;
    }

    /** Time and bytes that saving cost. */
    public SaveStatistics saves() {
        return saves;
    }

    /** All streams by name, each source before the streams derived from it. */
    public Map<String, StreamResult> streams() {
        return streams;
    }

    /**
     * The result of a stream.
     *
     * @throws NoSuchElementException if the run had no such stream; the message names the streams that it had
     */
    public StreamResult stream(String name) {
        StreamResult stream = streams.get(name);
        if (stream == null) {
            if (streams.isEmpty()) {
                throw new NoSuchElementException("There is no stream \"" + name
                        + "\", because this run saved nothing: it was a fastDevRun, or enableCheckpointing was false.");
            }
            throw new NoSuchElementException("There is no stream \"" + name + "\""
                    + StreamName.closest(name, streams.keySet())
                            .map(closest -> "; did you mean \"" + closest + "\"?")
                            .orElse(", only " + streams.keySet() + "."));
        }
        return stream;
    }
}
