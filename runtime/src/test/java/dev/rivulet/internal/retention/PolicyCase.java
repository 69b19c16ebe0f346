package dev.rivulet.internal.retention;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.PolicyViolation;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Replays the part of a recorded case that concerns the policy of one stream, without files. */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public final class PolicyCase {
    private PolicyCase() {}

    /** Replays a case; empty if it concerns the trainer or files on disk rather than the policy. */
    public static Optional<Verdict> judge(JsonObject testCase) {
        return switch (testCase.get("kind").getAsString()) {
            case "run" -> Optional.of(new RunCase(testCase).verdict());
            case "format" -> Optional.of(format(testCase));
            case "init" -> Optional.of(init(testCase));
            case "save_on_train_epoch_end" -> Optional.of(saveOnTrainEpochEnd(testCase));
            case "load_state" -> Optional.of(loadState(testCase));
            default -> Optional.empty();
        };
    }

    private static Verdict format(JsonObject testCase) {
        CaseConfig config = new CaseConfig(testCase.getAsJsonObject("config"));
        FilenameStyle style = config.style();
        Map<String, Double> metrics = new HashMap<>();
        Set<String> integers = new HashSet<>(Set.of("epoch", "step"));
        boolean single = testCase.get("metric_type").getAsString().contains("float32");
        testCase.getAsJsonObject("metrics").entrySet().forEach(entry -> {
            double value = RunCase.number(entry.getValue());
            metrics.put(entry.getKey(), single ? (double) (float) value : value);
            if (entry.getValue().getAsString().matches("-?\\d+")) {
                integers.add(entry.getKey());
            }
        });
        String template = config.text("filename").orElse("{epoch}" + style.join() + "{step}");
        String name;
        try {
            name = FilenameTemplate.parse(template, style, integers).format(MetricValues.of(metrics));
        } catch (IllegalArgumentException refused) {
            return TemplateDifferences.refusal(unprefixed(testCase, style), template, metrics.keySet(), refused);
        }
        String prefixed = Optional.of(testCase.get("prefix"))
                .filter(JsonElement::isJsonPrimitive)
                .map(prefix -> style.prefixed(prefix.getAsString(), name))
                .orElse(name);
        String file = Optional.of(testCase.get("ver"))
                        .filter(JsonElement::isJsonPrimitive)
                        .map(version -> style.versioned(prefixed, version.getAsInt()))
                        .orElse(prefixed)
                + config.extension();
        return testCase.get("expected").isJsonNull()
                ? TemplateDifferences.acceptance(template, metrics.keySet(), file)
                : verdict(testCase.get("expected").getAsString(), file);
    }

    /** The name that Lightning generates, without the prefix; empty if it refuses. */
    private static Optional<String> unprefixed(JsonObject testCase, FilenameStyle style) {
        CaseConfig given = new CaseConfig(testCase);
        int begin = given.text("prefix")
                .map(prefix -> prefix + style.join())
                .orElse("")
                .length();
        return given.text("expected").map(name -> name.substring(begin));
    }

    private static Verdict init(JsonObject testCase) {
        JsonObject expected = testCase.getAsJsonObject("expected");
        boolean accepted = expected.get("ok").getAsBoolean();
        StreamPolicy.Builder builder;
        try {
            builder = new CaseConfig(testCase.getAsJsonObject("config")).policy();
        } catch (IllegalArgumentException unknownMode) {
            return verdict(accepted, false);
        }
        List<PolicyViolation> violations = builder.violations();
        if (!violations.isEmpty() || !accepted) {
            return verdict(accepted, violations.isEmpty());
        }
        SaveTrigger trigger = builder.build().trigger();
        int epochs = trigger instanceof SaveTrigger.Epochs every ? every.n() : 0;
        int steps = trigger instanceof SaveTrigger.Steps every ? every.n() : 0;
        return verdict(
                List.of(
                        expected.get("every_n_epochs").getAsInt(),
                        expected.get("every_n_train_steps").getAsInt()),
                List.of(epochs, steps));
    }

    private static Verdict saveOnTrainEpochEnd(JsonObject testCase) {
        JsonObject trainer = testCase.getAsJsonObject("trainer");
        long batches = 0;
        JsonElement valBatches = trainer.get("num_val_batches");
        JsonArray counts = valBatches.isJsonArray() ? valBatches.getAsJsonArray() : new JsonArray();
        for (JsonElement count : counts) {
            batches += count(count);
        }
        JsonElement everyEpoch = trainer.get("check_val_every_n_epoch");
        ValidationSchedule schedule = new ValidationSchedule(
                trainer.get("time_based_validation").getAsBoolean(),
                everyEpoch.isJsonNull() ? OptionalInt.empty() : OptionalInt.of(everyEpoch.getAsInt()),
                valBatches.isJsonArray() ? batches : count(valBatches),
                RunCase.number(trainer.get("val_check_interval")));
        StreamPolicy policy =
                new CaseConfig(testCase.getAsJsonObject("config")).policy().build();
        return verdict(
                testCase.get("expected").getAsBoolean(), schedule.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd()));
    }

    /** A number of batches, which is infinite if a data set does not report its length. */
    private static long count(JsonElement batches) {
        return (long) RunCase.number(batches);
    }

    /** The retention state of a stream is restored in its own directory; in another one it is empty. */
    private static Verdict loadState(JsonObject testCase) {
        boolean sameDirectory =
                testCase.getAsJsonObject("config").get("same_dirpath").getAsBoolean();
        JsonObject expected = testCase.getAsJsonObject("expected");
        List<KeptCheckpoint> kept = new ArrayList<>();
        expected.getAsJsonObject("best_k_models")
                .entrySet()
                .forEach(entry -> kept.add(
                        new KeptCheckpoint(entry.getKey(), OptionalDouble.of(RunCase.number(entry.getValue())), 0, 1)));
        Optional<LastCheckpoint> last = Optional.of(
                        expected.get("last_model_path").getAsString())
                .filter(path -> !path.isEmpty())
                .map(path -> new LastCheckpoint(path, Optional.empty(), 0, 1));
        RetentionSnapshot saved = new RetentionSnapshot(
                new RetentionSnapshot.Kept(kept, List.of(), List.of()),
                RetentionSnapshot.Ranking.UNKNOWN,
                new RetentionSnapshot.Pointers(last, Optional.empty()),
                Optional.empty(),
                kept.size());
        PolicyReplay stream = new PolicyReplay(
                "d",
                "",
                StreamPolicy.builder().monitor("v").build(),
                new Disk(),
                new RetentionSnapshot.Restored(saved, 1, Optional.empty()));
        Outcome outcome = stream.outcome();
        boolean restored =
                outcome.last().equals(last.map(pointer -> "d/" + pointer.name()).orElse(""))
                        && outcome.kept().size() == kept.size()
                        && Double.isNaN(outcome.currentScore());
        String best = new CaseConfig(expected)
                .text("best_model_path")
                .map(path -> "d/" + path)
                .orElse("");
        if (!sameDirectory && restored && outcome.best().isEmpty()) {
            return Verdict.different(Difference.RETENTION_STATE_IS_ALWAYS_CURRENT);
        }
        return verdict(best, restored ? outcome.best() : "not restored");
    }

    private static Verdict verdict(Object expected, Object actual) {
        return expected.equals(actual) ? Verdict.same() : Verdict.failed("expected " + expected + " but was " + actual);
    }
}
