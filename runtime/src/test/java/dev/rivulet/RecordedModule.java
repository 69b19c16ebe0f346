package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.fixture.SteadyModule;
import dev.rivulet.internal.retention.CaseConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/** A linear model that repeats the metrics, the exception and the timing of a recorded run. */
final class RecordedModule extends SteadyModule {
    /** Message of the exception in recorded runs. */
    static final String EXCEPTION = "user exception";

    private final JsonObject metrics;
    private final Optional<CaseConfig> exception;
    private final AtomicLong clock;
    private final long nanosPerBatch;
    private final boolean failsSanityCheck;
    private int trainBatches;
    private int validations;
    private boolean sanityChecking;
    private boolean hasStarted;
    private OptionalInt firstEpoch = OptionalInt.empty();

    RecordedModule(CaseConfig run, AtomicLong clock) {
        this.metrics = run.json().getAsJsonObject("metrics");
        this.exception = run.get("exception").map(thrown -> new CaseConfig(thrown.getAsJsonObject()));
        this.clock = clock;
        this.nanosPerBatch = CaseConfig.nanos(
                run.get("seconds_per_batch").map(JsonElement::getAsDouble).orElse(0.0));
        this.failsSanityCheck = run.json().getAsJsonArray("trace").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .anyMatch(event -> event.has("sanity_checking")
                        && event.get("hook").getAsString().equals("on_exception"));
        if (run.get("ckpt_path").isPresent()) {
            trainBatches = firstIndex(run, "train_step", "on_train_batch_end");
            validations = firstIndex(run, "val", "on_validation_end");
        }
    }

    /** Whether training has called its first hook. */
    boolean hasStarted() {
        return hasStarted;
    }

    /**
     * Whether the first hook of a batch, a validation or an end of an epoch was called in the given epoch, or in the
     * next one if nothing was left of it.
     */
    boolean startedIn(int epoch) {
        return firstEpoch.isEmpty() || firstEpoch.getAsInt() == epoch || firstEpoch.getAsInt() == epoch + 1;
    }

    private void noteEpoch() {
        firstEpoch = firstEpoch.isPresent() ? firstEpoch : OptionalInt.of(currentEpoch());
    }

    /** Tracks the start and the end of the sanity check. */
    Callback sanityChecks() {
        return new Callback() {
            @Override
            public void onSanityCheckStart(Trainer trainer, LightningModule module) {
                throwIfRecorded("sanity_check", OptionalInt.empty());
                sanityChecking = true;
            }

            @Override
            public void onSanityCheckEnd(Trainer trainer, LightningModule module) {
                sanityChecking = false;
            }
        };
    }

    /** Index at which a series continues that may have started in an earlier run: that of its first recorded value. */
    private int firstIndex(CaseConfig run, String scope, String hook) {
        if (!metrics.has(scope)) {
            return 0;
        }
        Map.Entry<String, JsonElement> metric =
                metrics.getAsJsonObject(scope).entrySet().iterator().next();
        List<String> series = metric.getValue().getAsJsonArray().asList().stream()
                .map(value -> value.isJsonNull() ? "" : value.getAsString())
                .toList();
        return run.json().getAsJsonArray("trace").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(event -> event.get("hook").getAsString().equals(hook) && event.has("metrics"))
                .map(event -> event.getAsJsonObject("metrics").get(metric.getKey()))
                .filter(seen -> seen != null && !seen.isJsonNull())
                .findFirst()
                .map(seen -> Math.max(0, series.indexOf(seen.getAsString())))
                .orElse(0);
    }

    private void logAll(String scope, int index) {
        JsonElement values = metrics.get(scope);
        if (values == null) {
            return;
        }
        values.getAsJsonObject().entrySet().forEach(metric -> {
            JsonArray series = metric.getValue().getAsJsonArray();
            if (index < series.size() && !series.get(index).isJsonNull()) {
                log(metric.getKey(), Double.parseDouble(series.get(index).getAsString()));
            }
        });
    }

    private void throwIfRecorded(String hook, OptionalInt batch) {
        boolean now = exception
                .filter(thrown -> !sanityChecking || failsSanityCheck)
                .filter(thrown -> thrown.text("hook").equals(Optional.of(hook))
                        && agrees(thrown, "epoch", OptionalInt.of(currentEpoch()))
                        && agrees(thrown, "global_step", OptionalInt.of((int) globalStep()))
                        && agrees(thrown, "batch", batch))
                .isPresent();
        if (now) {
            throw new IllegalStateException(EXCEPTION);
        }
    }

    private static boolean agrees(CaseConfig thrown, String name, OptionalInt now) {
        return thrown.get(name)
                .map(wanted -> OptionalInt.of(wanted.getAsInt()).equals(now))
                .orElse(true);
    }

    @Override
    public void onFitStart() {
        hasStarted = true;
        throwIfRecorded("on_fit_start", OptionalInt.empty());
    }

    @Override
    public void onTrainStart() {
        throwIfRecorded("on_train_start", OptionalInt.empty());
    }

    @Override
    public void onTrainEpochStart() {
        throwIfRecorded("on_train_epoch_start", OptionalInt.empty());
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) {
        noteEpoch();
        throwIfRecorded("on_train_batch_start", OptionalInt.of(batchIndex));
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        throwIfRecorded("training_step", OptionalInt.of(batchIndex));
        clock.addAndGet(nanosPerBatch);
        logAll("train_step", trainBatches++);
        return loss(batch);
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
        throwIfRecorded("on_train_batch_end", OptionalInt.of(batchIndex));
    }

    @Override
    public void onTrainEpochEnd() {
        noteEpoch();
        logAll("train_epoch_end", currentEpoch());
        throwIfRecorded("on_train_epoch_end", OptionalInt.empty());
    }

    @Override
    public void onTrainEnd() {
        throwIfRecorded("on_train_end", OptionalInt.empty());
    }

    @Override
    public void onFitEnd() {
        throwIfRecorded("on_fit_end", OptionalInt.empty());
    }

    @Override
    public void onValidationStart() {
        throwIfRecorded("on_validation_start", OptionalInt.empty());
    }

    @Override
    public void onValidationEpochStart() {
        throwIfRecorded("on_validation_epoch_start", OptionalInt.empty());
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        throwIfRecorded("validation_step", OptionalInt.of(batchIndex));
    }

    @Override
    public void onValidationEpochEnd() {
        logAll("val_by_epoch", currentEpoch());
        if (!sanityChecking) {
            logAll("val", validations++);
        }
        throwIfRecorded("on_validation_epoch_end", OptionalInt.empty());
    }

    @Override
    public void onValidationEnd() {
        throwIfRecorded("on_validation_end", OptionalInt.empty());
    }
}
