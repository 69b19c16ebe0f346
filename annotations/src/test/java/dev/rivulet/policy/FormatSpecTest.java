package dev.rivulet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatSpecTest {

    /** The rows come from CPython, by src/test/python/format_spec_rows.py. */
    @Test
    void everyRecordedResultOfPythonIsReproduced() throws IOException {
        List<String> differences = new ArrayList<>();
        List<String> rows = recordedRows();
        for (String row : rows) {
            String[] fields = row.split("\t", -1);
            String actual = format(fields[0], fields[1], fields[2]);
            if (!actual.equals(fields[3])) {
                differences.add(row + " but was " + actual);
            }
        }
        assertThat(rows).hasSizeGreaterThan(5000);
        assertThat(differences).isEmpty();
    }

    @Test
    void shortestDigitsReadBackAsTheSameDouble() {
        FormatSpec repr = FormatSpec.parse("");
        assertThat(repr.format(2.0E-3)).isEqualTo("0.002");
        assertThat(repr.format(Double.parseDouble("2e23"))).isEqualTo("2e+23");
        assertThat(repr.format(0x1p-44)).isEqualTo("5.684341886080802e-14");
        assertThat(repr.format(0.9f)).isEqualTo("0.8999999761581421");
    }

    @ParameterizedTest
    @ValueSource(strings = {".3q", ".", "s", "02dd", ",_", ",x", "+c", "300d", ".999f", "{", "5.2.1f"})
    void whatPythonRefusesForEveryNumberIsRefusedWhenParsed(String spec) {
        assertThatThrownBy(() -> FormatSpec.parse(spec)).isInstanceOf(TemplateSyntaxException.class);
    }

    @Test
    void refusalNamesPositionAndRemedy() {
        assertThatThrownBy(() -> FormatSpec.parse(".3q"))
                .hasMessageContaining("\".3q\", column 3")
                .hasMessageContaining("\"q\" is not a format of numbers; use one of");
    }

    @Test
    void integerFormatsAreRefusedForFloats() {
        FormatSpec spec = FormatSpec.parse("d");
        assertThat(spec.refusalOfFloats())
                .hasValueSatisfying(reason -> assertThat(reason).contains("for integers"));
        assertThatThrownBy(() -> spec.format(1.0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String format(String kind, String spec, String value) {
        try {
            FormatSpec parsed = FormatSpec.parse(spec);
            return "="
                    + (kind.equals("long") ? parsed.format(Long.parseLong(value)) : parsed.format(parseDouble(value)));
        } catch (IllegalArgumentException refused) {
            return "!";
        }
    }

    private static double parseDouble(String value) {
        return switch (value) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(value);
        };
    }

    private static List<String> recordedRows() throws IOException {
        try (InputStream rows = FormatSpecTest.class.getResourceAsStream("format-spec-rows.tsv")) {
            assertThat(rows).isNotNull();
            return new String(rows.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(row -> !row.startsWith("#"))
                    .toList();
        }
    }
}
