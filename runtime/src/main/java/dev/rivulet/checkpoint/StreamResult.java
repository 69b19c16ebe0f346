package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The retained checkpoints and the failures of a stream at the end of a fit.
 *
 * @param name the stream's name
 * @param kept retained checkpoints, best first; without a monitor, newest first
 * @param kthBest the worst of the top k, which the next better checkpoint replaces; empty while fewer than k are
 *     retained
 * @param currentScore monitored metric of the newest retained save; empty without a monitor
 * @param pointers the names {@code last} and {@code best}
 * @param failures failed saves
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
     * The names {@code last} and {@code best}, if the policy enables them.
     *
     * @param last path of the name {@code last}, the newest checkpoint
     * @param best path of the name {@code best}, the best checkpoint
     * @since 0.1
     */
    public record Pointers(Optional<Path> last, Optional<Path> best) {}

    /** Path of the name {@code last}, the newest checkpoint; empty if the policy does not enable it. */
    public Optional<Path> last() {
        return pointers.last();
    }

    /** Path of the name {@code best}, the best checkpoint; empty if the policy does not enable it. */
    public Optional<Path> best() {
        return pointers.best();
    }

    /**
     * Path of the best checkpoint; of the newest without a monitor.
     *
     * @throws NoSuchElementException if no checkpoint is retained; the message says why
     */
    public Path bestModelPath() {
        return first().path();
    }

    /**
     * Monitored metric of the best checkpoint; empty without a monitor.
     *
     * @throws NoSuchElementException if no checkpoint is retained; the message says why
     */
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
