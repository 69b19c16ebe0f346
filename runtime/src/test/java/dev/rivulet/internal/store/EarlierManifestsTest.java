package dev.rivulet.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests that earlier versions wrote, one per line. They contain all keys, with and without optional ones. */
class EarlierManifestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"example.json", "long-run.json", "random.jsonl"})
    void areReadAndWrittenByteForByte(String file) throws IOException {
        for (String line : lines(file)) {
            byte[] earlier = (line + "\n").getBytes(UTF_8);

            Manifest manifest = ManifestJson.decode(file, earlier);

            assertThat(ManifestJson.encode(manifest)).asString(UTF_8).isEqualTo(line + "\n");
        }
    }

    @Test
    void keepTheirMeaning() throws IOException {
        byte[] earlier = (lines("example.json")[0] + "\n").getBytes(UTF_8);

        assertThat(ManifestJson.decode("example.json", earlier)).isEqualTo(ManifestJsonTest.example());
    }

    private static String[] lines(String file) throws IOException {
        try (InputStream manifests = EarlierManifestsTest.class.getResourceAsStream("/manifests/" + file)) {
            return new String(Objects.requireNonNull(manifests, file).readAllBytes(), UTF_8).split("\n");
        }
    }
}
