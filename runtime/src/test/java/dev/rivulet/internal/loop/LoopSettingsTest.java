package dev.rivulet.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.loop.LoopSettings.Limits;
import dev.rivulet.internal.loop.LoopSettings.Validation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoopSettingsTest {

    private static LoopSettings settings(int maxEpochs, long maxSteps, int accumulateGradBatches) {
        return new LoopSettings(
                new Limits(maxEpochs, maxSteps, Integer.MAX_VALUE, Integer.MAX_VALUE),
                new Validation(1, ValidationInterval.EPOCH, 2),
                accumulateGradBatches,
                Duration.ZERO);
    }

    @Test
    void plansTheStepsUpToTheFirstLimit() {
        assertThat(settings(3, -1, 1).plannedSteps(5)).hasValue(15);
        assertThat(settings(3, -1, 2).plannedSteps(5)).hasValue(9);
        assertThat(settings(3, 7, 1).plannedSteps(5)).hasValue(7);
        assertThat(settings(-1, 7, 1).plannedSteps(5)).hasValue(7);
    }

    @Test
    void plansNoStepsForAnEpochOfUnknownLength() {
        assertThat(settings(3, -1, 2).plannedSteps(Long.MAX_VALUE)).isEmpty();
        assertThat(settings(3, 7, 1).plannedSteps(Long.MAX_VALUE)).hasValue(7);
    }
}
