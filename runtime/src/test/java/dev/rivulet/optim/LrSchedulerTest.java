package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.annotations.Mode;
import dev.rivulet.internal.format.DictReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares schedules with those of torch.optim.lr_scheduler, recorded by {@code src/test/python/record_optim.py}. */
class LrSchedulerTest {
    /** 1e-12, relative. */
    private static final Percentage TOLERANCE = Percentage.withPercentage(1e-10);

    @ParameterizedTest
    @MethodSource("cases")
    void equalsPyTorchThroughAHundredEpochs(JsonObject recorded) {
        checkAgainst(recorded);
    }

    @Test
    void equalsTheInstalledPyTorch(@TempDir Path folder) throws Exception {
        Recording.recordLive(folder);

        for (JsonObject recorded : Recording.live(folder, "schedulers")) {
            checkAgainst(recorded);
        }
    }

    private static void checkAgainst(JsonObject recorded) {
        try (TorchOptimizer optimizer = optimizer(recorded)) {
            LrScheduler scheduler = scheduler(recorded);
            optimizer.schedule(LrSchedule.of(scheduler).monitor("val_loss"));
            Metric metric = new Metric();

            for (int epoch = 0; epoch < 100; epoch++) {
                checkGroups(optimizer, recorded, epoch);
                step(scheduler, metric);
            }

            assertClose(scheduler.stateDict(), Recording.map(recorded.getAsJsonObject("state")));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resumesFromASavedStateAsIfNeverStopped(JsonObject recorded) {
        try (TorchOptimizer straight = optimizer(recorded);
                TorchOptimizer resumed = optimizer(recorded)) {
            LrScheduler before = scheduler(recorded);
            straight.schedule(LrSchedule.of(before).monitor("val_loss"));
            Metric metric = new Metric();
            for (int epoch = 0; epoch < 50; epoch++) {
                step(before, metric);
            }
            LrScheduler after = scheduler(recorded);
            resumed.schedule(LrSchedule.of(after).monitor("val_loss"));

            after.loadStateDict(before.stateDict());
            copyOptions(straight, resumed);

            assertThat(after.stateDict()).isEqualTo(before.stateDict());
            Metric same = metric.copy();
            for (int epoch = 50; epoch < 100; epoch++) {
                step(before, metric);
                step(after, same);
                assertThat(after.lastLr()).isEqualTo(before.lastLr());
            }
            assertThat(after.stateDict()).isEqualTo(before.stateDict());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resumesFromAStateThatPyTorchSaved(JsonObject recorded) {
        try (TorchOptimizer optimizer = optimizer(recorded)) {
            LrScheduler scheduler = scheduler(recorded);
            optimizer.schedule(LrSchedule.of(scheduler).monitor("val_loss"));
            Metric metric = new Metric();
            for (int epoch = 0; epoch < 50; epoch++) {
                metric.next();
            }

            scheduler.loadStateDict(Recording.map(recorded.getAsJsonObject("halfway")));
            List<DictReader> saved = SavedState.of("", Recording.map(recorded.getAsJsonObject("halfwayOptimizer")))
                    .dicts("param_groups");
            for (int i = 0; i < saved.size(); i++) {
                optimizer.paramGroups().get(i).setAll(saved.get(i).named());
            }

            for (int epoch = 50; epoch < 100; epoch++) {
                checkGroups(optimizer, recorded, epoch);
                step(scheduler, metric);
            }
        }
    }

    @Test
    void belongsToOneOptimizer() {
        try (TorchOptimizer optimizer = SGD.builder().build();
                TorchOptimizer other = SGD.builder().build()) {
            StepLR scheduler = new StepLR(2);
            assertThatIllegalStateException()
                    .isThrownBy(scheduler::step)
                    .withMessageContaining("does not belong to an optimizer yet; pass it to TorchOptimizer.schedule.");
            optimizer.schedule(scheduler);
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.schedule(scheduler))
                    .withMessageContaining("already belongs");
        }
    }

    @Test
    void reportsThatTheCycleHasEnded() {
        try (TorchOptimizer optimizer = SGD.builder().momentum(0.9).build()) {
            OneCycleLR scheduler = new OneCycleLR(0.1, 3);
            optimizer.schedule(scheduler, LrInterval.STEP);
            for (int i = 0; i < 3; i++) {
                scheduler.step();
            }
            assertThatIllegalStateException()
                    .isThrownBy(scheduler::step)
                    .withMessageContaining("3 steps")
                    .withMessageContaining("step 4");
        }
    }

    private static void checkGroups(TorchOptimizer optimizer, JsonObject recorded, int epoch) {
        JsonArray expected = recorded.getAsJsonArray("steps").get(epoch).getAsJsonArray();
        for (int group = 0; group < 2; group++) {
            ParamGroup options = optimizer.paramGroups().get(group);
            assertThat(options.learningRate())
                    .as("learning rate of group %s in epoch %s", group, epoch)
                    .isCloseTo(element(expected, 0, group), TOLERANCE);
            assertThat(options.hasBetas() ? options.beta(0) : options.get("momentum"))
                    .as("momentum of group %s in epoch %s", group, epoch)
                    .isCloseTo(element(expected, 1, group), TOLERANCE);
        }
    }

    private static double element(JsonArray array, int i, int j) {
        JsonElement row = array.get(i);
        return row.getAsJsonArray().get(j).getAsDouble();
    }

    private static void step(LrScheduler scheduler, Metric metric) {
        double value = metric.next();
        if (scheduler instanceof ReduceLROnPlateau plateau) {
            plateau.step(value);
        } else {
            scheduler.step();
        }
    }

    private static void copyOptions(TorchOptimizer from, TorchOptimizer to) {
        for (int i = 0; i < from.paramGroups().size(); i++) {
            to.paramGroups().get(i).setAll(from.paramGroups().get(i).options());
        }
    }

    /** Keys, order of keys, and values to 1e-12. */
    private static void assertClose(@Nullable Object actual, @Nullable Object expected) {
        if (expected instanceof Map<?, ?> map && Recording.comparable(actual) instanceof Map<?, ?> values) {
            assertThat(values.keySet())
                    .map(String::valueOf)
                    .containsExactlyInAnyOrderElementsOf(
                            map.keySet().stream().map(String::valueOf).toList());
            map.forEach((key, value) -> assertClose(values.get(key), value));
        } else if (expected instanceof List<?> list && actual instanceof List<?> values) {
            assertThat(values).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                assertClose(values.get(i), list.get(i));
            }
        } else if (expected instanceof Double number && Double.isFinite(number) && actual instanceof Number value) {
            assertThat(value.doubleValue()).isCloseTo(number, TOLERANCE);
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    static TorchOptimizer optimizer(JsonObject recorded) {
        return recorded.get("optimizer").getAsString().equals("SGD")
                ? SGD.builder()
                        .lr(0.1)
                        .momentum(0.9)
                        .group(name -> true, group -> group.lr(0.02))
                        .build()
                : Adam.builder()
                        .lr(0.1)
                        .group(name -> true, group -> group.lr(0.02))
                        .build();
    }

    static LrScheduler scheduler(JsonObject recorded) {
        return switch (recorded.get("name").getAsString()) {
            case "StepLR" -> new StepLR(7, 0.5);
            case "MultiStepLR" -> new MultiStepLR(List.of(3, 10, 10, 40), 0.3);
            case "ExponentialLR" -> new ExponentialLR(0.97);
            case "CosineAnnealingLR" -> new CosineAnnealingLR(13, 0.001);
            case "LinearLR" -> new LinearLR(0.2, 0.9, 17);
            case "ConstantLR" -> new ConstantLR(0.25, 9);
            case "LambdaLR" -> LambdaLR.warmUp(20);
            case "OneCycleLR" -> new OneCycleLR(0.3, 100);
            case "OneCycleLR, three phases" ->
                OneCycleLR.builder(0.3, 100)
                        .pctStart(0.2)
                        .linear()
                        .threePhase()
                        .momentum(0.8, 0.9)
                        .divFactors(10, 100)
                        .build();
            case "OneCycleLR, learning rate only" ->
                OneCycleLR.builder(0.3, 100).cycleMomentum(false).build();
            case "ReduceLROnPlateau" ->
                ReduceLROnPlateau.builder().patience(3).cooldown(2).minLr(1e-4).build();
            case "ReduceLROnPlateau, max" ->
                ReduceLROnPlateau.builder()
                        .mode(Mode.MAX)
                        .factor(0.5)
                        .patience(1)
                        .absoluteThreshold(0.05)
                        .build();
            case "SequentialLR" ->
                new SequentialLR(
                        List.of(new LinearLR(0.1, 8), new CosineAnnealingLR(30), new ExponentialLR(0.9)),
                        List.of(8, 40));
            case "SequentialLR of steps" ->
                new SequentialLR(
                        List.of(
                                new ConstantLR(0.1, 5),
                                new StepLR(10),
                                new MultiStepLR(List.of(4, 9), 0.5),
                                new OneCycleLR(0.2, 60)),
                        List.of(5, 25, 45));
            case "SequentialLR from 0" ->
                new SequentialLR(List.of(LambdaLR.warmUp(20), new LinearLR(0.5, 8)), List.of(30));
            default -> throw new IllegalArgumentException(recorded.get("name").getAsString());
        };
    }

    /** The metric of {@code record_optim.py}: it falls, with noise from Knuth's MMIX generator. */
    private static final class Metric {
        private long number = 2;
        private int epoch;

        double next() {
            number = number * 6364136223846793005L + 1442695040888963407L;
            return 1.0 / (1 + epoch++) + 0.1 * (((number >>> 40) - 0x1p23) / 0x1p23);
        }

        Metric copy() {
            Metric copy = new Metric();
            copy.number = number;
            copy.epoch = epoch;
            return copy;
        }
    }

    static Stream<Named<JsonObject>> cases() throws IOException {
        return Recording.recorded("schedulers").stream()
                .map(recorded -> Named.of(
                        recorded.get("name").getAsString() + " with "
                                + recorded.get("optimizer").getAsString(),
                        recorded));
    }
}
