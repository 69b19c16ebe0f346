package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.seed.Seed;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs whose module and callbacks freeze and unfreeze random parameters at random hooks resume exactly. */
@Tag("slow")
class ResumedFreezingTest extends ResumeVerifierCase {
    private static final int RUNS = Seed.scaled(4);
    private static final List<String> PARAMETERS = List.of("0.weight", "0.bias", "1.weight", "1.bias", "4.bias");

    @Test
    void runsThatFreezeAndUnfreezeResumeExactly() {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + RUNS; seed++) {
            Freezing ofModule = new Freezing(seed, "module");
            Freezing ofCallback = new Freezing(seed, "callback");
            ResumeReport report = ResumeVerifier.of(
                            () -> new FreezingModule(ofModule),
                            () -> trainer().valCheckInterval(2).callbacks(new FreezingCallback(ofCallback)),
                            this::points,
                            () -> Points.of(manager, 8, 4))
                    .stopAt(IntStream.range(1, 12).toArray())
                    .run();
            if (!report.isExact()) {
                throw new AssertionError("-Drivulet.seed=" + seed + ": " + report);
            }
        }
    }

    /** Decides by seed, hook and position alone, so that it is repeatable in a resumed run. */
    private record Freezing(long seed, String owner) {

        void at(String hook, LightningModule module, long position) {
            Random random = new Random(List.of(seed, owner, hook, position).hashCode() * 31L);
            String name = PARAMETERS.get(random.nextInt(PARAMETERS.size()));
            Parameter parameter = module.parameters().get(name);
            if (parameter != null && random.nextInt(3) == 0) {
                parameter.freeze(random.nextBoolean());
            }
        }
    }

    private static final class FreezingModule extends ResumableModule {
        private final Freezing freezing;

        private FreezingModule(Freezing freezing) {
            super(() -> Adam.builder().lr(0.05).weightDecay(0.1).build());
            this.freezing = freezing;
        }

        @Override
        public void onTrainStart() {
            freezing.at("onTrainStart", this, globalStep());
        }

        @Override
        public void onTrainEpochStart() {
            freezing.at("onTrainEpochStart", this, globalStep());
        }

        @Override
        public void onTrainBatchStart(Batch batch, int batchIndex) {
            freezing.at("onTrainBatchStart", this, globalStep());
        }

        @Override
        public void onValidationStart() {
            freezing.at("onValidationStart", this, globalStep());
        }

        @Override
        public void onTrainEpochEnd() {
            freezing.at("onTrainEpochEnd", this, globalStep());
        }
    }

    private record FreezingCallback(Freezing freezing) implements Callback {

        @Override
        public void onTrainStart(Trainer trainer, LightningModule module) {
            freezing.at("onTrainStart", module, trainer.globalStep());
        }

        @Override
        public void onTrainEpochStart(Trainer trainer, LightningModule module) {
            freezing.at("onTrainEpochStart", module, trainer.globalStep());
        }

        @Override
        public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
            freezing.at("onTrainBatchStart", module, trainer.globalStep());
        }

        @Override
        public void onTrainBatchEnd(
                Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
            freezing.at("onTrainBatchEnd", module, trainer.globalStep());
        }

        @Override
        public void onValidationEnd(Trainer trainer, LightningModule module) {
            freezing.at("onValidationEnd", module, trainer.globalStep());
        }

        @Override
        public void onTrainEpochEnd(Trainer trainer, LightningModule module) {
            freezing.at("onTrainEpochEnd", module, trainer.globalStep());
        }
    }
}
