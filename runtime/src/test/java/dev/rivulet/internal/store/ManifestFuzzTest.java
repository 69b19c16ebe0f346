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

    /** Bytes allocated in all, most of them garbage at once, for each byte of a text. */
    private static final long MOST_ALLOCATED = 8;
    /** Bytes for as many members as there may be, each of few bytes. */
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
    void anyTextIsReadOrRefusedWithAReason() {
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
    void aLongTextTakesMemoryInProportion(String piece) throws MalformedManifestException {
        String text = piece.repeat((16 << 20) / piece.length());
        for (String location :
                new String[] {"\"0.1.0\"", "{\"val_loss\":0.25}", "\"half-epoch=4.safetensors\"", "\"9,11-12\""}) {
            for (String replacement : new String[] {text, "\"" + text + "\"", "{" + text, "[" + text}) {
                byte[] content = replaced(location, replacement);

                assertThat(allocated(content))
                        .as("%s of %s", location, piece)
                        .isLessThan(MOST_ALLOCATED * content.length + FOR_SHORT_MEMBERS);
            }
        }
    }

    @Test
    void aLargeManifestTakesMemoryInProportion() {
        Manifest manifest = LargeManifests.of(64, 1_000);
        byte[] content = ManifestJson.encode(manifest);

        assertThat(allocated(content)).isLessThan(MOST_ALLOCATED * content.length + FOR_SHORT_MEMBERS);
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
        String text = new String(ManifestJson.encode(ManifestJsonTest.example()), StandardCharsets.UTF_8);
        return ManifestRuleTest.sealed(text.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }

    /** A file with up to four edits, whose checksum fits. */
    private static byte[] mutated(byte[] file, SplittableRandom random) {
        int end = file.length - "\"crc32c\":\"12345678\"}\n".length();
        StringBuilder text = new StringBuilder(new String(file, 0, end, ISO_8859_1));
        for (int edits = random.nextInt(5); edits > 0; edits--) {
            edit(text, random);
        }
        text.append(new String(file, end, file.length - end, ISO_8859_1));
        return ManifestRuleTest.sealed(text.toString().getBytes(ISO_8859_1));
    }

    private static void edit(StringBuilder text, SplittableRandom random) {
        int at = random.nextInt(text.length());
        int to = Math.min(text.length(), at + random.nextInt(12));
        switch (random.nextInt(5)) {
            case 0 -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
            case 1 -> text.delete(at, Math.min(to, text.length() - 1));
            case 2 -> text.setCharAt(at, (char) random.nextInt(256));
            case 3 -> text.setCharAt(at, (char) ('0' + random.nextInt(10)));
            default -> text.insert(random.nextInt(text.length()), text.substring(at, to));
        }
    }
}
