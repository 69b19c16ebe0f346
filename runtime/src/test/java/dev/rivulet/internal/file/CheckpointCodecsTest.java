package dev.rivulet.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointCodecsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(value = CheckpointFormat.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void haveOneForEachFormat(CheckpointFormat format) {
        assertThat(CheckpointCodecs.of(format).format()).isEqualTo(format);
    }

    @Test
    void distinguishFormatsByExtension() {
        assertThat(CheckpointCodecs.extensions())
                .hasSize(CheckpointFormat.values().length - 1)
                .doesNotHaveDuplicates()
                .allMatch(extension -> extension.startsWith("."));
    }

    @Test
    void chooseLightningFormatForUntransformedAndSafetensorsForDerivedWeights() {
        StreamPolicy policy = StreamPolicy.builder().build();
        StreamDeclaration original = StreamDeclaration.untransformed("original", policy);
        StreamDeclaration derived =
                StreamDeclaration.derived("half", "original", Execution.STATIC, "Module#half", policy);

        assertThat(CheckpointCodecs.of(original).extension()).isEqualTo(".ckpt");
        assertThat(CheckpointCodecs.isResumable(original)).isTrue();
        assertThat(CheckpointCodecs.of(derived).extension()).isEqualTo(".safetensors");
        assertThat(CheckpointCodecs.isResumable(derived)).isFalse();
    }

    @Test
    void holdNoTrainingStateInAWeightsOnlyStreamOrInSafetensors() {
        assertThat(CheckpointCodecs.isResumable(StreamDeclaration.untransformed(
                        "weights", StreamPolicy.builder().saveWeightsOnly(true).build())))
                .isFalse();
        assertThat(CheckpointCodecs.isResumable(StreamDeclaration.untransformed(
                        "weights",
                        StreamPolicy.builder()
                                .format(CheckpointFormat.SAFETENSORS)
                                .build())))
                .isFalse();
    }

    @Test
    void refuseAFileOfUnknownFormatAndAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a checkpoint");

        assertThatThrownBy(() -> CheckpointCodecs.open(file)).isInstanceOf(MalformedSafetensorsException.class);
        assertThatThrownBy(() -> CheckpointCodecs.open(folder)).isInstanceOf(NotACheckpointException.class);
    }
}
