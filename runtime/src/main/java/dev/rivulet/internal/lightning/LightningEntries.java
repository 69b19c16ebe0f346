package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Converts a training state to and from the top-level entries of PyTorch Lightning's {@code .ckpt}, from which
 * Lightning's {@code Trainer.fit(ckpt_path=…)} can resume.
 *
 * <p>In addition, such a file has {@value #STATE_DICT}, {@code epoch}, {@code global_step} (which Lightning does not
 * read) and {@value #VERSION}. State that Lightning does not have is in {@value #OWN}, {@value #TRAINING}, which
 * Lightning ignores.
 */
public final class LightningEntries {
    /** Entry that names the version of Lightning that wrote the file. */
    public static final String VERSION = "pytorch-lightning_version";

    /**
     * The version whose layout is written. Lightning 2.0 was the last version to change the layout. It migrates files
     * of older versions, and warns about files of versions newer than itself, so every 2.x reads this version without
     * migration or warning.
     */
    public static final String LAYOUT_VERSION = "2.0.0";

    /** Entry of all data specific to Rivulet. */
    public static final String OWN = "rivulet";

    /** Entry in {@link #OWN} of the training state that Lightning does not have: the result of {@link #own}. */
    public static final String TRAINING = "training";

    /** Entry of the weights. */
    public static final String STATE_DICT = "state_dict";

    /** Entry of the states of callbacks. */
    public static final String CALLBACKS = "callbacks";

    private static final String PROGRESS = "progress";

    private LightningEntries() {}

    /**
     * The entries {@code loops}, {@code callbacks}, {@code optimizer_states}, {@code lr_schedulers} and, if there are
     * hyper-parameters, {@code hparams_name} and {@code hyper_parameters}, with the counts that Lightning would have
     * written.
     *
     * @return plain values, with a {@link TorchValue} for a tuple or a {@code Counter} in Python
     */
    public static Map<String, @Nullable Object> of(TrainingState state) {
        List<Object> optimizers = new ArrayList<>();
        state.optimizerStates().forEach(optimizer -> optimizers.add(PythonTypes.ofOptimizer(optimizer)));
        List<Object> schedulers = new ArrayList<>();
        state.lrSchedulers().forEach(scheduler -> schedulers.add(PythonTypes.ofScheduler(scheduler)));
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("loops", new LoopsWriter(state.progress(), state.lrSchedulers()).loops());
        entries.put(CALLBACKS, state.callbacks());
        entries.put("optimizer_states", optimizers);
        entries.put("lr_schedulers", schedulers);
        if (!state.hyperParameters().isEmpty()) {
            entries.put("hparams_name", "kwargs");
            entries.put("hyper_parameters", state.hyperParameters());
        }
        return entries;
    }

    /** The content of the entry {@value #TRAINING}: {@link TrainingState#own} and the complete progress. */
    public static Map<String, @Nullable Object> own(TrainingState state) {
        Map<String, @Nullable Object> own = new LinkedHashMap<>(state.own());
        own.put(PROGRESS, state.progress().toEntries());
        return own;
    }

    /**
     * Reads the training state of a file that Rivulet, or Lightning 2.0 or later, wrote, without the states of
     * callbacks.
     *
     * <p>Lightning's files do not say whether a validation is due after the batch, nor, within the first epoch, how
     * many batches an epoch has. Then {@link LoopProgress.Validation#due} is false unless a validation has just run,
     * and {@link LoopProgress.Batches#ofEpoch} is 0.
     *
     * @param checkpoint content of the file, as {@link dev.rivulet.internal.format.torch.PlainValues#fromTorch} gives
     *     it
     * @throws NoTrainingStateException if the file is incomplete, or uses features that Rivulet does not support:
     *     several optimizers, manual optimization, or the layouts of FSDP and DeepSpeed
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

    /**
     * The number of optimizer steps in the current epoch, for a file that does not say how many batches are
     * accumulated; empty for other files, and within a batch.
     */
    public static OptionalLong stepsOfEpoch(Map<?, ?> checkpoint) {
        DictReader saved = reader(checkpoint);
        return saved.has(OWN)
                ? OptionalLong.empty()
                : new LoopsReader(saved.dict("loops").dict("fit_loop")).stepsOfEpoch();
    }

    private static TrainingState state(DictReader saved, LoopProgress progress, Map<String, @Nullable Object> own) {
        return new TrainingState(
                progress,
                states(saved, "optimizer_states"),
                states(saved, "lr_schedulers"),
                saved.has("hyper_parameters") ? saved.dict("hyper_parameters").named() : Map.of(),
                own);
    }

    /** The states of optimizers or schedulers as plain values. */
    static List<Map<String, @Nullable Object>> states(DictReader saved, String key) {
        List<Map<String, @Nullable Object>> states = new ArrayList<>();
        for (DictReader state : saved.dicts(key)) {
            Map<String, @Nullable Object> plain = state.named();
            plain.replaceAll((name, value) -> PythonTypes.plain(value));
            states.add(plain);
        }
        return states;
    }

    /** A reader for a file's dictionary, which throws a {@link NoTrainingStateException} for malformed entries. */
    static DictReader reader(Map<?, ?> checkpoint) {
        return new DictReader("", checkpoint, LightningEntries::wrong);
    }

    private static RuntimeException wrong(DictReader dictionary, @Nullable Object key, String expected) {
        String path = dictionary.path(key);
        return new NoTrainingStateException("The checkpoint "
                + (dictionary.has(key) ? "has \"" + path + "\" = " + dictionary.shown(key) : "has no \"" + path + "\"")
                + ", but " + expected + " is expected; resume from another checkpoint, or load only its weights.");
    }
}
