package dev.rivulet.internal.retention;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * Determines after which hook calls of a recorded run a validation runs, or would have run without the recorded
 * exception.
 */
final class RecordedValidations {
    private final CaseConfig trainer;
    private final String exception;
    private final List<JsonObject> trace;

    RecordedValidations(JsonObject run, List<JsonObject> trace) {
        this.trainer = new CaseConfig(run.getAsJsonObject("trainer"));
        this.exception = new CaseConfig(run)
                .get("exception")
                .flatMap(thrown -> new CaseConfig(thrown.getAsJsonObject()).text("hook"))
                .orElse("");
        this.trace = trace;
    }

    /** Whether the callback's next hook is the end of validation, or an exception before it. */
    boolean follows(int index) {
        for (JsonObject later : trace.subList(index + 1, trace.size())) {
            if (later.get("cb").equals(trace.get(index).get("cb"))) {
                return switch (later.get("hook").getAsString()) {
                    case TraceEvent.VALIDATION_END -> true;
                    case TraceEvent.EXCEPTION ->
                        exception.contains("validation") || (exception.equals(TraceEvent.BATCH_END) && isDue(index));
                    default -> false;
                };
            }
        }
        return false;
    }

    /** Whether a validation is due after this batch. */
    private boolean isDue(int index) {
        JsonObject event = trace.get(index);
        int epoch = event.get("epoch").getAsInt();
        long batches = trace.subList(0, index + 1).stream()
                .filter(earlier -> earlier.get("cb").equals(event.get("cb"))
                        && earlier.get("hook").getAsString().equals(TraceEvent.BATCH_END)
                        && earlier.get("epoch").getAsInt() == epoch)
                .count();
        return number("val_batches", 1) > 0
                && (epoch + 1) % number("check_val_every_n_epoch", 1) == 0
                && batches % interval() == 0;
    }

    private int interval() {
        String setting = trainer.text("val_check_interval").orElse("1.0");
        return setting.contains(".")
                ? Math.max(1, (int) (number("steps_per_epoch", 1) * Double.parseDouble(setting)))
                : Integer.parseInt(setting);
    }

    private int number(String name, int defaultValue) {
        return trainer.get(name).map(JsonElement::getAsInt).orElse(defaultValue);
    }
}
