package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link TransformingModule} with more streams: {@code first} (static) → {@code second} (instance) → {@code third} and
 * {@code fourth} (static), {@code fifth} and {@code sixth} (instance).
 */
@CheckpointStream(saveTopK = -1)
class ChainModule extends TransformingModule {
    static final List<String> STREAMS = List.of(
            CheckpointStream.ORIGINAL,
            "transformed",
            "averaged",
            "half",
            "tail",
            "pruned",
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth");

    /** Has only some streams save, at every step, and keep all. */
    static Trainer.Builder saving(Trainer.Builder trainer, String... due) {
        List<String> off = new ArrayList<>(STREAMS);
        off.removeAll(List.of(due));
        off.forEach(stream -> trainer.stream(stream, policy -> policy.saveTopK(0)));
        for (String stream : due) {
            trainer.stream(stream, policy -> policy.everyNTrainSteps(1));
        }
        return trainer;
    }
}
