package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.optim.ExponentialLR;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.LrScheduler;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The learning rates of a fit, by the interval of the schedule. */
class LearningRateTest extends FitTestCase {

    /** Records the learning rate of each batch. */
    private static final class ScheduledModule extends PlaneModule {
        private final SGD optimizer = SGD.builder().lr(1).build();
        private final List<Double> rates = new ArrayList<>();

        private ScheduledModule(LrSchedule schedule) {
            optimizer.schedule(schedule);
        }

        @Override
        protected Optimizer configureOptimizers() {
            return optimizer;
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            rates.add(optimizer.paramGroups().get(0).learningRate());
            log("constant", 1);
            return loss(batch).mul(0);
        }
    }

    private List<Double> rates(LrSchedule schedule, int accumulate) {
        try (ScheduledModule module = new ScheduledModule(schedule)) {
            trainer()
                    .maxEpochs(3)
                    .accumulateGradBatches(accumulate)
                    .enableCheckpointing(false)
                    .build()
                    .fit(module, points);
            return module.rates;
        }
    }

    private static LrSchedule halving(LrInterval interval) {
        LrScheduler halving = new ExponentialLR(0.5);
        return LrSchedule.of(halving).every(1, interval);
    }

    @Test
    void changesAfterEachEpoch() {
        assertThat(rates(halving(LrInterval.EPOCH), 1))
                .containsExactly(1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25);
    }

    @Test
    void changesAfterEachStepAndNotWhileGradientsAreAccumulated() {
        assertThat(rates(halving(LrInterval.STEP), 2).subList(0, 8))
                .containsExactly(1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125);
    }

    @Test
    void changesWhenAMetricStopsImproving() {
        LrSchedule plateau = LrSchedule.of(
                        ReduceLROnPlateau.builder().factor(0.1).patience(0).build())
                .monitor("constant");

        assertThat(rates(plateau, 1)).containsExactly(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1);
    }
}
