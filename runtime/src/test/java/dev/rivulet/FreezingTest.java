package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.SGD;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Parameters are frozen and unfrozen at the boundaries of steps, as in PyTorch, and runs resume in between. */
class FreezingTest {
    private static final int BATCHES = 6;
    private static final int STEPS = 3 * BATCHES;

    @TempDir
    Path root;

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({"onTrainStart, 0", "onTrainEpochStart, 0", "onTrainBatchStart, 0", "onTrainBatchEnd, 1"})
    void aFrozenParameterKeepsItsValue(String hook, int steps) {
        Weights weights = train(
                FreezingTest::adam,
                new AtHook(hook, 0, module -> parameter(module, "0.weight").freeze(true)));

        assertThat(weights.distinct("0.weight")).isEqualTo(1 + steps);
        assertThat(weights.distinct("4.weight")).isEqualTo(1 + STEPS);
    }

    @ParameterizedTest
    @CsvSource({"onTrainEpochStart, 12", "onTrainBatchStart, 12", "onTrainBatchEnd, 11"})
    void anUnfrozenParameterIsTrainedFromThenOn(String hook, int steps) {
        Weights weights = train(
                FreezingTest::adam,
                new AtHook(
                        "onTrainStart",
                        0,
                        module -> parameter(module, "0.weight").freeze(true)),
                new AtHook(hook, 1, module -> parameter(module, "0.weight").freeze(false)));

        assertThat(weights.distinct("0.weight")).isEqualTo(1 + steps);
    }

    @ParameterizedTest
    @EnumSource
    void neitherMomentumNorWeightDecayChangesAFrozenParameter(Decaying optimizer) {
        Weights weights = train(
                optimizer,
                new AtHook(
                        "onTrainEpochStart",
                        1,
                        module -> parameter(module, "0.weight").freeze(true)),
                new AtHook(
                        "onTrainEpochStart",
                        2,
                        module -> parameter(module, "0.weight").freeze(false)));

        assertThat(weights.distinct("0.weight")).isEqualTo(1 + 2 * BATCHES);
    }

    /** Optimizers that change a parameter even if its gradient is zero. */
    private enum Decaying implements Supplier<Optimizer> {
        SGD_MOMENTUM {
            @Override
            public Optimizer get() {
                return SGD.builder().lr(0.05).momentum(0.9).weightDecay(0.1).build();
            }
        },
        ADAM {
            @Override
            public Optimizer get() {
                return Adam.builder().lr(0.05).weightDecay(0.1).build();
            }
        }
    }

    @Test
    void aBlockIsUnfrozenWithoutItsRunningStatistics() {
        Weights weights = train(
                FreezingTest::adam,
                new AtHook("onTrainStart", 0, module -> module.block().freezeParameters(true)),
                new AtHook("onTrainBatchStart", 0, module -> module.block().freezeParameters(false)));

        assertThat(weights.distinct("0.weight")).isEqualTo(1 + STEPS);
        assertThat(weights.distinct("1.running_mean")).isEqualTo(1 + STEPS);
        assertThat(weights.trained()).doesNotContain("1.running_mean", "1.running_var");
    }

