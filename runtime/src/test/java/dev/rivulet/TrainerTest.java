package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private final NDManager manager = NDManager.newBaseManager();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void learnsAPlane() throws IOException {
        ArrayDataset points = Points.of(manager, 64, 8);
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Trainer.builder().maxEpochs(60).seed(1).defaultRootDir(directory).stream(
                            "original", policy -> policy.monitor("val_loss").saveTopK(2))
                    .build()
                    .fit(module, points, points);

            assertThat(result.metrics().get("val_loss")).isLessThan(1e-3);
            assertThat(result.stream("original").kept()).hasSize(2);
            try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
                assertThat(files.map(Path::getFileName).map(Path::toString))
                        .contains("original-epoch=59-step=480.safetensors");
            }
        }
    }
}
