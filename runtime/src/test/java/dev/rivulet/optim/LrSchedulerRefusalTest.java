package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import dev.rivulet.internal.format.DictReader;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static Stream<Supplier<LrScheduler>> schedulers() {
        return Stream.of(
                () -> new StepLR(2),
                () -> new MultiStepLR(List.of(2), 0.1),
                () -> new ExponentialLR(0.5),
                () -> new ConstantLR(0.5, 2),
                () -> new LinearLR(0.5, 2),
                () -> new CosineAnnealingLR(4),
                () -> new OneCycleLR(0.1, 10),
                () -> new LambdaLR(epoch -> 1),
                () -> ReduceLROnPlateau.builder().build(),
                () -> new SequentialLR(List.of(new LinearLR(0.1, 5), new StepLR(2)), List.of(5)));
    }

    private static Map<String, @Nullable Object> stateOf(LrScheduler scheduler) {
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).momentum(0.9).build()) {
            optimizer.schedule(LrSchedule.of(scheduler).monitor("val_loss"));
            return scheduler.stateDict();
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void refusesTheStatesOfAllOtherSchedulers(Supplier<LrScheduler> supplier) {
        schedulers().forEach(other -> {
            LrScheduler scheduler = supplier.get();
            LrScheduler saved = other.get();
            Map<String, @Nullable Object> state = stateOf(saved);
            stateOf(scheduler);
            if (saved.getClass() == scheduler.getClass()) {
                scheduler.loadStateDict(state);
            } else {
                assertThatExceptionOfType(MismatchedStateException.class)
                        .isThrownBy(() -> scheduler.loadStateDict(state))
                        .withMessageContaining(
                                "not that of " + scheduler.getClass().getSimpleName() + ", which")
                        .withMessageContaining(", but of " + saved.getClass().getSimpleName() + "; schedule");
            }
        });
    }

    /** The keys that PyTorch 2.13 saves, apart from those of all schedulers. */
    @ParameterizedTest
    @CsvSource({
        "CyclicLR, max_lrs total_size step_ratio mode gamma scale_mode cycle_momentum",
        "CosineAnnealingWarmRestarts, T_0 T_i T_mult eta_min T_cur",
        "PolynomialLR, total_iters power",
        "ChainedScheduler, _schedulers",
        "an unknown scheduler, gamma_of_my_own"
    })
    void namesTheSchedulersThatItDoesNotHave(String name, String keys) {
        Map<String, @Nullable Object> state = stateOf(new ExponentialLR(0.5));
        state.remove("gamma");
        List.of(keys.split(" ")).forEach(key -> state.put(key, 1.0));

        schedulers().map(Supplier::get).forEach(scheduler -> {
            stateOf(scheduler);
            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> scheduler.loadStateDict(state))
                    .withMessageContaining(name + ", which dev.rivulet.optim does not have");
        });
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).build()) {
            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> optimizer.schedules().loadStateDicts(List.of(state)))
                    .withMessageContaining("1 schedulers")
                    .withMessageContaining(name + ", which dev.rivulet.optim does not have");
        }
    }

    /** PyTorch's MultiplicativeLR has a state with the same keys. */
    @Test
    void refusesAFunctionWithAnotherLearningRate() {
        LambdaLR saved = new LambdaLR(epoch -> 1.0 / (epoch + 1));
        LambdaLR same = new LambdaLR(epoch -> 1.0 / (1 + epoch));
        LambdaLR other = new LambdaLR(epoch -> 1.0 / (epoch + 2));
        stateOf(saved);
        stateOf(same);
        stateOf(other);
        saved.step();

        same.loadStateDict(saved.stateDict());
        assertThat(same.lastLr()).containsExactly(0.05);
        assertThatExceptionOfType(MismatchedStateException.class)
                .isThrownBy(() -> other.loadStateDict(saved.stateDict()))
                .withMessageContaining("0.05 at epoch 1")
                .withMessageContaining("0.033")
                .withMessageContaining("MultiplicativeLR");
    }

    @Test
    void refusesASequenceOfOtherSchedulers() {
        SequentialLR sequence = new SequentialLR(List.of(new LinearLR(0.1, 5), new StepLR(2)), List.of(5));
        SequentialLR other = new SequentialLR(List.of(new LinearLR(0.1, 5), new ExponentialLR(0.1)), List.of(5));
        Map<String, @Nullable Object> state = stateOf(sequence);
        stateOf(other);

        assertThatExceptionOfType(MismatchedStateException.class)
                .isThrownBy(() -> other.loadStateDict(state))
                .withMessageContaining("but of StepLR;");
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

    /** PyTorch would take the total steps of the state, and the run would fail after them. */
    @Test
    void refusesToContinueAShorterCycle() {
        OneCycleLR longer = new OneCycleLR(0.1, 20);
        OneCycleLR shorter = new OneCycleLR(0.1, 10);
        stateOf(longer);
        stateOf(shorter);

        assertThatExceptionOfType(MismatchedStateException.class)
                .isThrownBy(() -> longer.loadStateDict(shorter.stateDict()))
                .withMessageContaining("a cycle of 10 steps")
                .withMessageContaining("this one has 20");
        shorter.loadStateDict(longer.stateDict());
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
