package dev.rivulet.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The attributes of {@code @CheckpointStream} that make saves due, as they are written; {@link #trigger} says what
 * follows from them.
 *
 * @param everyNTrainSteps optimizer steps; 0 switches the trigger off
 * @param everyNEpochs epochs; 0 switches the trigger off
 * @param trainTimeInterval a time, such as {@code 1h30m}
 * @param anyTrigger whether several may be given, each of which makes a save due
 * @since 0.1
 */
public record DeclaredTriggers(
        OptionalInt everyNTrainSteps,
        OptionalInt everyNEpochs,
        Optional<String> trainTimeInterval,
        boolean anyTrigger) {

    /** None is given. */
    static final DeclaredTriggers NONE =
            new DeclaredTriggers(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), false);

    DeclaredTriggers withEveryNTrainSteps(OptionalInt n) {
        return new DeclaredTriggers(n, everyNEpochs, trainTimeInterval, anyTrigger);
    }

    DeclaredTriggers withEveryNEpochs(OptionalInt n) {
        return new DeclaredTriggers(everyNTrainSteps, n, trainTimeInterval, anyTrigger);
    }

    DeclaredTriggers withTrainTimeInterval(Optional<String> interval) {
        return new DeclaredTriggers(everyNTrainSteps, everyNEpochs, interval, anyTrigger);
    }

    DeclaredTriggers withAnyTrigger(boolean any) {
        return new DeclaredTriggers(everyNTrainSteps, everyNEpochs, trainTimeInterval, any);
    }

    /** The given ones, in the order in which messages list them. */
    List<Declared> given() {
        return Stream.of(
                        every("everyNTrainSteps", everyNTrainSteps, SaveTrigger.Steps::new),
                        every("everyNEpochs", everyNEpochs, SaveTrigger.Epochs::new),
                        after("trainTimeInterval", trainTimeInterval, SaveTrigger.Interval::new))
                .flatMap(Optional::stream)
                .toList();
    }

    /** What makes a save due: every epoch if no trigger is given. */
    public SaveTrigger trigger() {
        List<Declared> given = given();
        List<SaveTrigger> active =
                given.stream().map(Declared::trigger).flatMap(Optional::stream).toList();
        if (active.isEmpty()) {
            return given.isEmpty() ? new SaveTrigger.Epochs(1) : new SaveTrigger.Never();
        }
        return active.size() == 1 ? active.get(0) : new SaveTrigger.Any(active);
    }

    /** The given ones as they are written, such as {@code everyNEpochs = 5}. */
    @Override
    public String toString() {
        return given().isEmpty()
                ? "every epoch"
                : given().stream().map(Declared::toString).collect(Collectors.joining(", "));
    }

    /** The same triggers, equal to all that are written otherwise but mean the same. */
    DeclaredTriggers normalized() {
        return new DeclaredTriggers(
                everyNTrainSteps,
                everyNEpochs,
                trainTimeInterval.map(SaveInterval::parse).map(Duration::toString),
                anyTrigger);
    }

    /**
     * A trigger as it is written.
     *
     * @param value such as {@code 100} or {@code "1h"}
     * @param isActive whether it is not switched off
     * @param trigger empty if it is switched off or wrong
     */
    record Declared(
            String attribute,
            String value,
            boolean isActive,
            Optional<SaveTrigger> trigger,
            Optional<PolicyViolation> violation) {

        @Override
        public String toString() {
            return attribute + " = " + value;
        }
    }

    private static Optional<Declared> every(String attribute, OptionalInt count, IntFunction<SaveTrigger> trigger) {
        if (count.isEmpty()) {
            return Optional.empty();
        }
        int n = count.getAsInt();
        return Optional.of(new Declared(
                attribute,
                String.valueOf(n),
                n > 0,
                n > 0 ? Optional.of(trigger.apply(n)) : Optional.empty(),
                n < 0 ? Optional.of(PolicyViolation.negativeInterval(attribute, n)) : Optional.empty()));
    }

    private static Optional<Declared> after(
            String attribute, Optional<String> time, Function<Duration, SaveTrigger> trigger) {
        return time.map(written -> {
            String value = "\"" + written + "\"";
            try {
                Duration interval = SaveInterval.parse(written);
                return new Declared(attribute, value, true, Optional.of(trigger.apply(interval)), Optional.empty());
            } catch (IllegalArgumentException bad) {
                PolicyViolation violation =
                        new PolicyViolation(PolicyRule.BAD_DURATION, attribute, attribute + " = " + bad.getMessage());
                return new Declared(attribute, value, true, Optional.empty(), Optional.of(violation));
            }
        });
    }
}
