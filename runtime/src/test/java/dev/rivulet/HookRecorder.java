package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import com.google.gson.JsonObject;
import dev.rivulet.fixture.PlaneModule;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records each hook of a callback and of a module, as {@code record_hooks.py} does. */
final class HookRecorder {
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
     * @param recorded may name a hook at which to stop or to throw
     */
    HookRecorder(List<String> events, JsonObject recorded) {
        this.events = events;
        this.recorded = recorded;
    }

    /** A callback that records every hook. */
    Callback callback() {
        return (Callback) Proxy.newProxyInstance(
                Callback.class.getClassLoader(), new Class<?>[] {Callback.class}, (proxy, hook, arguments) -> {
                    if (hook.getReturnType() != void.class) {
                        return InvocationHandler.invokeDefault(proxy, hook, arguments);
                    }
                    note(hook.getName(), (Trainer) arguments[0], batchIndex(arguments));
                    return null;
                });
    }

    /** The batch index, the last argument of a batch hook; empty for other hooks. */
    private static OptionalInt batchIndex(Object[] arguments) {
        return arguments[arguments.length - 1] instanceof Integer index ? OptionalInt.of(index) : OptionalInt.empty();
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
            throw new IllegalArgumentException("requested by the recording");
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

    /** A linear model that logs numbers which encode when they were logged. */
    static final class Module extends PlaneModule {
        private final List<String> events;

        @Nullable
        Trainer trainer;

        Module(List<String> events) {
            this.events = events;
        }

        private void note(String hook) {
            note(hook, OptionalInt.empty());
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
        public void onFitStart() {
            note("onFitStart");
        }

        @Override
        public void onTrainStart() {
            note("onTrainStart");
        }

        @Override
        public void onTrainEpochStart() {
            note("onTrainEpochStart");
        }

        @Override
        public void onTrainBatchStart(Batch batch, int batchIndex) {
            note("onTrainBatchStart", OptionalInt.of(batchIndex));
        }

        @Override
        public void onBeforeZeroGrad() {
            note("onBeforeZeroGrad");
        }

        @Override
        public void onBeforeBackward(NDArray loss) {
            note("onBeforeBackward");
        }

        @Override
        public void onAfterBackward() {
            note("onAfterBackward");
        }

        @Override
        public void onBeforeOptimizerStep() {
            note("onBeforeOptimizerStep");
        }

        @Override
        public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
            note("onTrainBatchEnd", OptionalInt.of(batchIndex));
        }

        @Override
        public void onTrainEpochEnd() {
            log("epoch_end", 1.0 + currentEpoch());
            note("onTrainEpochEnd");
        }

        @Override
        public void onTrainEnd() {
            note("onTrainEnd");
        }

        @Override
        public void onFitEnd() {
            note("onFitEnd");
        }

        @Override
        public void onValidationStart() {
            note("onValidationStart");
        }

        @Override
        public void onValidationEpochStart() {
            note("onValidationEpochStart");
        }

        @Override
        public void onValidationBatchStart(Batch batch, int batchIndex) {
            note("onValidationBatchStart", OptionalInt.of(batchIndex));
        }

        @Override
        public void onValidationBatchEnd(Batch batch, int batchIndex) {
            note("onValidationBatchEnd", OptionalInt.of(batchIndex));
        }

        @Override
        public void onValidationEpochEnd() {
            log("val_end", 1.0 + globalStep());
            note("onValidationEpochEnd");
        }

        @Override
        public void onValidationEnd() {
            note("onValidationEnd");
        }
    }
}
