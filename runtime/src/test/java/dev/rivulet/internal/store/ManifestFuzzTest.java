package dev.rivulet.internal.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.rivulet.seed.Seed;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ManifestFuzzTest {
    private static final int COUNT = Seed.scaled(40_000);

    /** Maximum bytes allocated per byte of input, most of them short-lived. */
    private static final long MAX_ALLOCATED = 8;
    /** Bytes for the maximum number of members, each a few bytes long. */
    private static final long FOR_SHORT_MEMBERS = 16 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

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
        "\\u0000",
        "0",
        "-",
        ".",
        "e9",
        "1e999",
        "9223372036854775808",
        "null",
        "true",
        "\"NaN\"",
        "\"x\":1,",
        "\"group\":",
        "\"last\":",
        "1-9223372036854775807",
        "../",
        "/",
        ".rivulet",
        "\u00ff",
        "\u00ed\u00a0\u0080",
        "\u00ef\u00bb\u00bf",
        "[[[[[[[[[[",
        "{\"a\":{\"a\":",
        "/**/",
        ")]}'\n"
    };

    @Test
    void anyInputIsReadOrRefusedWithAReason() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        RandomManifests manifests = new RandomManifests(random.split());
        Set<ManifestRule> violated = EnumSet.noneOf(ManifestRule.class);
        byte[] file = ManifestJson.encode(manifests.next());
        int accepted = 0;
        for (int i = 0; i < COUNT; i++) {
            if (i % 50 == 0) {
                file = ManifestJson.encode(manifests.next());
            }
            byte[] content = mutated(file, random);
            try {
                Manifest manifest = ManifestJson.decode("fuzzed", content);
                byte[] again = ManifestJson.encode(manifest);
                assertThat(ManifestJson.decode("again", again)).isEqualTo(manifest);
                accepted++;
            } catch (MalformedManifestException e) {
                violated.add(e.rule());
            } catch (RuntimeException | StackOverflowError e) {
                fail(
                        "seed " + Seed.VALUE + ", input " + i + ": "
                                + HexFormat.of().formatHex(content),
                        e);
            }
        }
        assertThat(accepted).as("accepted inputs of seed " + Seed.VALUE).isPositive();
        assertThat(violated)
                .as("rules that inputs of seed " + Seed.VALUE + " violated")
                .contains(ManifestRule.JSON, ManifestRule.UTF8, ManifestRule.PATH, ManifestRule.UNKNOWN_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "\"x\",", "1,", "\"a\":1,", "[]", " ", "\\u0041", "\u00e9", "9"})
    void aLongStringTakesProportionalMemory(String piece) throws MalformedManifestException {
        String string = piece.repeat((16 << 20) / piece.length());
        for (String location :
                new String[] {"\"0.1.0\"", "{\"val_loss\":0.25}", "\"half-epoch=4.safetensors\"", "\"9,11-12\""}) {
            for (String replacement : new String[] {string, "\"" + string + "\"", "{" + string, "[" + string}) {
                byte[] content = replaced(location, replacement);

                assertThat(allocated(content))
                        .as("%s of %s", location, piece)
                        .isLessThan(MAX_ALLOCATED * content.length + FOR_SHORT_MEMBERS);
            }
        }
    }

    @Test
    void aLargeManifestTakesProportionalMemory() {
        Manifest manifest = LargeManifests.of(64, 1_000);
        byte[] content = ManifestJson.encode(manifest);

        assertThat(allocated(content)).isLessThan(MAX_ALLOCATED * content.length + FOR_SHORT_MEMBERS);
    }

    private static long allocated(byte[] content) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            Manifest manifest = ManifestJson.decode("large", content);
            assertThat(manifest.group()).isPositive();
        } catch (MalformedManifestException e) {
            assertThat(e.reason()).isNotEmpty();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static byte[] replaced(String from, String to) {
        String string = new String(ManifestJson.encode(ManifestJsonTest.example()), StandardCharsets.UTF_8);
        return ManifestRuleTest.sealed(string.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }

    /** A file with up to four edits and a correct checksum. */
    private static byte[] mutated(byte[] file, SplittableRandom random) {
        int end = file.length - "\"crc32c\":\"12345678\"}\n".length();
        StringBuilder string = new StringBuilder(new String(file, 0, end, ISO_8859_1));
        for (int edits = random.nextInt(5); edits > 0; edits--) {
            edit(string, random);
        }
        string.append(new String(file, end, file.length - end, ISO_8859_1));
        return ManifestRuleTest.sealed(string.toString().getBytes(ISO_8859_1));
    }

    private static void edit(StringBuilder string, SplittableRandom random) {
        int at = random.nextInt(string.length());
        int to = Math.min(string.length(), at + random.nextInt(12));
        switch (random.nextInt(5)) {
            case 0 -> string.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
            case 1 -> string.delete(at, Math.min(to, string.length() - 1));
            case 2 -> string.setCharAt(at, (char) random.nextInt(256));
            case 3 -> string.setCharAt(at, (char) ('0' + random.nextInt(10)));
            default -> string.insert(random.nextInt(string.length()), string.substring(at, to));
        }
    }
}
