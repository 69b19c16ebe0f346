package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import dev.rivulet.internal.format.PositionalSource;
import dev.rivulet.seed.Seed;
import dev.rivulet.tensor.Dtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SafetensorsFuzzTest {
    private static final int COUNT = Seed.scaled(300_000);

    private static final List<Dtype> DTYPES = List.of(Dtype.values());

    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\u",
        "\\ud83d",
        "0",
        "1",
        "-",
        ".",
        "e9",
        "9223372036854775807",
        "null",
        "\"dtype\":",
        "\"shape\":",
        "\"data_offsets\":",
        "[0,4]",
        "\"F32\"",
        "\"F4\"",
        "__metadata__",
        "é",
        "\u0000",
        "\"x\":1,",
        " ",
        "[[[[[[[[[[",
        "{\"a\":{\"a\":",
        "1e999",
        "18446744073709551615"
    };

    @Test
    void anyInputIsReadOrRefusedWithAReason() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        int accepted = 0;
        for (int i = 0; i < COUNT; i++) {
            byte[] content = input(random);
            try {
                SafetensorsHeader header = SafetensorsHeader.read("fuzzed", content.length, source(content));
                assertThat(header.dataStart() + header.dataLength())
                        .as("seed %s, input %s", Seed.VALUE, i)
                        .isEqualTo(content.length);
                accepted++;
            } catch (MalformedSafetensorsException e) {
                assertThat(e.position()).as("seed %s, input %s", Seed.VALUE, i).isBetween(0L, (long) content.length);
            } catch (IOException | RuntimeException | StackOverflowError e) {
                fail(
                        "seed " + Seed.VALUE + ", input " + i + ": "
                                + HexFormat.of().formatHex(content),
                        e);
            }
        }
        assertThat(accepted).as("accepted inputs of seed " + Seed.VALUE).isBetween(1, COUNT);
    }

    @Test
    void deepNestingNeitherOverflowsTheStackNorHangs() {
        byte[] content = file("{\"a\":{\"x\":" + "[".repeat(5_000_000), 0);

        assertThat(violation(content)).isEqualTo(SafetensorsRule.NESTING);
    }

    @Test
    void doesNotAllocateForAHeaderLengthBeyondTheFile() {
        byte[] content = ByteBuffer.allocate(9)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, 99_999_999)
                .array();

        assertThat(violation(content)).isEqualTo(SafetensorsRule.HEADER_LENGTH);
    }

    @Test
    void timeIsProportionalToTheNumberOfTensors() throws IOException {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 200_000; i++) {
            json.append(i == 0 ? "" : ",").append('"').append(i).append("\":");
            json.append("{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        byte[] content = file(json.append('}').toString(), 0);

        SafetensorsHeader header = SafetensorsHeader.read("many", content.length, source(content));

        assertThat(header.entries()).hasSize(200_000);
    }

    static PositionalSource source(byte[] content) {
        return (target, position) -> {
            int count = Math.min(target.remaining(), content.length - (int) position);
            target.put(content, (int) position, count);
            return count;
        };
    }

    static byte[] file(String header, int dataLength) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataLength)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static SafetensorsRule violation(byte[] content) {
        try {
            SafetensorsHeader.read("file", content.length, source(content));
        } catch (MalformedSafetensorsException e) {
            return e.rule();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("The file was accepted.");
    }

    /** A well-formed file of random tensors with up to four random edits. */
    private static byte[] input(SplittableRandom random) {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"k\":\"v\"}");
        int offset = 0;
        for (int i = random.nextInt(4); i > 0; i--) {
            Dtype dtype = DTYPES.get(random.nextInt(DTYPES.size()));
            int end = offset + dtype.bits() * 4 / 8;
            json.append(",\"")
                    .append((char) ('a' + i))
                    .append("\":{\"dtype\":\"")
                    .append(dtype);
            json.append("\",\"shape\":[2,2],\"data_offsets\":[")
                    .append(offset)
                    .append(',')
                    .append(end)
                    .append("]}");
            offset = end;
        }
        int length = random.nextInt(20) == 0 ? random.nextInt(64) : offset;
        for (int edits = random.nextInt(5); edits > 0; edits--) {
            edit(json, random);
        }
        byte[] content = file(json.append('}').toString(), length);
        if (random.nextInt(10) == 0) {
            content[random.nextInt(content.length)] = (byte) random.nextInt();
        }
        return random.nextInt(50) == 0 ? Arrays.copyOf(content, random.nextInt(content.length)) : content;
    }

    private static void edit(StringBuilder json, SplittableRandom random) {
        int at = random.nextInt(json.length());
        int to = Math.min(json.length(), at + random.nextInt(8));
        switch (random.nextInt(4)) {
            case 0 -> json.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
            case 1 -> json.delete(at, Math.min(to, json.length() - 1));
            case 2 -> json.setCharAt(at, (char) random.nextInt(128));
            default -> json.insert(at, json.substring(at, to));
        }
    }
}
