package dev.rivulet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"original", "int8", "8bit", "ema-0.999", "a_b", "latest"})
    void ordinaryNamesAreLegal(String name) {
        assertThat(StreamName.problem(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".rivulet",
                "-x",
                "a b",
                "a/b",
                "a\\b",
                "a\0",
                "ü",
                "last",
                "BEST",
                "con",
                "COM1.x",
                "a."
            })
    void namesThatSomeFileSystemOrPointerNeedsAreRefused(String name) {
        assertThat(StreamName.problem(name)).isPresent();
    }

    @Test
    void longNamesAreRefused() {
        assertThat(StreamName.problem("a".repeat(64))).isEmpty();
        assertThat(StreamName.problem("a".repeat(65)))
                .hasValueSatisfying(problem -> assertThat(problem).contains("65 characters; at most 64"));
    }

    @Test
    void refusalShowsTheCharacterAndTheRemedy() {
        assertThat(StreamName.problem("half precision"))
                .contains("The stream name \"half precision\" contains ' '; use letters (A-Z, a-z), digits, '.', '_'"
                        + " and '-' only.");
    }

    @Test
    void namesThatDifferInCaseClash() {
        assertThat(StreamName.clashesWith("EMA", "ema")).isTrue();
        assertThat(StreamName.clashesWith("ema", "emb")).isFalse();
    }

    @Test
    void theNearestNameIsFoundWithinAThirdOfTheLength() {
        List<String> names = List.of("original", "averaged", "int8");
        assertThat(StreamName.closest("avreaged", names)).contains("averaged");
        assertThat(StreamName.closest("Orignal", names)).contains("original");
        assertThat(StreamName.closest("int4", names)).contains("int8");
        assertThat(StreamName.closest("quantized", names)).isEmpty();
    }
}
