package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.Weights;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientAccumulationTest extends FitTestCase {

    @Test
    void equalsTheStepOfOneLargeBatch() {
        try (PlaneModule accumulated = new PlaneModule();
                PlaneModule atOnce = new PlaneModule()) {
            runs().maxEpochs(3).accumulateGradBatches(4).build().fit(accumulated, Points.of(manager, 32, 2));
            runs().maxEpochs(3).build().fit(atOnce, Points.of(manager, 32, 8));

            assertThat(Weights.live(accumulated)).hasSameSizeAs(Weights.live(atOnce));
            Weights.live(atOnce).forEach((name, expected) -> {
                List<Float> actual = Weights.live(accumulated).getOrDefault(name, List.of());
                assertThat(actual).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-5f));
                }
            });
        }
    }

    @Test
    void startsWithoutTheGradientsOfAStoppedFit() {
        Callback stop = new Callback() {
            @Override
            public void onTrainBatchEnd(
                    Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
                trainer.stop();
            }
        };
        try (PlaneModule stopped = new PlaneModule();
                PlaneModule straight = new PlaneModule()) {
            FitResult result =
                    runs().accumulateGradBatches(2).callbacks(stop).build().fit(stopped, points);
            assertThat(result.globalStep()).isZero();
            runs().build().fit(stopped, points);
            runs().build().fit(straight, points);

            assertThat(Weights.live(stopped)).isEqualTo(Weights.live(straight));
        }
    }

    private Trainer.Builder runs() {
        return trainer().enableCheckpointing(false);
    }
}
