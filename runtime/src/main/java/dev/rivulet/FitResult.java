package dev.rivulet;

import dev.rivulet.policy.StreamName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a fit came to. */
public final class FitResult {
    private final int epochs;
    private final long globalSteps;
    private final Map<String, Double> metrics;
    private final Optional<Path> resumedFrom;
    private final Map<String, StreamResult> streams;
    private final SaveStatistics saves;

    FitResult(
            int epochs,
            long globalSteps,
            Map<String, Double> metrics,
            Optional<Path> resumedFrom,
            Map<String, StreamResult> streams,
            SaveStatistics saves) {
        this.epochs = epochs;
        this.globalSteps = globalSteps;
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
    public long globalSteps() {
        return globalSteps;
    }

    /** The metrics at the end, exact, by name. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    /** The checkpoint from which the fit went on; empty if it began anew. */
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

    /**
     * What a stream has kept.
     *
     * @param name the stream's name
     * @param kept its checkpoints, best first; without a monitor, newest first
     * @param kthBest the one that a better one would replace; empty while there is room
     * @param currentScore value of the monitored metric in the newest save that was kept; empty without a monitor
     * @param last the newest checkpoint under the name {@code last}, where the policy asks for it
     * @param best the best checkpoint under the name {@code best}, where the policy asks for it
     * @param failures saves that failed
     */
    public record StreamResult(
            String name,
            List<SavedCheckpoint> kept,
            Optional<SavedCheckpoint> kthBest,
            OptionalDouble currentScore,
            Optional<Path> last,
            Optional<Path> best,
            List<StreamFailure> failures) {

        /**
         * File of the best checkpoint; without a monitor, of the newest.
         *
         * @throws NoSuchElementException if none was kept
         */
        public Path bestModelPath() {
            return first().path();
        }

        /** Value of the monitored metric in the best checkpoint; empty without a monitor. */
        public OptionalDouble bestModelScore() {
            return first().score();
        }

        private SavedCheckpoint first() {
            if (kept.isEmpty()) {
                throw new NoSuchElementException("The stream \"" + name + "\" kept no checkpoint: "
                        + (failures.isEmpty()
                                ? "none was due."
                                : "its saves failed, the last one for " + failures.get(failures.size() - 1)));
            }
            return kept.get(0);
        }
    }
}
