package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.fixture.AveragingModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Long runs accumulate neither arrays nor files. */
class AccumulationTest extends FitTestCase {

    /** Counts the arrays of the module's manager and of its sub-managers between batches. */
    private static final class ArrayCounter implements Callback {
        private final Map<Long, Integer> counts = new TreeMap<>();

        @Override
        public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
            if (trainer.globalStep() == 100 || trainer.globalStep() == 9_999) {
                counts.put(
                        trainer.globalStep(),
                        LiveNetwork.of(module).manager().getManagedArrays().size());
            }
        }

        @Override
        public void onFitEnd(Trainer trainer, LightningModule module) {
            counts.put(
                    trainer.globalStep(),
                    LiveNetwork.of(module).manager().getManagedArrays().size());
        }
    }

    @Tag("slow")
    @Test
    void arraysDoNotPileUpOverTenThousandSteps() {
        ArrayCounter counter = new ArrayCounter();
        try (AveragingModule module = new AveragingModule()) {
            FitResult result = trainer()
                    .maxEpochs(-1)
                    .maxSteps(10_000)
                    .maxPendingSaves(0) // A pending save holds arrays.
                    .checkValEveryNEpoch(50)
                    .gradientClipVal(10)
                    .callbacks(counter)
                    .stream("original", policy -> policy.everyNTrainSteps(200))
                    .stream("averaged", policy -> policy.everyNTrainSteps(200))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("averaged").failures()).isEmpty();
            assertThat(files())
                    .containsExactly(
                            "averaged-epoch=2499-step=10000.safetensors", "original-epoch=2499-step=10000.ckpt");
        }
        assertThat(counter.counts).containsOnlyKeys(100L, 9_999L, 10_000L);
        assertThat(counter.counts.get(9_999L)).isEqualTo(counter.counts.get(100L));
        // At the end, the two arrays of a batch are closed.
        assertThat(counter.counts.get(10_000L)).isLessThanOrEqualTo(counter.counts.get(100L));
    }

    /** Logs a score that rises and falls. */
    private static final class WaveModule extends PlaneModule {
        private final List<Double> scores = new ArrayList<>();

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            double score = (globalStep() + 1) * 17 % 50;
            scores.add(score);
            log("score", score);
            return loss(batch);
        }
    }

    @Test
    void fiftySavesLeaveOnlyWhatThePolicyKeeps() {
        try (WaveModule module = new WaveModule()) {
            FitResult result = trainer().maxEpochs(-1).maxSteps(50).stream(
                            "original",
                            policy -> policy.everyNTrainSteps(1)
                                    .monitor("score")
                                    .saveTopK(3)
                                    .saveLast(SaveLast.COPY)
                                    .filename("{step}-{score:.0f}"))
                    .stream("newest", policy -> policy.everyNTrainSteps(1).filename("newest-{step}"))
                    .stream("none", policy -> policy.everyNTrainSteps(1).saveTopK(0))
                    .build()
                    .fit(module, points);

            assertThat(module.scores).hasSize(50).contains(0.0, 1.0, 2.0);
            StreamResult original = result.stream("original");
            assertThat(original.kept())
                    .extracting(saved -> saved.score().orElseThrow())
                    .containsExactly(0.0, 1.0, 2.0);
            assertThat(original.kthBest()).contains(original.kept().get(2));
            assertThat(original.currentScore().orElseThrow()).isIn(0.0, 1.0, 2.0);
            assertThat(files())
                    .containsExactlyInAnyOrder(
                            "last.ckpt", "newest-step=50.ckpt", name(module, 0), name(module, 1), name(module, 2));
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    private static String name(WaveModule module, int score) {
        return "step=" + (module.scores.indexOf((double) score) + 1) + "-score=" + score + ".ckpt";
    }
}
