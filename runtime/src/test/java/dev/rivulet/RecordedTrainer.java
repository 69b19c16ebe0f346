package dev.rivulet;

import com.google.gson.JsonElement;
import dev.rivulet.internal.retention.CaseConfig;
import java.util.Map;
import java.util.Optional;

/** Recorded settings of a trainer, with Lightning's names and defaults. */
final class RecordedTrainer {
    private static final int LIGHTNINGS_OWN_BATCHES = 64;

    private RecordedTrainer() {}

    /** A setting that the trainer does not have; empty if it has all of them. */
    static Optional<String> unknownSetting(CaseConfig settings) {
        return settings.json().entrySet().stream()
                .filter(setting -> !isKnown(setting.getKey(), setting.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean isKnown(String name, JsonElement value) {
        return switch (name) {
            case "max_epochs", "max_steps", "steps_per_epoch", "val_batches", "has_validation" -> true;
            case "limit_train_batches", "limit_val_batches" ->
                value.getAsString().matches("\\d+");
            case "num_sanity_val_steps", "accumulate_grad_batches" -> true;
            case "fast_dev_run", "reuse_trainer" -> true;
            case "check_val_every_n_epoch" -> !value.isJsonNull();
            case "val_check_interval" -> value.getAsString().matches("[0-9.]+");
            default -> false;
        };
    }

    /** A builder with the settings. */
    static Trainer.Builder builder(CaseConfig settings) {
        Trainer.Builder builder = Trainer.builder();
        for (Map.Entry<String, JsonElement> setting : settings.json().entrySet()) {
            if (!setting.getValue().isJsonNull()) {
                set(builder, setting.getKey(), setting.getValue());
            }
        }
        return builder;
    }

    private static void set(Trainer.Builder builder, String name, JsonElement value) {
        switch (name) {
            case "max_epochs" -> builder.maxEpochs(value.getAsInt());
            case "max_steps" -> builder.maxSteps(value.getAsInt());
            case "limit_train_batches" -> builder.limitTrainBatches(value.getAsInt());
            case "limit_val_batches" -> builder.limitValBatches(value.getAsInt());
            case "num_sanity_val_steps" -> builder.numSanityValSteps(value.getAsInt());
            case "accumulate_grad_batches" -> builder.accumulateGradBatches(value.getAsInt());
            case "check_val_every_n_epoch" -> builder.checkValEveryNEpoch(value.getAsInt());
            case "fast_dev_run" -> {
                if (value.getAsString().matches("true|false")) {
                    builder.fastDevRun(value.getAsBoolean());
                } else {
                    builder.fastDevRun(value.getAsInt());
                }
            }
            case "val_check_interval" -> {
                if (value.getAsString().contains(".")) {
                    builder.valCheckInterval(value.getAsDouble());
                } else {
                    builder.valCheckInterval(value.getAsInt());
                }
            }
            default -> {} // A setting of the data.
        }
    }

    /** Batches of training data. */
    static int trainBatches(CaseConfig settings) {
        return settings.get("steps_per_epoch").map(JsonElement::getAsInt).orElse(LIGHTNINGS_OWN_BATCHES);
    }

    /** Batches of validation data; 0 for no validation. */
    static int validationBatches(CaseConfig settings) {
        boolean validates =
                settings.get("has_validation").map(JsonElement::getAsBoolean).orElse(true);
        return validates
                ? settings.get("val_batches").map(JsonElement::getAsInt).orElse(LIGHTNINGS_OWN_BATCHES)
                : 0;
    }
}
