package dev.rivulet;

import dev.rivulet.optim.GradientClipping;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.training.LoopSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What a {@link Trainer} was built with.
 *
 * @param saving how save events are carried out
 * @param streams changes of policies, by name of the stream
 * @param clock what time triggers go by, in nanoseconds
 */
record TrainerSettings(
        LoopSettings loop,
        GradientClipping clipping,
        OptionalInt seed,
        List<Callback> callbacks,
        Path checkpointDirectory,
        boolean savesCheckpoints,
        SavingSettings saving,
        Map<String, UnaryOperator<StreamPolicy.Builder>> streams,
        boolean showsProgress,
        LongSupplier clock) {}
