package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatedFitTest {
    private final NDManager manager = NDManager.newBaseManager();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void givesTheSameBitsForTheSameSeed() {
        assertThat(weightsAfter(trainer().seed(1)))
                .isEqualTo(weightsAfter(trainer().seed(1)));
    }

    @Test
    void givesOthersForAnotherSeed() {
        assertThat(weightsAfter(trainer().seed(1)))
                .isNotEqualTo(weightsAfter(trainer().seed(2)));
    }

    @Test
    void givesTheSameBitsOnAThreadThatDidNotLoadTheEngine() throws Exception {
        List<Float> here = weightsAfter(trainer().seed(1));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            assertThat(thread.submit(() -> weightsAfter(trainer().seed(1))).get())
                    .isEqualTo(here);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void goesOnFromTheWeightsOfTheModule() {
        ArrayDataset points = Points.of(manager, 16, 4);
        try (PlaneModule once = new PlaneModule();
                PlaneModule twice = new PlaneModule()) {
            trainer().maxEpochs(4).seed(1).build().fit(once, points);
            Trainer trainer = trainer().maxEpochs(2).seed(1).build();
            trainer.fit(twice, points);
            List<Float> between = weights(twice);
            trainer.fit(twice, points);

            assertThat(weights(twice)).isEqualTo(weights(once)).isNotEqualTo(between);
        }
    }

    @Test
    void beginsWithoutTheGradientsThatAStopLeftBehind() {
        ArrayDataset points = Points.of(manager, 16, 4);
        try (PlaneModule stopped = new PlaneModule();
                PlaneModule straight = new PlaneModule()) {
            Callback stop = new Callback() {
                @Override
                public void onTrainBatchEnd(
                        Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
                    trainer.stop();
                }
            };
            FitResult result = trainer()
                    .maxEpochs(1)
                    .seed(1)
                    .accumulateGradBatches(2)
                    .callbacks(stop)
                    .build()
                    .fit(stopped, points);
            assertThat(result.globalSteps()).isZero();
            trainer().maxEpochs(1).build().fit(stopped, points);
            trainer().maxEpochs(1).seed(1).build().fit(straight, points);

            assertThat(weights(stopped)).isEqualTo(weights(straight));
        }
    }

    @Test
    void isRefusedWithinAFit() {
        ArrayDataset points = Points.of(manager, 16, 4);
        List<Throwable> thrown = new ArrayList<>();
        try (PlaneModule module = new PlaneModule();
                PlaneModule other = new PlaneModule()) {
            Callback again = new Callback() {
                @Override
                public void onTrainStart(Trainer trainer, LightningModule trained) {
                    thrown.add(catchFrom(() -> trainer.fit(other, points)));
                    thrown.add(catchFrom(() -> trainer().build().fit(module, points)));
                }
            };
            trainer().maxEpochs(1).callbacks(again).build().fit(module, points);
            trainer().maxEpochs(1).build().fit(module, points);
        }

        assertThat(thrown)
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "This trainer is in the middle of a fit; use a second one.",
                        "PlaneModule is being trained by another trainer.");
    }

    @Test
    void isPossibleAfterAFailure() {
        ArrayDataset points = Points.of(manager, 16, 4);
        boolean[] fails = {true};
        Callback failure = new Callback() {
            @Override
            public void onTrainStart(Trainer trainer, LightningModule module) {
                if (fails[0]) {
                    throw new IllegalArgumentException("as told");
                }
            }
        };
        Trainer trainer = trainer().maxEpochs(1).callbacks(failure).build();
        try (PlaneModule module = new PlaneModule()) {
            assertThatThrownBy(() -> trainer.fit(module, points)).hasMessage("as told");
            fails[0] = false;

            assertThat(trainer.fit(module, points).epochs()).isEqualTo(1);
        }
    }

    @Test
    void tellsNothingOfItselfOutsideOfAFit() {
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = trainer().maxEpochs(1).build();
            trainer.fit(module, Points.of(manager, 16, 4));

            assertThat(trainer.globalStep()).isZero();
            assertThat(trainer.callbackMetrics()).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(() -> module.log("loss", 1))
                    .withMessageContaining("within Trainer.fit");
        }
    }

    @Test
    void makesOfAccumulatedGradientsTheStepOfOneLargeBatch() {
        try (PlaneModule accumulated = new PlaneModule();
                PlaneModule atOnce = new PlaneModule()) {
            trainer().maxEpochs(3).seed(1).accumulateGradBatches(4).build().fit(accumulated, Points.of(manager, 32, 2));
            trainer().maxEpochs(3).seed(1).build().fit(atOnce, Points.of(manager, 32, 8));

            List<Float> expected = weights(atOnce);
            List<Float> actual = weights(accumulated);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-5f));
            }
        }
    }

    private Trainer.Builder trainer() {
        return Trainer.builder().enableCheckpointing(false).defaultRootDir(directory);
    }

    private static Throwable catchFrom(Runnable runnable) {
        return catchThrowable(runnable::run);
    }

    private static List<Float> weightsAfter(Trainer.Builder trainer) {
        try (NDManager data = NDManager.newBaseManager();
                PlaneModule module = new PlaneModule()) {
            ArrayDataset points = Points.shuffled(data, 16, 4);
            trainer.maxEpochs(2).build().fit(module, points, points);
            return weights(module);
        }
    }

    private static List<Float> weights(LightningModule module) {
        return module.network(List.of()).arrays().values().stream()
                .flatMap(array -> {
                    float[] values = array.toFloatArray();
                    return Stream.iterate(0, i -> i < values.length, i -> i + 1).map(i -> values[i]);
                })
                .toList();
    }
}
