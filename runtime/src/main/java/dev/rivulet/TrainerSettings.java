package dev.rivulet;

import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.save.SaveSettings;
import dev.rivulet.optim.GradientClipAlgorithm;
import dev.rivulet.optim.GradientClipping;
import dev.rivulet.policy.StreamPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The settings of a {@link Trainer}, without its callbacks.
 *
 * @param clock clock of time triggers, in nanoseconds
 */
record TrainerSettings(
        LoopSettings loop,
        GradientClipping clipping,
        OptionalInt seed,
        Checkpointing checkpointing,
        boolean showsProgress,
        LongSupplier clock) {

    /** Gradient clipping; none with the limit 0. */
    static GradientClipping clipping(GradientClipAlgorithm algorithm, double limit) {
        if (!(limit >= 0)) {
            throw new IllegalArgumentException(
                    "gradientClipVal is " + limit + ", but must be a positive limit, or 0 for none.");
        }
        return limit == 0 ? GradientClipping.NONE : algorithm.with(limit);
    }

    /**
     * What is saved, where and how.
     *
     * @param directory where checkpoints to resume from are found, even if none are saved
     * @param mode whether any are saved
     * @param streams policy changes, by name of the stream
     * @param saving how save requests are carried out
     */
    record Checkpointing(
            Path directory, Mode mode, Map<String, UnaryOperator<StreamPolicy.Builder>> streams, SaveSettings saving) {

        /** What becomes of due saves. */
        enum Mode {
            OFF,
            /** Checkpoints are made, but not written. */
            DRY_RUN,
            ON
        }
    }
}
