package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A training state as top-level entries of PyTorch Lightning's {@code .ckpt}, from which Lightning's {@code
 * Trainer.fit(ckpt_path=…)} goes on, and the other way round.
 *
 * <p>Beside these, such a file has {@value #STATE_DICT}, {@code epoch}, {@code global_step} (which Lightning does not read)
 * and {@value #VERSION}. What Lightning has no place for is in {@value #OWN}, {@value #TRAINING}, which it leaves alone.
 */
public final class LightningEntries {
    /** Entry that names the version of Lightning that wrote the file. */
    public static final String VERSION = "pytorch-lightning_version";

    /**
     * The version whose layout is written. Lightning 2.0 was the last to change the layout, and migrates what older
     * versions wrote; a version that is newer than the reader's gives a warning. So this one is taken as it is, without a
     * word, by every 2.x.
     */
    public static final String LAYOUT_VERSION = "2.0.0";

    /** Entry of everything that is Rivulet's. */
    public static final String OWN = "rivulet";

    /** Entry in {@link #OWN} of the training state that Lightning has no place for: what {@link #own} gives. */
    public static final String TRAINING = "training";

    /** Entry of the weights. */
    public static final String STATE_DICT = "state_dict";

    private static final String PROGRESS = "progress";

    private LightningEntries() {}

    /**
     * The entries {@code loops}, {@code callbacks}, {@code optimizer_states}, {@code lr_schedulers} and, if there are
     * hyper-parameters, {@code hparams_name} and {@code hyper_parameters}, with the counts that Lightning would have
     * written there.
     *
     * @return plain values, with a {@link TorchValue} where Python has a tuple or a {@code Counter}
     */
    public static Map<String, @Nullable Object> of(TrainingState state) {
        List<Object> optimizers = new ArrayList<>();
        state.optimizerStates().forEach(optimizer -> optimizers.add(PythonTypes.ofOptimizer(optimizer)));
        List<Object> schedulers = new ArrayList<>();
        state.lrSchedulers().forEach(scheduler -> schedulers.add(PythonTypes.ofScheduler(scheduler)));
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("loops", new LoopsWriter(state.progress(), state.lrSchedulers()).loops());
        entries.put("callbacks", Map.of());
        entries.put("optimizer_states", optimizers);
        entries.put("lr_schedulers", schedulers);
        if (!state.hyperParameters().isEmpty()) {
            entries.put("hparams_name", "kwargs");
            entries.put("hyper_parameters", state.hyperParameters());
        }
        return entries;
    }

    /** What the entry {@value #TRAINING} holds: {@link TrainingState#own}, and the progress to the last detail. */
    public static Map<String, @Nullable Object> own(TrainingState state) {
        Map<String, @Nullable Object> own = new LinkedHashMap<>(state.own());
        own.put(PROGRESS, state.progress().toEntries());
        return own;
    }

    /**
     * The training state of a file that Rivulet wrote, or Lightning 2.0 or later.
     *
     * <p>Lightning's file does not say whether a validation is due after the batch, nor, within the first epoch, how many
     * batches an epoch has; {@link LoopProgress.Validation#due} is false then, unless a validation has just run, and
     * {@link LoopProgress.Batches#ofEpoch} is 0.
     *
     * @param checkpoint content of the file, as {@link dev.rivulet.internal.format.torch.PlainValues#fromTorch} gives it
     * @throws NoTrainingStateException if it does not hold all that is needed, or the state of what there is not in Rivulet:
     *     several optimizers, manual optimization, the layouts of FSDP and DeepSpeed
     * @throws IllegalArgumentException if the progress that Rivulet wrote is malformed
     */
    public static TrainingState read(Map<?, ?> checkpoint) {
        DictReader saved = reader(checkpoint);
        if (saved.has(OWN) && saved.dict(OWN).has(TRAINING)) {
            DictReader training = saved.dict(OWN).dict(TRAINING);
            Map<String, @Nullable Object> own = training.named();
            own.remove(PROGRESS);
            return state(saved, LoopProgress.fromEntries(training.dict(PROGRESS).values()), own);
        }
        ExternalFiles.refuse(saved);
        LoopProgress progress = new LoopsReader(saved.dict("loops").dict("fit_loop")).progress();
        return state(saved, progress, Map.of());
    }

    private static TrainingState state(DictReader saved, LoopProgress progress, Map<String, @Nullable Object> own) {
        return new TrainingState(
                progress,
                states(saved, "optimizer_states"),
                states(saved, "lr_schedulers"),
                saved.has("hyper_parameters") ? saved.dict("hyper_parameters").named() : Map.of(),
                own);
    }

    /** The states of optimizers or schedulers, in plain values. */
    static List<Map<String, @Nullable Object>> states(DictReader saved, String key) {
        List<Map<String, @Nullable Object>> states = new ArrayList<>();
        for (DictReader state : saved.dicts(key)) {
            Map<String, @Nullable Object> plain = state.named();
            plain.replaceAll((name, value) -> PythonTypes.plain(value));
            states.add(plain);
        }
        return states;
    }

    /** Reads a file's dictionary, and refuses what is wrong in it by a {@link NoTrainingStateException}. */
    static DictReader reader(Map<?, ?> checkpoint) {
        return new DictReader("", checkpoint, LightningEntries::wrong);
    }

    private static RuntimeException wrong(DictReader dictionary, @Nullable Object key, String expected) {
        String path = dictionary.path(key);
        return new NoTrainingStateException("The checkpoint "
                + (dictionary.has(key) ? "has \"" + path + "\" = " + dictionary.shown(key) : "has no \"" + path + "\"")
                + " where " + expected + " belongs; resume from another checkpoint, or load its weights alone.");
    }
}
