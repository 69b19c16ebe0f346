package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.StreamPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code @CheckpointStream} sets: the attributes that differ from their defaults, in the annotation's order. Each
 * is named like the method of {@link StreamPolicy.Builder} that takes it.
 */
record DeclaredPolicy(List<Setting> settings) {

    /** An attribute and its value: a String, Integer, Boolean or enum constant. */
    record Setting(String attribute, Object value) {}

    static final List<String> ATTRIBUTES = List.of(
            "dirpath",
            "filename",
            "monitor",
            "mode",
            "saveTopK",
            "keepLast",
            "keepEveryNth",
            "maxTotalBytes",
            "saveLast",
            "saveBest",
            "everyNTrainSteps",
            "everyNEpochs",
            "trainTimeInterval",
            "anyTrigger",
            "saveOnTrainEpochEnd",
            "saveOnException",
            "onFailure",
            "format",
            "saveWeightsOnly",
            "autoInsertMetricName",
            "enableVersionCounter",
            "verbose");

    /**
     * Reads the policy of a stream; empty settings if it declares none.
     *
     * @throws Unresolved if a value cannot be read in this round
     */
    static DeclaredPolicy of(Optional<AnnotationUse> policy) {
        return new DeclaredPolicy(policy.stream()
                .flatMap(use -> ATTRIBUTES.stream()
                        .flatMap(attribute ->
                                use
                                        .changed(attribute)
                                        .map(value -> new Setting(attribute, constant(attribute, value)))
                                        .stream()))
                .toList());
    }

    /** Enum constants are read by name. */
    private static Object constant(String attribute, Object value) {
        return switch (attribute) {
            case "mode" -> Mode.valueOf(value.toString());
            case "saveLast" -> SaveLast.valueOf(value.toString());
            case "saveBest" -> SaveBest.valueOf(value.toString());
            case "saveOnTrainEpochEnd" -> SaveOnTrainEpochEnd.valueOf(value.toString());
            case "onFailure" -> OnFailure.valueOf(value.toString());
            case "format" -> CheckpointFormat.valueOf(value.toString());
            default -> value;
        };
    }

    /** The builder with all settings, which says what is wrong with them. */
    StreamPolicy.Builder toBuilder() {
        StreamPolicy.Builder builder = StreamPolicy.builder();
        settings.forEach(setting -> apply(builder, setting));
        return builder;
    }

    private static void apply(StreamPolicy.Builder builder, Setting setting) {
        Object value = setting.value();
        switch (setting.attribute()) {
            case "dirpath" -> builder.dirpath((String) value);
            case "filename" -> builder.filename((String) value);
            case "monitor" -> builder.monitor((String) value);
            case "mode" -> builder.mode((Mode) value);
            case "saveTopK" -> builder.saveTopK((Integer) value);
            case "keepLast" -> builder.keepLast((Integer) value);
            case "keepEveryNth" -> builder.keepEveryNth((Integer) value);
            case "maxTotalBytes" -> builder.maxTotalBytes((String) value);
            case "saveLast" -> builder.saveLast((SaveLast) value);
            case "saveBest" -> builder.saveBest((SaveBest) value);
            case "everyNTrainSteps" -> builder.everyNTrainSteps((Integer) value);
            case "everyNEpochs" -> builder.everyNEpochs((Integer) value);
            case "trainTimeInterval" -> builder.trainTimeInterval((String) value);
            case "anyTrigger" -> builder.anyTrigger((Boolean) value);
            case "saveOnTrainEpochEnd" -> builder.saveOnTrainEpochEnd((SaveOnTrainEpochEnd) value);
            case "saveOnException" -> builder.saveOnException((Boolean) value);
            case "onFailure" -> builder.onFailure((OnFailure) value);
            case "format" -> builder.format((CheckpointFormat) value);
            case "saveWeightsOnly" -> builder.saveWeightsOnly((Boolean) value);
            case "autoInsertMetricName" -> builder.autoInsertMetricName((Boolean) value);
            case "enableVersionCounter" -> builder.enableVersionCounter((Boolean) value);
            case "verbose" -> builder.verbose((Boolean) value);
            default -> throw new AssertionError(setting.attribute());
        }
    }
}
