package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import java.util.Comparator;
import java.util.OptionalDouble;

/** Orders scores; −0.0 and 0.0 are equal. */
public final class ScoreOrder {
    private ScoreOrder() {}

    /** Best first; missing scores last. */
    public static Comparator<OptionalDouble> bestFirst(Mode mode) {
        return Comparator.comparingDouble(score -> badness(mode, score.orElse(Double.NaN)));
    }

    /** A value that is larger for worse scores. */
    static double badness(Mode mode, double score) {
        // Adding zero turns -0.0 into 0.0, which a total order would distinguish.
        return (mode == Mode.MIN ? score : -score) + 0.0;
    }
}
