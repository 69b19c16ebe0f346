package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.fixture.AveragingModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.policy.FilenameStyle;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Streams that the trainer adds or modifies. */
class TrainerStreamTest extends FitTestCase {
    @Test
    void aMetricMissingBeforeTheFirstValidationIsNotAnError() {
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
    void aNamePlannedByAnotherStreamGetsAVersion() {
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = trainer().stream("original", policy -> policy.filename("{step}")).stream(
                            "more", policy -> policy.filename("{step:.0f}"))
                    .build()
                    .fit(module, points);

            assertThat(files()).containsExactly("step=8-v1.ckpt", "step=8.ckpt");
            assertThat(result.stream("more").bestModelPath()).hasFileName("step=8-v1.ckpt");
            assertThat(result.stream("more").failures()).isEmpty();
        }
    }

    @Test
    void aStreamHasTheFormatThatItsPolicyNames() throws IOException {
        try (AveragingModule module = new AveragingModule()) {
            trainer().maxEpochs(1).stream("original", policy -> policy.format(CheckpointFormat.SAFETENSORS)).stream(
                            "averaged", policy -> policy.format(CheckpointFormat.CKPT))
                    .build()
                    .fit(module, points);

            assertThat(files()).containsExactly("averaged-epoch=0-step=4.ckpt", "original-epoch=0-step=4.safetensors");
            assertThat(Checkpoints.describe(checkpoints().resolve(files().get(0))).stream())
                    .isEqualTo("averaged");
            assertThat(Weights.in(checkpoints().resolve(files().get(1)))).isEqualTo(Weights.live(module));
        }
    }

    @Test
    void aStreamAddedByTheTrainerHasItsOwnLast() {
        try (PlaneModule module = new PlaneModule()) {
            FitResult result = Trainer.builder().maxEpochs(1).defaultRootDir(directory).stream(
                            "original", policy -> policy.saveLast(SaveLast.COPY))
                    .stream("more", policy -> policy.saveLast(SaveLast.COPY))
                    .build()
                    .fit(module, points);

            assertThat(result.stream("more").last())
                    .hasValueSatisfying(last -> assertThat(last).hasFileName("more-last.ckpt"));
        }
    }
}
