package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.dataset.ArrayDataset;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest extends FitTestCase {

    @Test
    void learnsAPlane() {
        ArrayDataset many = Points.of(manager, 64, 8);
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = trainer().maxEpochs(60).stream(
                            "original", policy -> policy.monitor("val_loss").saveTopK(2))
                    .build()
                    .fit(module, many, many);

            assertThat(result.metrics().get("val_loss")).isLessThan(1e-3);
            assertThat(result.stream("original").kept()).hasSize(2);
            assertThat(files()).hasSize(2).contains("original-epoch=59-step=480.ckpt");
        }
    }

    private Map<String, List<Float>> trainedWith(int seed) {
        try (PlaneModule module = new PlaneModule()) {
            trainer().seed(seed).enableCheckpointing(false).build().fit(module, points, points);
            return Weights.live(module);
        }
    }

    @Test
    void repeatsARunBitForBitWithTheSameSeedOnly() {
        Map<String, List<Float>> first = trainedWith(7);

        assertThat(trainedWith(7)).isEqualTo(first);
        assertThat(trainedWith(8)).isNotEqualTo(first);
    }

    @Test
    void fitsOnAThreadOtherThanTheOneThatLoadedTheEngine() {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            assertThat(CompletableFuture.supplyAsync(() -> trainedWith(7), other)
                            .join())
                    .isEqualTo(trainedWith(7));
        } finally {
            other.shutdown();
        }
    }

    @Test
    void continuesFromTheModulesWeights() {
        try (PlaneModule module = new PlaneModule()) {
            fit(module);
            Map<String, List<Float>> afterFirst = Weights.live(module);

            fit(module);

            assertThat(Weights.in(file("original", 1))).isEqualTo(afterFirst);
            assertThat(files()).containsExactly("original-epoch=1-step=8-v1.ckpt", "original-epoch=1-step=8.ckpt");
            try (PlaneModule longer = new PlaneModule()) {
                trainer().maxEpochs(4).enableCheckpointing(false).build().fit(longer, points, points);
                assertThat(Weights.live(module)).isEqualTo(Weights.live(longer));
            }
        }
    }

    @Test
    void refusesToFitWithinItsOwnFit() {
        try (PlaneModule module = new PlaneModule();
                PlaneModule second = new PlaneModule()) {
            Trainer trainer = trainer()
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainStart(Trainer self, LightningModule running) {
                            self.fit(second, points);
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("This trainer is in the middle of a fit; use a second one.");
        }
    }

    @Test
    void refusesAModuleThatAnotherTrainerTrains() {
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = trainer()
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainStart(Trainer self, LightningModule running) {
                            trainer().build().fit(running, points);
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("PlaneModule is being trained by another trainer.");
        }
    }

    @Test
    void canFitAgainAfterAFailure() {
        try (FailingOnceModule module = new FailingOnceModule()) {
            Trainer trainer = trainer().build();
            assertThatThrownBy(() -> trainer.fit(module, points)).hasMessage("not yet");

            assertThat(trainer.fit(module, points).epochs()).isEqualTo(2);
        }
    }

    @Test
    void aModuleSeesTheSanityCheckAndTheEndOfItsOwnRun() {
        List<String> seen = new ArrayList<>();
        try (FailingModule module = new FailingModule(seen)) {
            Trainer trainer = trainer().build();

            assertThatThrownBy(() -> trainer.fit(module, points, points)).hasMessage("seen");
        }

        assertThat(seen).containsExactly("onSanityCheckStart", "onSanityCheckEnd", "onException");
    }

    /** Records hooks that only callbacks have in Lightning, and fails when training starts. */
    private static final class FailingModule extends PlaneModule {
        private final List<String> seen;

        FailingModule(List<String> seen) {
            this.seen = seen;
        }

        @Override
        public void onSanityCheckStart() {
            seen.add("onSanityCheckStart");
        }

        @Override
        public void onSanityCheckEnd() {
            seen.add("onSanityCheckEnd");
        }

        @Override
        public void onTrainStart() {
            throw new IllegalStateException("seen");
        }

        @Override
        public void onException(Throwable exception) {
            assertThat(exception).hasMessage("seen");
            seen.add("onException");
        }
    }

    /** Fails once. */
    private static final class FailingOnceModule extends PlaneModule {
        private boolean failed;

        @Override
        public void onTrainEnd() {
            if (!failed) {
                failed = true;
                throw new IllegalStateException("not yet");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesAnInvalidSettingByName(String setting, UnaryOperator<Trainer.Builder> change, String expected) {
        assertThatThrownBy(() -> change.apply(Trainer.builder()).build())
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(setting + " is ")
                .hasMessageContaining(expected);
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                invalid("maxEpochs", trainer -> trainer.maxEpochs(-2), "0 or more, or -1 for no limit"),
                invalid("maxSteps", trainer -> trainer.maxSteps(-2), "0 or more, or -1 for no limit"),
                invalid("maxEpochs", trainer -> trainer.maxEpochs(-1), "a limit, unless maxSteps is one"),
                invalid("limitTrainBatches", trainer -> trainer.limitTrainBatches(0), "1 or more"),
                invalid("limitValBatches", trainer -> trainer.limitValBatches(-1), "0 or more"),
                invalid("checkValEveryNEpoch", trainer -> trainer.checkValEveryNEpoch(0), "1 or more"),
                invalid("valCheckInterval", trainer -> trainer.valCheckInterval(0), "1 batch or more"),
                invalid("valCheckInterval", trainer -> trainer.valCheckInterval(1.5), "at most 1"),
                invalid("valCheckInterval", trainer -> trainer.valCheckInterval(Double.NaN), "at most 1"),
                invalid("numSanityValSteps", trainer -> trainer.numSanityValSteps(-2), "0 or more"),
                invalid("accumulateGradBatches", trainer -> trainer.accumulateGradBatches(0), "1 or more"),
                invalid("gradientClipVal", trainer -> trainer.gradientClipVal(-1), "0 for none"),
                invalid("gradientClipVal", trainer -> trainer.gradientClipVal(Double.NaN), "0 for none"),
                invalid("fastDevRun", trainer -> trainer.fastDevRun(-1), "or 0"));
    }

    private static Arguments invalid(String setting, UnaryOperator<Trainer.Builder> change, String expected) {
        return Arguments.of(setting, change, expected);
    }

    @Test
    void refusesAnInvalidPolicyBeforeTraining() {
        try (PlaneModule module = new PlaneModule()) {
            assertThatThrownBy(() -> trainer().stream("original", policy -> policy.saveTopK(-2))
                            .build()
                            .fit(module, points))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("The policy of the stream \"original\"", "saveTopK = -2");
        }
    }
}
