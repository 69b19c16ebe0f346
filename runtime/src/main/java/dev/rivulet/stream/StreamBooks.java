package dev.rivulet.stream;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The books of a stream at one moment: what is kept, and which of it is the best and the newest. Plain data, from which
 * a later run takes over.
 *
 * @param kept the best k, or all, in the order of their saves
 * @param best the best of them, the earliest of equals; without a monitor the newest
 * @param kthBest the next to be evicted, the earliest of equals; empty while there is room
 * @param currentScore score of the newest save that was kept in this run
 * @param last what {@code last} names
 * @param rescue the checkpoint saved on an exception; kept beside the best k until a later save commits
 */
public record StreamBooks(
        List<KeptCheckpoint> kept,
        Optional<KeptCheckpoint> best,
        Optional<KeptCheckpoint> kthBest,
        OptionalDouble currentScore,
        Optional<LastCheckpoint> last,
        Optional<KeptCheckpoint> rescue) {
    /** The books of a stream that has saved nothing. */
    public static final StreamBooks EMPTY = new StreamBooks(
            List.of(), Optional.empty(), Optional.empty(), OptionalDouble.empty(), Optional.empty(), Optional.empty());

    /** Holds an immutable copy of the list. */
    public StreamBooks {
        kept = List.copyOf(kept);
    }

    /** Whether the state at a step is in one of the files. */
    boolean holds(long globalStep) {
        return kept.stream().anyMatch(entry -> entry.globalStep() == globalStep)
                || last.filter(entry -> entry.globalStep() == globalStep).isPresent()
                || rescue.filter(entry -> entry.globalStep() == globalStep).isPresent();
    }
}
