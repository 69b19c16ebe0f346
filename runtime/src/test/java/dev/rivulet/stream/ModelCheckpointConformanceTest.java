package dev.rivulet.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.PolicyViolation;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Replays cases recorded from Lightning's {@code ModelCheckpoint}. Every case file of a directory is read: the copies in
 * the test resources, or those of {@code -Drivulet.conformance=DIR}. Where Rivulet differs on purpose, {@link Difference}
 * says how and why, by rules that hold for unknown cases too.
 */
class ModelCheckpointConformanceTest {

    @Test
    void everyCaseIsAsInLightningOrDifferentOnPurpose() throws IOException, URISyntaxException {
        Map<String, Verdict> verdicts = new HashMap<>();
        int elsewhere = 0;
        for (JsonObject testCase : ConformanceCases.read()) {
            String kind = testCase.get("kind").getAsString();
            Optional<Function<JsonObject, Verdict>> check = checkOf(kind);
            if (check.isEmpty()) {
                elsewhere++;
                continue;
            }
            verdicts.put(testCase.get("id").getAsString(), judge(check.get(), testCase));
        }
        report(verdicts, elsewhere);
        assertThat(only(verdicts, Verdict.Kind.FAILED)).isEmpty();
        assertThat(verdicts).isNotEmpty();
    }

    /** Other kinds concern the trainer or files on disk, not the policy of one stream. */
    private static Optional<Function<JsonObject, Verdict>> checkOf(String kind) {
        return Optional.ofNullable(
                switch (kind) {
                    case "run" -> testCase -> new RunCase(testCase).verdict();
                    case "format" -> ModelCheckpointConformanceTest::format;
                    case "init" -> ModelCheckpointConformanceTest::init;
                    case "save_on_train_epoch_end" -> ModelCheckpointConformanceTest::saveOnTrainEpochEnd;
                    case "load_state" -> ModelCheckpointConformanceTest::loadState;
                    default -> null;
                });
    }

    private static Verdict judge(Function<JsonObject, Verdict> check, JsonObject testCase) {
        try {
            return check.apply(testCase);
        } catch (RuntimeException broken) {
            return Verdict.failed(broken.toString());
        }
    }

    private static void report(Map<String, Verdict> verdicts, int elsewhere) {
        only(verdicts, Verdict.Kind.DELIBERATELY_DIFFERENT).forEach(System.out::println);
        System.out.printf(
                "%d cases: %d as Lightning, %d deliberately different, %d failed (%d more concern the trainer or the"
                        + " files, not the policy)%n",
                verdicts.size(),
                only(verdicts, Verdict.Kind.AS_LIGHTNING).size(),
                only(verdicts, Verdict.Kind.DELIBERATELY_DIFFERENT).size(),
                only(verdicts, Verdict.Kind.FAILED).size(),
                elsewhere);
    }

    private static List<String> only(Map<String, Verdict> verdicts, Verdict.Kind kind) {
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue().kind() == kind)
                .map(entry -> entry.getKey() + " " + entry.getValue().explanation())
                .sorted()
                .toList();
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
            return TemplateDifferences.refusal(testCase.get("expected_error").isJsonNull(), template, refused);
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
            batches += count.getAsLong();
        }
        JsonElement everyEpoch = trainer.get("check_val_every_n_epoch");
        ValidationSchedule schedule = new ValidationSchedule(
                trainer.get("time_based_validation").getAsBoolean(),
                everyEpoch.isJsonNull() ? OptionalInt.empty() : OptionalInt.of(everyEpoch.getAsInt()),
                valBatches.isJsonArray() ? batches : valBatches.getAsLong(),
                trainer.get("val_check_interval").getAsDouble());
        StreamPolicy policy =
                new CaseConfig(testCase.getAsJsonObject("config")).policy().build();
        return verdict(
                testCase.get("expected").getAsBoolean(), schedule.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd()));
    }

    /** A stream's books come back in its own directory; in another one it has no files, so its books are empty. */
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
        StreamBooks saved = new StreamBooks(
                kept,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                last,
                Optional.empty(),
                Optional.empty(),
                kept.size());
        PolicyReplay stream = new PolicyReplay(
                "d",
                "",
                StreamPolicy.builder().monitor("v").build(),
                new Disk(),
                new Resumption(saved, 1, Optional.empty()));
        Outcome outcome = stream.outcome();
        boolean restored =
                outcome.last().equals(last.map(pointer -> "d/" + pointer.name()).orElse(""))
                        && outcome.kept().size() == kept.size()
                        && Double.isNaN(outcome.currentScore());
        String best = "d/" + expected.get("best_model_path").getAsString();
        if (!sameDirectory && restored && outcome.best().isEmpty()) {
            return Verdict.different("[" + Difference.BOOKS_ARE_NEVER_BEHIND + "]");
        }
        return verdict(best, restored ? outcome.best() : "not restored");
    }

    private static Verdict verdict(Object expected, Object actual) {
        return expected.equals(actual) ? Verdict.same() : Verdict.failed("expected " + expected + " but was " + actual);
    }
}
