package dev.rivulet.internal.retention;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.StreamPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Constructor parameters of Lightning's {@code ModelCheckpoint} in a case, as a policy; or other settings of a case.
 */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public record CaseConfig(JsonObject json) {

    /** The policy with the directory of its files. */
    public StreamPolicy.Builder policyInDirectory() {
        StreamPolicy.Builder policy = policy();
        text("dirpath").ifPresent(policy::dirpath);
        return policy;
    }

    /** The policy; without a filename it has Lightning's default, which does not name the stream. */
    public StreamPolicy.Builder policy() {
        FilenameStyle style = style();
        StreamPolicy.Builder policy = StreamPolicy.builder()
                .filenameStyle(style)
                .filename(text("filename").orElse("{epoch}" + style.join() + "{step}"))
                .saveLast(saveLast());
        text("monitor").ifPresent(policy::monitor);
        given("mode").map(CaseConfig::mode).ifPresent(policy::mode);
        get("save_top_k").ifPresent(k -> policy.saveTopK(k.getAsInt()));
        get("every_n_train_steps").ifPresent(n -> policy.everyNTrainSteps(n.getAsInt()));
        get("every_n_epochs").ifPresent(n -> policy.everyNEpochs(n.getAsInt()));
        get("train_time_interval")
                .ifPresent(seconds -> policy.trainTimeInterval(Duration.ofNanos(nanos(seconds.getAsDouble()))));
        get("save_on_train_epoch_end").ifPresent(when -> policy.saveOnTrainEpochEnd(setting(when.getAsBoolean())));
        get("save_on_exception").ifPresent(save -> policy.saveOnException(save.getAsBoolean()));
        get("save_weights_only").ifPresent(only -> policy.saveWeightsOnly(only.getAsBoolean()));
        get("enable_version_counter").ifPresent(enable -> policy.enableVersionCounter(enable.getAsBoolean()));
        return policy;
    }

    /** Lightning accepts modes only in lower case. */
    private static Mode mode(String name) {
        return Arrays.stream(Mode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown mode " + name));
    }

    /** A recorded duration, in nanoseconds. */
    public static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    static SaveOnTrainEpochEnd setting(boolean value) {
        return value ? SaveOnTrainEpochEnd.TRUE : SaveOnTrainEpochEnd.FALSE;
    }

    FilenameStyle style() {
        JsonObject attributes =
                get("class_attrs").map(JsonElement::getAsJsonObject).orElse(new JsonObject());
        CaseConfig overridden = new CaseConfig(attributes);
        return new FilenameStyle(
                overridden.given("CHECKPOINT_JOIN_CHAR").orElse("-"),
                overridden.given("CHECKPOINT_EQUALS_CHAR").orElse("="),
                overridden.text("CHECKPOINT_NAME_LAST").orElse("last"),
                "best",
                overridden.get("STARTING_VERSION").map(JsonElement::getAsInt).orElse(1),
                get("auto_insert_metric_name").map(JsonElement::getAsBoolean).orElse(true));
    }

    /** Extension of the recorded files. */
    public String extension() {
        return get("class_attrs")
                .flatMap(attributes -> new CaseConfig(attributes.getAsJsonObject()).given("FILE_EXTENSION"))
                .orElse(".ckpt");
    }

    String directory() {
        return text("dirpath").orElse("checkpoints");
    }

    private SaveLast saveLast() {
        return get("save_last")
                .map(value -> value.getAsString().equals("link")
                        ? SaveLast.LINK
                        : value.getAsString().equals("true") ? SaveLast.COPY : SaveLast.OFF)
                .orElse(SaveLast.OFF);
    }

    /** Whether this is a run that Lightning could not resume, so that training did not start. */
    public boolean failsToResume() {
        return get("ckpt_path").isPresent()
                && new CaseConfig(json.getAsJsonObject("expected"))
                        .text("error")
                        .filter(error -> !error.contains("user exception"))
                        .isPresent()
                && json.getAsJsonArray("trace").asList().stream()
                        .allMatch(event -> event.getAsJsonObject()
                                .get("hook")
                                .getAsString()
                                .equals(TraceEvent.EXCEPTION));
    }

    /** A setting as a string; empty if it is absent, null or an empty string. */
    public Optional<String> text(String name) {
        return given(name).filter(value -> !value.isEmpty());
    }

    /** A setting as a string, which may be empty; empty if it is absent or null. */
    private Optional<String> given(String name) {
        return get(name).map(JsonElement::getAsString);
    }

    /** A setting; empty if it is absent or null. */
    public Optional<JsonElement> get(String name) {
        return Optional.ofNullable(json.get(name)).filter(value -> !value.isJsonNull());
    }
}
