package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import java.util.Comparator;
import java.util.OptionalDouble;

/** The order of scores, in which equal numbers are equal: −0.0 and 0.0 are. */
public final class ScoreOrder {
    private ScoreOrder() {}

    /** The best first; what has no score comes last. */
    public static Comparator<OptionalDouble> bestFirst(Mode mode) {
        return Comparator.comparingDouble(score -> badness(mode, score.orElse(Double.NaN)));
    }

    /** The larger, the worse. */
    static double badness(Mode mode, double score) {
        // Adding zero makes -0.0 and 0.0 equal, as comparisons of numbers do and total orders do not.
        return (mode == Mode.MIN ? score : -score) + 0.0;
    }
}
