package dev.rivulet.annotations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnFailureTest {

    @ParameterizedTest
    @CsvSource({
        "AUTO, false, true", "AUTO, true, false",
        "STOP, false, true", "STOP, true, true",
        "CONTINUE, false, false", "CONTINUE, true, false"
    })
    void autoStopsTrainingForUntransformedStreamsOnly(OnFailure onFailure, boolean derived, boolean stops) {
        assertThat(onFailure.stopsTraining(derived)).isEqualTo(stops);
    }
}
