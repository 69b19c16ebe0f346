package dev.rivulet;

import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.save.SaveSettings;
import dev.rivulet.optim.GradientClipping;
import dev.rivulet.policy.StreamPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What a {@link Trainer} was built with, but for its callbacks.
 *
 * @param clock what time triggers go by, in nanoseconds
 */
record TrainerSettings(
        LoopSettings loop,
        GradientClipping clipping,
        OptionalInt seed,
        Checkpointing checkpointing,
        boolean showsProgress,
        LongSupplier clock) {

    /**
     * What is saved, where and how.
     *
     * @param directory where checkpoints are found, even if none are saved
     * @param enabled whether any are saved
     * @param streams changes of policies, by name of the stream
     * @param saving how save requests are carried out
     */
    record Checkpointing(
            Path directory,
            boolean enabled,
            Map<String, UnaryOperator<StreamPolicy.Builder>> streams,
            SaveSettings saving) {}
}
