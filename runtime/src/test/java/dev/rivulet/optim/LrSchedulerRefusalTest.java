package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import dev.rivulet.internal.format.DictReader;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What schedulers refuse, with their state and their optimizer unchanged. */
class LrSchedulerRefusalTest {

    @Test
    void refusesTheStateOfAnotherScheduleWithoutChanges() {
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).build();
                TorchOptimizer other = SGD.builder().lr(0.1).build()) {
            StepLR scheduler = new StepLR(2);
            optimizer.schedule(scheduler);
            ExponentialLR exponential = new ExponentialLR(0.5);
            other.schedule(exponential);
            Map<String, @Nullable Object> before = scheduler.stateDict();

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> scheduler.loadStateDict(exponential.stateDict()))
                    .withMessageContaining("StepLR")
                    .withMessageContaining("step_size");
            assertThat(scheduler.stateDict()).isEqualTo(before);
        }
    }

    @Test
    void refusesANonNumericHyperParameterWithoutChanges() {
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).build()) {
            StepLR scheduler = new StepLR(2);
            optimizer.schedule(scheduler);
            Map<String, @Nullable Object> before = scheduler.stateDict();
            Map<String, @Nullable Object> wrong = scheduler.stateDict();
            wrong.put("gamma", List.of());

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> scheduler.loadStateDict(wrong))
                    .withMessageContaining("StepLR has \"gamma\" = []");
            assertThat(scheduler.stateDict()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rivulet.optim.LrSchedulerTest#cases")
    void refusesListsWithoutANumberForEachParameterGroup(JsonObject recorded) {
        try (TorchOptimizer optimizer = LrSchedulerTest.optimizer(recorded)) {
            LrScheduler scheduler = LrSchedulerTest.scheduler(recorded);
            optimizer.schedule(LrSchedule.of(scheduler).monitor("val_loss"));
            Map<String, @Nullable Object> before = scheduler.stateDict();
            List<String> lists = Stream.of("base_lrs", "min_lrs", "_last_lr")
                    .filter(before::containsKey)
                    .toList();

            assertThat(lists).hasSizeBetween(1, 2);
            for (String key : lists) {
                for (List<Double> wrong : List.of(List.of(0.1), List.of(0.1, 0.2, 0.3))) {
                    Map<String, @Nullable Object> state = scheduler.stateDict();
                    state.put(key, wrong);
                    assertThatExceptionOfType(MismatchedStateException.class)
                            .isThrownBy(() -> scheduler.loadStateDict(state))
                            .withMessageContaining("has " + wrong.size() + " numbers as \"" + key + "\"")
                            .withMessageContaining("the optimizer has 2 parameter groups");
                }
            }
            assertThat(scheduler.stateDict()).isEqualTo(before);
        }
    }

    @Test
    void refusesASequenceWithOtherMilestonesOrGroups() {
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).build()) {
            SequentialLR sequence = new SequentialLR(List.of(new LinearLR(0.1, 5), new StepLR(2)), List.of(5));
            optimizer.schedule(sequence);
            Map<String, @Nullable Object> before = sequence.stateDict();
            Map<String, @Nullable Object> otherMilestones = sequence.stateDict();
            otherMilestones.put("_milestones", List.of(5L, 9L));
            Map<String, @Nullable Object> second = sequenceOf(before).get(1);
            second.put("base_lrs", List.of(0.1, 0.1));
            Map<String, @Nullable Object> otherGroups = sequence.stateDict();
            otherGroups.put("_schedulers", List.of(sequenceOf(before).get(0), second));

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> sequence.loadStateDict(otherMilestones))
                    .withMessageContaining("\"_milestones\" = [5, 9] instead of a list of 1 numbers");
            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> sequence.loadStateDict(otherGroups))
                    .withMessageContaining("StepLR has 2 numbers as \"base_lrs\"");
            assertThat(sequence.stateDict()).isEqualTo(before);
        }
    }

    private static List<Map<String, @Nullable Object>> sequenceOf(Map<String, @Nullable Object> state) {
        return SavedState.of("", state).dicts("_schedulers").stream()
                .map(DictReader::named)
                .toList();
    }

    @Test
    void refusesACycleWithoutPhases() {
        try (TorchOptimizer optimizer = SGD.builder().momentum(0.9).build()) {
            OneCycleLR cycle = new OneCycleLR(0.1, 10);
            optimizer.schedule(cycle);
            Map<String, @Nullable Object> state = cycle.stateDict();
            state.put("_schedule_phases", List.of());

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> cycle.loadStateDict(state))
                    .withMessageContaining("\"_schedule_phases\" = [] instead of a list of at least one dictionary");
        }
    }

    /** PyTorch divides by zero; a NaN learning rate would make every weight NaN. */
    @Test
    void refusesACycleWithAnEmptyPhase() {
        assertThatIllegalArgumentException()
                .isThrownBy(OneCycleLR.builder(0.1, 10).pctStart(0.1)::build)
                .withMessageContaining("pctStart(0.1)")
                .withMessageContaining("10 steps");
        assertThatIllegalArgumentException()
                .isThrownBy(OneCycleLR.builder(0.1, 10).pctStart(1)::build)
                .withMessageContaining("pctStart(1.0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OneCycleLR.builder(0.1, 10).divFactors(0, 1e4))
                .withMessageContaining("0.0 and 10000.0");
    }

    @Test
    void refusesDescendingMilestones() {
        List<ChainableScheduler> schedulers = List.of(new LinearLR(0.1, 5), new StepLR(2), new ExponentialLR(0.9));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SequentialLR(schedulers, List.of(5, 3)))
                .withMessageContaining("[5, 3]");
    }

    @Test
    void refusesToCycleAMissingMomentum() {
        try (TorchOptimizer optimizer = Adagrad.builder().build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> optimizer.schedule(new OneCycleLR(0.1, 3)))
                    .withMessageContaining("cycleMomentum(false)");
        }
    }
}
