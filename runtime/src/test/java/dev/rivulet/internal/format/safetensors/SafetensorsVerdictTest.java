package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import dev.rivulet.tensor.Dtype;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Compares this reader with verdicts of the Rust library that src/test/python/record_safetensors.py recorded. */
class SafetensorsVerdictTest {
    /** Rules in which this reader is intentionally stricter; see {@link SafetensorsRule}. */
    private static final Set<SafetensorsRule> STRICTER = EnumSet.of(
            SafetensorsRule.HEADER_START,
            SafetensorsRule.DUPLICATE_KEY,
            SafetensorsRule.METADATA,
            SafetensorsRule.ENTRY,
            SafetensorsRule.DTYPE,
            SafetensorsRule.RANK,
            SafetensorsRule.NUMBER_RANGE,
            SafetensorsRule.SIZE_OVERFLOW);

    /** An input and the verdict of the Rust library; the digest is relevant only if the input was accepted. */
    private static final class Verdict {
        final byte[] content;
        final boolean accepted;
        final int digest;

        Verdict(byte[] content, boolean accepted, int digest) {
            this.content = content;
            this.accepted = accepted;
            this.digest = digest;
        }
    }

    @Test
    void acceptsAndRejectsTheSameInputsAsTheRustLibrary() throws IOException {
        int agreed = 0;
        for (Verdict verdict : verdicts()) {
            try {
                int digest = digest(verdict.content);
                assertThat(verdict.accepted)
                        .as(describe(verdict) + " was accepted")
                        .isTrue();
                assertThat(digest).as(describe(verdict)).isEqualTo(verdict.digest);
                agreed++;
            } catch (MalformedSafetensorsException e) {
                if (verdict.accepted) {
                    assertThat(STRICTER)
                            .as(describe(verdict) + ": " + e.getMessage())
                            .contains(e.rule());
                    assertHasAnUnusualType(verdict, e);
                }
            }
        }
        assertThat(agreed).isGreaterThan(1000);
    }

    /** For rules that the Rust library also has, this reader is stricter only for values of an unusual type. */
    private static void assertHasAnUnusualType(Verdict verdict, MalformedSafetensorsException e) {
        byte[] content = verdict.content;
        int at = (int) Math.min(e.position(), content.length - 1L);
        switch (e.rule()) {
            case METADATA -> assertThat(content[at]).as(describe(verdict)).isEqualTo((byte) 'n');
            case ENTRY -> assertThat(content[at]).as(describe(verdict)).isEqualTo((byte) '[');
            case DTYPE -> assertThat(content[at]).as(describe(verdict)).isEqualTo((byte) '{');
            case SIZE_OVERFLOW -> assertThat(e).as(describe(verdict)).hasMessageContaining("4611686018427387904");
            default -> assertThat(e.position()).isNotNegative();
        }
    }

    private static int digest(byte[] content) throws IOException {
        SafetensorsHeader header =
                SafetensorsHeader.read("recorded", content.length, SafetensorsFuzzTest.source(content));
        CRC32 crc = new CRC32();
        List<SafetensorsEntry> entries = new ArrayList<>(header.entries().values());
        entries.sort(Comparator.comparing(entry -> HeaderWriter.utf8(entry.name()), Arrays::compareUnsigned));
        for (SafetensorsEntry entry : entries) {
            crc.update(HeaderWriter.utf8(entry.name()));
            crc.update(("\0" + entry.dtype() + entry.shape() + "\0").getBytes(StandardCharsets.US_ASCII));
            int from = (int) (header.dataStart() + entry.begin());
            crc.update(ByteBuffer.wrap(content, from, (int) entry.byteCount()));
        }
        return (int) crc.getValue();
    }

    private static List<Verdict> verdicts() throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        InputStream resource = SafetensorsVerdictTest.class.getResourceAsStream("verdicts.bin.gz");
        try (var in = new DataInputStream(new GZIPInputStream(Objects.requireNonNull(resource)))) {
            while (true) {
                byte[] content = new byte[Integer.reverseBytes(in.readInt())];
                in.readFully(content);
                verdicts.add(new Verdict(content, in.readByte() != 0, Integer.reverseBytes(in.readInt())));
            }
        } catch (EOFException end) {
            assertThat(verdicts).hasSize(10_000);
            return verdicts;
        }
    }

    private static String describe(Verdict verdict) {
        return new String(verdict.content, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }

    @Test
    void listsTheDtypesInTheOrderOfTheFormat() {
        assertThat(Dtype.values()).hasSize(22).startsWith(Dtype.BOOL, Dtype.F4).endsWith(Dtype.I64, Dtype.U64);
    }
}