    /** In PyTorch, a gradient of the first batch of a step is used although the parameter is frozen in the second. */
    @Test
    void aGradientBeforeTheFreezeIsUsed() {
        AtHook freezing = new AtHook(
                "onTrainBatchEnd", 0, module -> parameter(module, "0.weight").freeze(true));

        Weights weights = new Weights();
        fit(
                trainer("run").accumulateGradBatches(2).callbacks(freezing, weights),
                FreezingTest::adam,
                ResumeFrom.nothing());

        assertThat(weights.distinct("0.weight")).isEqualTo(2);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void resumesFromEveryStep(ResumedOptimizer optimizer) throws Exception {
        Supplier<Optimizer> optimizers = () -> optimizer.make(ResumedOptimizer.Schedule.STEP, STEPS);
        assertResumes(optimizers, 1, 1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 17);
    }

    @Tag("slow")
    @Test
    void resumesInTheMiddleOfAccumulation() throws Exception {
        assertResumes(FreezingTest::adam, 2, 2, 3, 4, 5, 6);
    }

    /** Compares runs that are resumed from each of these steps with one that is not stopped. */
    private void assertResumes(Supplier<Optimizer> optimizer, int accumulate, int... steps) throws Exception {
        Map<String, String> straight =
                state(fit(saving("straight", accumulate).callbacks(finetuning()), optimizer, ResumeFrom.nothing()));
        for (int step : steps) {
            String name = "step-" + step;
            Path file = fit(
                            saving(name, accumulate).callbacks(finetuning()).maxSteps(step),
                            optimizer,
                            ResumeFrom.nothing())
                    .stream("original")
                    .last()
                    .orElseThrow();
            FitResult resumed =
                    fit(saving(name + "-resumed", accumulate).callbacks(finetuning()), optimizer, resumeFrom(file));

            assertThat(state(resumed)).as("resumed from step %d", step).isEqualTo(straight);
        }
    }

    private static Map<String, String> state(FitResult result) throws Exception {
        return CheckpointValues.in(result.stream("original").last().orElseThrow());
    }

    private Trainer.Builder saving(String directory, int accumulate) {
        return trainer(directory).accumulateGradBatches(accumulate).stream(
                "original", policy -> policy.everyNTrainSteps(1).saveTopK(-1).saveLast(SaveLast.LINK));
    }

    /** Freezes and unfreezes at hooks of all kinds. */
    private static Callback[] finetuning() {
        return new Callback[] {
            new AtHook("onTrainStart", 0, module -> {
                parameter(module, "0.weight").freeze(true);
                parameter(module, "0.bias").freeze(true);
            }),
            new AtHook("onTrainEpochStart", 1, module -> {
                parameter(module, "0.weight").freeze(false);
                parameter(module, "4.bias").freeze(true);
            }),
            new AtHook(
                    "onTrainBatchStart",
                    1,
                    module -> parameter(module, "1.weight").freeze(true)),
            new AtHook(
                    "onTrainBatchEnd", 1, module -> parameter(module, "0.bias").freeze(false)),
            new AtHook(
                    "onTrainEpochEnd",
                    1,
                    module -> parameter(module, "0.weight").freeze(true)),
            new AtHook("onTrainBatchStart", 2, module -> module.block().freezeParameters(false))
        };
    }

    private Weights train(Supplier<Optimizer> optimizer, AtHook... callbacks) {
        Weights weights = new Weights();
        fit(trainer("run").callbacks(callbacks).callbacks(weights), optimizer, ResumeFrom.nothing());
        return weights;
    }

    private Trainer.Builder trainer(String directory) {
        return Trainer.builder().maxEpochs(3).seed(3).enableProgressBar(false).defaultRootDir(root.resolve(directory));
    }

    private FitResult fit(Trainer.Builder trainer, Supplier<Optimizer> optimizer, ResumeFrom from) {
        try (FreezableModule module = new FreezableModule(optimizer)) {
            return trainer.build().fit(module, SeededDataset.shuffled(Points.of(manager, 4 * BATCHES, 4), 4, 7), from);
        }
    }

    private static Optimizer adam() {
        return Adam.builder().lr(0.05).build();
    }

    private static Parameter parameter(LightningModule module, String name) {
        return Objects.requireNonNull(module.parameters().get(name), name);
    }

    /** Shows its block. */
    private static final class FreezableModule extends ResumableModule {
        private Block block = super.configureModel();

        private FreezableModule(Supplier<? extends Optimizer> optimizer) {
            super(optimizer);
        }

        @Override
        protected Block configureModel() {
            block = super.configureModel();
            return block;
        }

        Block block() {
            return block;
        }
    }

    /** What happens at a hook. */
    private interface Change {
        void applyTo(FreezableModule module);
    }

    /** Changes the module at a hook of an epoch, of a batch at its first. */
    private record AtHook(String hook, int epoch, Change change) implements Callback {
        private void call(String called, Trainer trainer, LightningModule module) {
            if (called.equals(hook) && trainer.currentEpoch() == epoch) {
                change.applyTo((FreezableModule) module);
            }
        }

        @Override
        public void onTrainStart(Trainer trainer, LightningModule module) {
            if (hook.equals("onTrainStart")) {
                change.applyTo((FreezableModule) module);
            }
        }

        @Override
        public void onTrainEpochStart(Trainer trainer, LightningModule module) {
            call("onTrainEpochStart", trainer, module);
        }

        @Override
        public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
            if (batchIndex == 0) {
                call("onTrainBatchStart", trainer, module);
            }
        }

        @Override
        public void onTrainBatchEnd(
                Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
            if (batchIndex == 0) {
                call("onTrainBatchEnd", trainer, module);
            }
        }

        @Override
        public void onTrainEpochEnd(Trainer trainer, LightningModule module) {
            call("onTrainEpochEnd", trainer, module);
        }
    }

    /** The values of each parameter before training and after each step. */
    private static final class Weights implements Callback {
        private final Map<String, List<List<Float>>> values = new LinkedHashMap<>();
        private List<String> trained = List.of();

        @Override
        public void onTrainStart(Trainer trainer, LightningModule module) {
            note(module);
        }

        @Override
        public void onTrainBatchEnd(
                Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
            note(module);
        }

        private void note(LightningModule module) {
            List<String> trainedNow = new ArrayList<>();
            module.parameters().forEach((name, parameter) -> {
                List<Float> now = new ArrayList<>();
                for (float value : parameter.getArray().stopGradient().toFloatArray()) {
                    now.add(value);
                }
                values.computeIfAbsent(name, unused -> new ArrayList<>()).add(now);
                if (parameter.requiresGradient()) {
                    trainedNow.add(name);
                }
            });
            trained = trainedNow;
        }

        long distinct(String name) {
            return Objects.requireNonNull(values.get(name), name).stream()
                    .distinct()
                    .count();
        }

        List<String> trained() {
            return trained;
        }
    }
}
