package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes down each hook of a callback and of a module, as {@code record_hooks.py} does. */
final class HookRecorder implements Callback {
    private static final Set<String> WITH_METRICS = Set.of(
            "onTrainStart",
            "onTrainBatchEnd",
            "onValidationStart",
            "onValidationEnd",
            "onTrainEpochStart",
            "onTrainEpochEnd",
            "onTrainEnd",
            "onSanityCheckEnd",
            "onFitEnd");

    private final List<String> events;
    private final JsonObject recorded;

    /**
     * A recorder.
     *
     * @param recorded may tell at which hook to stop or to throw
     */
    HookRecorder(List<String> events, JsonObject recorded) {
        this.events = events;
        this.recorded = recorded;
    }

    private void note(String hook, Trainer trainer) {
        note(hook, trainer, OptionalInt.empty());
    }

    private void note(String hook, Trainer trainer, OptionalInt batch) {
        StringBuilder event = new StringBuilder(describe("C", hook, trainer, batch));
        if (WITH_METRICS.contains(hook)) {
            new TreeMap<>(trainer.callbackMetrics())
                    .forEach((name, value) -> event.append(String.format(Locale.ROOT, " %s=%.6f", name, value)));
        }
        events.add(event.toString());
        if (isDue("stop", hook, trainer, batch)) {
            trainer.stop();
        }
        if (isDue("raise", hook, trainer, batch)) {
            throw new IllegalArgumentException("as told");
        }
    }

    private static String describe(String who, String hook, Trainer trainer, OptionalInt batch) {
        return who + "." + hook + " " + trainer.currentEpoch() + " " + trainer.globalStep()
                + (batch.isPresent() ? " b" + batch.getAsInt() : "");
    }

    private boolean isDue(String action, String hook, Trainer trainer, OptionalInt batch) {
        if (!recorded.has(action)) {
            return false;
        }
        JsonObject wanted = recorded.getAsJsonObject(action);
        return wanted.get("hook").getAsString().equals(hook)
                && wanted.get("epoch").getAsInt() == trainer.currentEpoch()
                && (!wanted.has("batch") || wanted.get("batch").getAsInt() == batch.orElseThrow());
    }

    @Override
    public void setup(Trainer trainer, LightningModule module) {
        note("setup", trainer);
    }

    @Override
    public void onSanityCheckStart(Trainer trainer, LightningModule module) {
        note("onSanityCheckStart", trainer);
    }

    @Override
    public void onSanityCheckEnd(Trainer trainer, LightningModule module) {
        note("onSanityCheckEnd", trainer);
    }

    @Override
    public void onFitStart(Trainer trainer, LightningModule module) {
        note("onFitStart", trainer);
    }

    @Override
    public void onTrainStart(Trainer trainer, LightningModule module) {
        note("onTrainStart", trainer);
    }

    @Override
    public void onTrainEpochStart(Trainer trainer, LightningModule module) {
        note("onTrainEpochStart", trainer);
    }

