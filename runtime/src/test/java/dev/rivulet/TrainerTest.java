package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.FilenameStyle;
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

    @Test
    void aMetricMissingBeforeTheFirstValidationIsNoError() {
        ArrayDataset points = Points.of(manager, 8, 8);
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Trainer.builder().maxEpochs(1).checkValEveryNEpoch(2).defaultRootDir(directory).stream(
                            "original",
                            policy -> policy.monitor("val_loss").saveOnTrainEpochEnd(SaveOnTrainEpochEnd.TRUE))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("original").kept()).isEmpty();
        }
    }

    @Test
    void streamsThatShareTheNameOfLastAreRefusedBeforeTraining() {
        ArrayDataset points = Points.of(manager, 8, 8);
        try (PlaneModule module = new PlaneModule()) {
            Trainer trainer = Trainer.builder().defaultRootDir(directory).stream(
                            "original", policy -> policy.saveLast(SaveLast.COPY))
                    .stream("more", policy -> policy.saveLast(SaveLast.COPY).filenameStyle(FilenameStyle.DEFAULT))
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"original\" and \"more\" would write the same files \"last\"");
        }
    }

    @Test
    void aStreamThatTheTrainerAddsHasALastOfItsOwn() {
        ArrayDataset points = Points.of(manager, 8, 8);
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Trainer.builder().maxEpochs(1).defaultRootDir(directory).stream(
                            "original", policy -> policy.saveLast(SaveLast.COPY))
                    .stream("more", policy -> policy.saveLast(SaveLast.COPY))
                    .build()
                    .fit(module, points);

            assertThat(result.stream("more").last())
                    .hasValueSatisfying(last -> assertThat(last).hasFileName("more-last.safetensors"));
        }
    }
}
