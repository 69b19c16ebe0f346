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
 * How a fit ended, and what it saved.
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

    /** Number of epochs that were run to their end, those before the run resumed included. */
    public int epochs() {
        return epochs;
    }

    /** Number of optimizer steps, those before the run resumed included. */
    public long globalStep() {
        return globalStep;
    }

    /** The metrics at the end, exact, by name. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    /** The checkpoint from which the fit resumed; empty if it started fresh. */
    public Optional<Path> resumedFrom() {
        return resumedFrom;
    }

    /** What saving cost. */
    public SaveStatistics saves() {
        return saves;
    }

    /** All streams by name, sources before what is derived from them. */
    public Map<String, StreamResult> streams() {
        return streams;
    }

    /**
     * A stream.
     *
     * @throws NoSuchElementException if the run had none of that name; the message says which it had
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
