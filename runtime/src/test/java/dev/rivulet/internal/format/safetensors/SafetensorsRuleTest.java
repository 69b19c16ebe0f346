package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsRuleTest {
    private static final String FIELDS = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("violations")
    void isEnforced(SafetensorsRule rule, byte[] file) {
        assertThat(SafetensorsFuzzTest.violation(file)).isEqualTo(rule);
    }

    @Test
    void eachRuleHasATest() {
        Set<Object> tested = violations().map(violation -> violation.get()[0]).collect(Collectors.toSet());

        assertThat(tested).isEqualTo(EnumSet.allOf(SafetensorsRule.class));
    }

    @Test
    void isReportedWithFilePositionAndRemedy() throws IOException {
        Path file = folder.resolve("cut.safetensors");
        Files.write(file, SafetensorsFuzzTest.file("{\"w\":{" + FIELDS + "}}", 3));

        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("the tensors need 4 bytes, but the file has 3")
                .hasMessageContaining("the last tensor ends at the end of the file")
                .hasMessageContaining("load another checkpoint");
        assertThat(file.toFile().delete()).isTrue();
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                arguments(SafetensorsRule.FILE_LENGTH, new byte[7]),
                arguments(SafetensorsRule.HEADER_LIMIT, length(100_000_001)),
                arguments(SafetensorsRule.HEADER_LIMIT, length(-1)),
                arguments(SafetensorsRule.HEADER_LENGTH, length(3)),
                violation(SafetensorsRule.HEADER_START, " {}"),
                violation(SafetensorsRule.HEADER_START, ""),
                arguments(SafetensorsRule.UTF8, latin1("{\"\u00ff\":{" + FIELDS + "}}")),
                violation(SafetensorsRule.JSON, "{} x"),
                violation(SafetensorsRule.JSON, "{\"w\":{" + FIELDS + "},}"),
                violation(SafetensorsRule.JSON, "{\"w\\ud800\":{" + FIELDS + "}}"),
                violation(SafetensorsRule.NESTING, entry(FIELDS + ",\"x\":" + "[".repeat(126))),
                violation(SafetensorsRule.DUPLICATE_KEY, "{\"w\":{" + FIELDS + "},\"w\":{" + FIELDS + "}}"),
                violation(SafetensorsRule.DUPLICATE_KEY, "{\"__metadata__\":{\"a\":\"b\",\"a\":\"b\"}}"),
                violation(SafetensorsRule.DUPLICATE_KEY, "{\"__metadata__\":{},\"__metadata__\":{}}"),
                violation(SafetensorsRule.DUPLICATE_KEY, entry(FIELDS + ",\"dtype\":\"F32\"")),
                violation(SafetensorsRule.METADATA, "{\"__metadata__\":{\"a\":1}}"),
                violation(SafetensorsRule.METADATA, "{\"__metadata__\":null}"),
                violation(SafetensorsRule.ENTRY, "{\"w\":[\"F32\",[1],[0,4]]}"),
                violation(SafetensorsRule.ENTRY, entry("\"dtype\":\"F32\",\"shape\":[1]")),
                violation(SafetensorsRule.DTYPE, entry(FIELDS.replace("F32", "f32"))),
                violation(SafetensorsRule.DTYPE, entry(FIELDS.replace("\"F32\"", "{\"F32\":null}"))),
                violation(SafetensorsRule.SHAPE, entry(FIELDS.replace("[1]", "[1.0]"))),
                violation(SafetensorsRule.SHAPE, entry(FIELDS.replace("[1]", "[-0]"))),
                violation(SafetensorsRule.SHAPE, entry(FIELDS.replace("[1]", "[1e0]"))),
                violation(
                        SafetensorsRule.RANK,
                        entry(FIELDS.replace("[1]", Collections.nCopies(65, 1).toString()))),
                violation(SafetensorsRule.OFFSETS, entry(FIELDS.replace("[0,4]", "[4,0]"))),
                violation(SafetensorsRule.OFFSETS, entry(FIELDS.replace("[0,4]", "[0,4,8]"))),
                violation(SafetensorsRule.NUMBER_RANGE, entry(FIELDS.replace("[1]", "[9223372036854775808]"))),
                violation(SafetensorsRule.SIZE_OVERFLOW, entry(FIELDS.replace("[1]", "[4294967296,4294967296]"))),
                violation(SafetensorsRule.PACKING, entry(FIELDS.replace("F32", "F4"))),
                violation(SafetensorsRule.SIZE, entry(FIELDS.replace("[1]", "[2]"))),
                violation(SafetensorsRule.COVERAGE, entry(FIELDS.replace("[0,4]", "[4,8]"))),
                violation(SafetensorsRule.COVERAGE, "{\"v\":{" + FIELDS + "},\"w\":{" + FIELDS + "}}"),
                violation(SafetensorsRule.DATA_LENGTH, "{}"));
    }

    private static Arguments violation(SafetensorsRule rule, String header) {
        return arguments(rule, SafetensorsFuzzTest.file(header, 8));
    }

    private static String entry(String fields) {
        return "{\"w\":{" + fields + "}}";
    }

    private static byte[] length(long headerLength) {
        return ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put((byte) '{')
                .put((byte) '}')
                .array();
    }

    private static byte[] latin1(String header) {
        byte[] file = SafetensorsFuzzTest.file("x".repeat(header.length()), 4);
        System.arraycopy(header.getBytes(StandardCharsets.ISO_8859_1), 0, file, 8, header.length());
        return file;
    }
}
