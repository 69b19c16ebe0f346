package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a stream has kept at the end of a fit.
 *
 * @param name the stream's name
 * @param kept its checkpoints, best first; without a monitor, newest first
 * @param kthBest the one that a better one would replace; empty while there is room
 * @param currentScore value of the monitored metric in the newest save that was kept; empty without a monitor
 * @param pointers the names that move from checkpoint to checkpoint
 * @param failures saves that failed
 * @since 0.1
 */
public record StreamResult(
        String name,
        List<SavedCheckpoint> kept,
        Optional<SavedCheckpoint> kthBest,
        OptionalDouble currentScore,
        Pointers pointers,
        List<StreamFailure> failures) {

    /**
     * The names that move from checkpoint to checkpoint, where the policy asks for them.
     *
     * @param last the newest checkpoint under the name {@code last}
     * @param best the best checkpoint under the name {@code best}
     * @since 0.1
     */
    public record Pointers(Optional<Path> last, Optional<Path> best) {}

    /** The newest checkpoint under the name {@code last}, where the policy asks for it. */
    public Optional<Path> last() {
        return pointers.last();
    }

    /** The best checkpoint under the name {@code best}, where the policy asks for it. */
    public Optional<Path> best() {
        return pointers.best();
    }

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
