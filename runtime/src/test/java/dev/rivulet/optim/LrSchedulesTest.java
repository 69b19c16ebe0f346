package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LrSchedulesTest {
    private final TorchOptimizer optimizer = SGD.builder().lr(1).build();

    @AfterEach
    void close() {
        optimizer.close();
    }

    @Test
    void findsACycleThatEndsBeforeTheRun() {
        try (TorchOptimizer optimizer = SGD.builder().momentum(0.9).build()) {
            optimizer.schedule(new OneCycleLR(0.1, 10), LrInterval.STEP);
            optimizer.schedule(new StepLR(3), LrInterval.STEP);

            LrSchedules schedules = optimizer.schedules();
            assertThat(schedules.endingBefore(LrInterval.STEP, 10)).isEmpty();
            assertThat(schedules.endingBefore(LrInterval.EPOCH, 11)).isEmpty();
            assertThat(schedules.endingBefore(LrInterval.STEP, 11))
                    .containsExactly(schedules.all().get(0));
        }
    }

    @Test
    void stepsEpochSchedulersOnlyAfterEpochs() {
        optimizer.schedule(new ExponentialLR(0.5));

        assertThat(optimizer.schedules().step(LrInterval.STEP, 0)).isZero();
        assertThat(learningRate()).isEqualTo(1);
        assertThat(optimizer.schedules().step(LrInterval.EPOCH, 0)).isEqualTo(1);
        assertThat(learningRate()).isEqualTo(0.5);
    }

    @Test
    void stepsEveryNSteps() {
        optimizer.schedule(LrSchedule.of(new ExponentialLR(0.5)).every(3, LrInterval.STEP));

        for (int index = 0; index < 7; index++) {
            optimizer.schedules().step(LrInterval.STEP, index);
        }

        assertThat(learningRate()).isEqualTo(0.25);
    }

    @Test
    void passesTheMetricToThePlateau() {
        optimizer.schedule(
                LrSchedule.of(ReduceLROnPlateau.builder().patience(0).build()).monitor("val_loss"));

        for (int epoch = 0; epoch < 2; epoch++) {
            assertThat(optimizer.schedules().step(LrInterval.EPOCH, epoch)).isZero();
            optimizer.schedules().stepOnPlateau(LrInterval.EPOCH, epoch, name -> OptionalDouble.of(3));
        }

        assertThat(learningRate()).isEqualTo(0.1);
    }

    @Test
    void namesTheMissingMetric() {
        optimizer.schedule(LrSchedule.of(ReduceLROnPlateau.builder().build()).monitor("val_loss"));

        assertThatIllegalStateException()
                .isThrownBy(
                        () -> optimizer.schedules().stepOnPlateau(LrInterval.EPOCH, 0, name -> OptionalDouble.empty()))
                .withMessageContaining("\"val_loss\"");
    }

    @Test
    void refusesAPlateauWithoutMetric() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.schedule(ReduceLROnPlateau.builder().build()))
                .withMessageContaining("monitor");
        assertThat(optimizer.schedules().all()).isEmpty();
    }

    @Test
    void restoresAllSchedulers() {
        optimizer.schedule(new StepLR(3));
        optimizer.schedule(new ExponentialLR(0.9), LrInterval.STEP);
        optimizer.schedules().step(LrInterval.STEP, 0);
        try (TorchOptimizer resumed = SGD.builder().lr(1).build()) {
            resumed.schedule(new StepLR(3));
            resumed.schedule(new ExponentialLR(0.9), LrInterval.STEP);

            resumed.schedules().loadStateDicts(optimizer.schedules().stateDicts());

            assertThat(resumed.schedules().stateDicts())
                    .isEqualTo(optimizer.schedules().stateDicts());
        }
    }

    private double learningRate() {
        return optimizer.paramGroups().get(0).learningRate();
    }
}