    @Override
    public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        note("onTrainBatchStart", trainer, OptionalInt.of(batchIndex));
    }

    @Override
    public void onBeforeZeroGrad(Trainer trainer, LightningModule module) {
        note("onBeforeZeroGrad", trainer);
    }

    @Override
    public void onBeforeBackward(Trainer trainer, LightningModule module, NDArray loss) {
        note("onBeforeBackward", trainer);
    }

    @Override
    public void onAfterBackward(Trainer trainer, LightningModule module) {
        note("onAfterBackward", trainer);
    }

    @Override
    public void onBeforeOptimizerStep(Trainer trainer, LightningModule module) {
        note("onBeforeOptimizerStep", trainer);
    }

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        note("onTrainBatchEnd", trainer, OptionalInt.of(batchIndex));
    }

    @Override
    public void onTrainEpochEnd(Trainer trainer, LightningModule module) {
        note("onTrainEpochEnd", trainer);
    }

    @Override
    public void onTrainEnd(Trainer trainer, LightningModule module) {
        note("onTrainEnd", trainer);
    }

    @Override
    public void onFitEnd(Trainer trainer, LightningModule module) {
        note("onFitEnd", trainer);
    }

    @Override
    public void onValidationStart(Trainer trainer, LightningModule module) {
        note("onValidationStart", trainer);
    }

    @Override
    public void onValidationEpochStart(Trainer trainer, LightningModule module) {
        note("onValidationEpochStart", trainer);
    }

    @Override
    public void onValidationBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        note("onValidationBatchStart", trainer, OptionalInt.of(batchIndex));
    }

    @Override
    public void onValidationBatchEnd(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        note("onValidationBatchEnd", trainer, OptionalInt.of(batchIndex));
    }

    @Override
    public void onValidationEpochEnd(Trainer trainer, LightningModule module) {
        note("onValidationEpochEnd", trainer);
    }

    @Override
    public void onValidationEnd(Trainer trainer, LightningModule module) {
        note("onValidationEnd", trainer);
    }

    @Override
    public void onException(Trainer trainer, LightningModule module, Throwable exception) {
        note("onException", trainer);
    }

    @Override
    public void teardown(Trainer trainer, LightningModule module) {
        note("teardown", trainer);
    }

    /** A linear model that logs the numbers that tell when they were logged. */
    static final class Module extends PlaneModule {
        private final List<String> events;

        @Nullable
        Trainer trainer;

        Module(List<String> events) {
            this.events = events;
        }

        private void note(String hook, OptionalInt batch) {
            if (trainer != null) {
                events.add(describe("M", hook, trainer, batch));
            }
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            note("trainingStep", OptionalInt.of(batchIndex));
            log("train", 10.0 * currentEpoch() + batchIndex);
            logEpochMean("train_mean", 10.0 * currentEpoch() + batchIndex);
            return loss(batch);
        }

        @Override
        protected void validationStep(Batch batch, int batchIndex) {
            note("validationStep", OptionalInt.of(batchIndex));
            log("val", 10.0 * globalStep() + batchIndex);
        }

        @Override
        protected void onFitStart() {
            note("onFitStart", OptionalInt.empty());
        }

        @Override
        protected void onTrainStart() {
            note("onTrainStart", OptionalInt.empty());
        }

        @Override
        protected void onTrainEpochStart() {
            note("onTrainEpochStart", OptionalInt.empty());
        }

        @Override
        protected void onTrainBatchStart(Batch batch, int batchIndex) {
            note("onTrainBatchStart", OptionalInt.of(batchIndex));
        }

        @Override
        protected void onBeforeZeroGrad() {
            note("onBeforeZeroGrad", OptionalInt.empty());
        }

        @Override
        protected void onBeforeBackward(NDArray loss) {
            note("onBeforeBackward", OptionalInt.empty());
        }

        @Override
        protected void onAfterBackward() {
            note("onAfterBackward", OptionalInt.empty());
        }

        @Override
        protected void onBeforeOptimizerStep() {
            note("onBeforeOptimizerStep", OptionalInt.empty());
        }

        @Override
        protected void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
            note("onTrainBatchEnd", OptionalInt.of(batchIndex));
        }

        @Override
        protected void onTrainEpochEnd() {
            log("epoch_end", 1.0 + currentEpoch());
            note("onTrainEpochEnd", OptionalInt.empty());
        }

        @Override
        protected void onTrainEnd() {
            note("onTrainEnd", OptionalInt.empty());
        }

        @Override
        protected void onFitEnd() {
            note("onFitEnd", OptionalInt.empty());
        }

        @Override
        protected void onValidationStart() {
            note("onValidationStart", OptionalInt.empty());
        }

        @Override
        protected void onValidationEpochStart() {
            note("onValidationEpochStart", OptionalInt.empty());
        }

        @Override
        protected void onValidationBatchStart(Batch batch, int batchIndex) {
            note("onValidationBatchStart", OptionalInt.of(batchIndex));
        }

        @Override
        protected void onValidationBatchEnd(Batch batch, int batchIndex) {
            note("onValidationBatchEnd", OptionalInt.of(batchIndex));
        }

        @Override
        protected void onValidationEpochEnd() {
            log("val_end", 1.0 + globalStep());
            note("onValidationEpochEnd", OptionalInt.empty());
        }

        @Override
        protected void onValidationEnd() {
            note("onValidationEnd", OptionalInt.empty());
        }
    }
}
