package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.policy.StreamPolicy;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream whose monitor is never logged does not end a run well without a word, whatever makes its saves due. */
class MissingMetricTest extends FitTestCase {

    /** What makes a save due, or keeps it. */
    private enum Policy {
        EPOCHS(policy -> policy),
        LATER_EPOCHS(policy -> policy.everyNEpochs(2)),
        STEPS(policy -> policy.everyNTrainSteps(2)),
        LAST_STEP(policy -> policy.everyNTrainSteps(8)),
        TIME(policy -> policy.trainTimeInterval("0s")),
        ANY(policy -> policy.everyNTrainSteps(3).everyNEpochs(2).anyTrigger(true)),
        ALL(policy -> policy.everyNTrainSteps(2).saveTopK(-1)),
        AND_LAST(policy -> policy.everyNTrainSteps(2).saveLast(SaveLast.COPY)),
        EVERY_NTH(policy -> policy.everyNTrainSteps(2).saveTopK(0).keepEveryNth(2)),
        NEWEST(policy -> policy.keepLast(2)),
        NEWEST_STEPS(policy -> policy.everyNTrainSteps(2).keepLast(2)),
        NEWEST_ALONE(policy -> policy.everyNTrainSteps(2).saveTopK(0).keepLast(2)),
        AT_EPOCH_END(policy -> policy.saveOnTrainEpochEnd(SaveOnTrainEpochEnd.TRUE));

        @SuppressWarnings("ImmutableEnumChecker") // The functions hold nothing.
        private final UnaryOperator<StreamPolicy.Builder> change;

        Policy(UnaryOperator<StreamPolicy.Builder> change) {
            this.change = change;
        }

        Trainer.Builder monitoring(Trainer.Builder trainer, String metric) {
            return trainer.stream("original", policy -> change.apply(policy.monitor(metric)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsTheRunWithoutValidationData(Policy policy) {
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = policy.monitoring(trainer(), "val_loss").build();

            assertThatThrownBy(() -> trainer.fit(module, points))
                    .isExactlyInstanceOf(MissingMetricException.class)
                    .hasMessageContainingAll(
                            "\"original\" monitors \"val_loss\"",
                            "no validation runs",
                            "[train_loss]",
                            "validation data");
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsTheRunIfTheNameIsATypo(Policy policy) {
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = policy.monitoring(trainer(), "val_los").build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(MissingMetricException.class)
                    .hasMessageContainingAll("\"val_los\"", "did you mean \"val_loss\"?");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Policy.class,
            names = {"NEWEST", "NEWEST_STEPS", "NEWEST_ALONE"})
    void theNewestAreSavedAllTheSame(Policy policy) {
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = policy.monitoring(trainer(), "val_loss").build();

            assertThatThrownBy(() -> trainer.fit(module, points)).isInstanceOf(MissingMetricException.class);
            assertThat(file("original", 0)).exists();
        }
    }

    @Test
    void theNewestOfSomeStepsDoNotWaitForAValidationLaterInTheEpoch() {
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Policy.NEWEST_STEPS.monitoring(trainer().maxEpochs(1), "val_loss").stream(
                            "original", policy -> policy.saveTopK(0))
                    .build()
                    .fit(module, points, points);

            assertThat(steps(result.stream("original"))).containsExactly(2L, 4L);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Policy.class,
            names = {"EPOCHS", "STEPS", "NEWEST_STEPS"})
    void isAFailureOfItsStreamIfThatMayFail(Policy policy) {
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = policy.monitoring(trainer(), "val_loss").stream(
                            "original", builder -> builder.onFailure(OnFailure.CONTINUE))
                    .build()
                    .fit(module, points);

            assertThat(result.stream("original").failures())
                    .hasSize(2)
                    .allSatisfy(failure -> assertThat(failure.cause()).isInstanceOf(MissingMetricException.class));
        }
    }

    @Test
    void theOtherStreamsAreSavedFirst() {
        try (TransformingModule module = new TransformingModule()) {
            Trainer trainer = trainer().stream(
                            "transformed", policy -> policy.monitor("val_loss").everyNTrainSteps(2))
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points)).isInstanceOf(MissingMetricException.class);
            assertThat(file("original", 0)).exists();
            assertThat(file("tail", 0)).exists();
        }
    }

    @Test
    void aMetricThatIsLoggedAtTheEndOfTheEpochIsNotMissing() {
        try (PlaneModule module = new EpochLoggingModule()) {
            FitResult result =
                    Policy.STEPS.monitoring(trainer(), "epoch_loss").build().fit(module, points);

            assertThat(result.stream("original").failures()).isEmpty();
            assertThat(steps(result.stream("original"))).isNotEmpty();
        }
    }

    @Test
    void aMetricOfALaterValidationIsAwaited() {
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Policy.AT_EPOCH_END
                    .monitoring(trainer().checkValEveryNEpoch(2), "val_loss")
                    .build()
                    .fit(module, points, points);

            assertThat(steps(result.stream("original"))).containsExactly(8L);
        }
    }

    /** Logs a metric when an epoch ends. */
    private static final class EpochLoggingModule extends PlaneModule {
        @Override
        public void onTrainEpochEnd() {
            log("epoch_loss", 1.0 / (currentEpoch() + 1));
        }
    }
}
