package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.fixture.EngineArrays;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.optim.GradientClipAlgorithm;
import dev.rivulet.transform.ExponentialMovingAverage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * DJL's arrays are not garbage-collected, so that even rare leaks exhaust the memory. Counts the arrays of the whole
 * engine, because a transform has its own manager.
 */
class EngineArraysTest {
    private final NDManager manager = NDManager.newBaseManager();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void stepsSavesAndValidationsLeakNoArrays() {
        ArrayDataset points = Points.of(manager, 200, 2);
        ArrayCounter counter = new ArrayCounter(100, 500, 1_000);
        try (Averaging module = new Averaging()) {
            FitResult result = Trainer.builder()
                    .maxSteps(1_000)
                    .valCheckInterval(50)
                    .limitValBatches(2)
                    .accumulateGradBatches(2)
                    .gradientClipVal(1)
                    .callbacks(counter)
                    .defaultRootDir(directory)
                    .maxPendingSaves(0)
                    .stream("original", policy -> policy.everyNTrainSteps(20))
                    .stream("averaged", policy -> policy.everyNTrainSteps(10))
                    .build()
                    .fit(module, points, points);

            assertThat(result.globalStep()).isEqualTo(1_000);
            assertThat(counter.ofModule).hasSize(3);
            assertThat(counter.ofModule.values()).containsOnly(counter.ofModule.get(100L));
            assertThat(counter.ofEngine.values()).containsOnly(counter.ofEngine.get(100L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void clippingLeaksNoArrays(GradientClipAlgorithm algorithm) {
        ArrayDataset points = Points.of(manager, 16, 2);
        ArrayCounter counter = new ArrayCounter(10, 200);
        try (PlaneModule module = new PlaneModule()) {
            Trainer.builder()
                    .maxSteps(200)
                    .gradientClipVal(0.01)
                    .gradientClipAlgorithm(algorithm)
                    .callbacks(counter)
                    .enableCheckpointing(false)
                    .build()
                    .fit(module, points);
        }

        assertThat(counter.ofModule.values()).containsOnly(counter.ofModule.get(10L));
    }

    @Test
    void aClosedModuleLeavesNoArraysInTheEngine() {
        ArrayDataset points = Points.of(manager, 16, 2);
        int before = EngineArrays.count(manager);
        for (int i = 0; i < 3; i++) {
            try (Averaging module = new Averaging()) {
                Trainer.builder().maxEpochs(2).defaultRootDir(directory).build().fit(module, points, points);
            }
        }

        assertThat(EngineArrays.count(manager)).isEqualTo(before);
    }

    /** A linear model with a stateful transform. */
    static class Averaging extends PlaneModule {

        @WeightTransform("averaged")
        final ExponentialMovingAverage average = new ExponentialMovingAverage(0.9);
    }

    /** Counts arrays at the end of a batch, before anything is saved, at chosen global steps. */
    private final class ArrayCounter implements Callback {
        private final List<Long> steps;
        private final Map<Long, Integer> ofModule = new TreeMap<>();
        private final Map<Long, Integer> ofEngine = new TreeMap<>();

        ArrayCounter(long... steps) {
            this.steps = Arrays.stream(steps).boxed().toList();
        }

        @Override
        public void onTrainBatchEnd(
                Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
            long step = trainer.globalStep();
            if (steps.contains(step)) {
                ofModule.put(
                        step,
                        LiveNetwork.of(module).manager().getManagedArrays().size());
                ofEngine.put(step, EngineArrays.count(manager));
            }
        }
    }
}
