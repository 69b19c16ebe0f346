package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.SteadyModule;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SanityCheckTest {
    private static final int TRAINING_FOLLOWS = 5;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 2", "-1, 5", "9, 5"})
    void runsTheRequestedNumberOfBatchesBeforeTraining(int asked, int run) {
        AtomicInteger batches = new AtomicInteger();
        try (NDManager manager = NDManager.newBaseManager();
                SteadyModule module = new SteadyModule() {
                    @Override
                    protected void validationStep(Batch batch, int batchIndex) {
                        batches.incrementAndGet();
                    }
                }) {
            Trainer.builder()
                    .maxEpochs(1)
                    .numSanityValSteps(asked)
                    .defaultRootDir(directory)
                    .enableProgressBar(false)
                    .build()
                    .fit(module, Points.of(manager, 1, 1), Points.of(manager, 5, 1));
        }
        assertThat(batches).hasValue(run + TRAINING_FOLLOWS);
    }
}
