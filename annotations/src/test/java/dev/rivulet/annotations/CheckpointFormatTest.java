package dev.rivulet.annotations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointFormatTest {

    @ParameterizedTest
    @CsvSource({
        "AUTO, false, CKPT", "AUTO, true, SAFETENSORS",
        "CKPT, false, CKPT", "CKPT, true, CKPT",
        "SAFETENSORS, false, SAFETENSORS", "SAFETENSORS, true, SAFETENSORS"
    })
    void autoIsLightningsFormatForUntransformedStreamsOnly(
            CheckpointFormat format, boolean derived, CheckpointFormat decided) {
        assertThat(format.decided(derived)).isEqualTo(decided);
    }
}
