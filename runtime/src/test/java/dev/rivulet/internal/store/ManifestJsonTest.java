package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rivulet.seed.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {

    @Test
    void isOneLineOfJson() {
        assertThat(new String(ManifestJson.encode(example()), StandardCharsets.UTF_8))
                .isEqualTo("{\"format\":1,\"group\":12,\"run\":\"00000000-0000-0001-0000-000000000002\","
                        + "\"saved_at\":\"2026-01-31T12:00:00Z\",\"epoch\":7,\"global_step\":800,"
                        + "\"version\":\"0.1.0\",\"metrics\":{\"val_loss\":0.25},"
                        + "\"checkpoints\":[{\"stream\":\"half\",\"file\":\"half-epoch=7.safetensors\","
                        + "\"blob\":\"tmp-00000000-0000-0003-0000-000000000004\",\"bytes\":1024,"
                        + "\"crc32c\":\"0a2b3c4d\",\"score\":0.25,"
                        + "\"derivation\":{\"transform\":\"DigitsModule#halve\",\"source\":\"original\","
                        + "\"source_digest\":\"crc32c:1a2b3c4d\"}}],"
                        + "\"pointers\":[{\"name\":\"last.safetensors\",\"target\":\"half-epoch=7.safetensors\","
                        + "\"linked\":true}],\"retired\":[\"half-epoch=4.safetensors\"],"
                        + "\"ledgers\":{\"half\":{\"kept\":\"9,11-12\",\"newest\":\"\",\"kept_for_ever\":\"3\","
                        + "\"last\":{\"name\":\"last.safetensors\",\"group\":12,\"linked\":true},"
                        + "\"rescue\":5,\"saves\":8}},\"crc32c\":\"8a3cab44\"}\n");
    }

    @Test
    void keepsEverything() throws MalformedManifestException {
        RandomManifests manifests = new RandomManifests(new SplittableRandom(Seed.VALUE));
        for (int i = 0; i < 500; i++) {
            Manifest manifest = manifests.next();

            byte[] bytes = ManifestJson.encode(manifest);

            Manifest read = ManifestJson.decode("group", bytes);
            assertThat(read).as("seed %s, manifest %s", Seed.VALUE, i).isEqualTo(manifest);
            assertThat(read.origin().metrics().keySet())
                    .containsExactlyElementsOf(manifest.origin().metrics().keySet());
            assertThat(ManifestJson.encode(read)).isEqualTo(bytes);
        }
    }

    @Test
    void isReadWithAnyOrderOfKeys() throws MalformedManifestException {
        String inOrder = new String(ManifestJson.encode(example()), StandardCharsets.UTF_8);
        String reordered = inOrder.replace("\"epoch\":7,\"global_step\":800", "\"global_step\":800,\"epoch\":7")
                .replace("\"newest\":\"\",\"kept_for_ever\":\"3\"", "\"kept_for_ever\":\"3\",\"newest\":\"\"");

        byte[] file = ManifestRuleTest.sealed(reordered.getBytes(StandardCharsets.UTF_8));

        assertThat(reordered).isNotEqualTo(inOrder);
        assertThat(ManifestJson.decode("group", file)).isEqualTo(example());
    }

    @Test
    void refusesToWriteManifestsThatItCouldNotRead() {
        Manifest example = example();
        Manifest escaping = new Manifest(
                example.group(),
                example.origin(),
                example.checkpoints(),
                example.pointers(),
                List.of("../escaping.safetensors"),
                example.retained());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestJson.encode(escaping))
                .withMessageContaining("$.retired[0]")
                .withMessageContaining("../escaping.safetensors");
    }

    static Manifest example() {
        return new Manifest(
                12,
                new Manifest.Origin(
                        new UUID(1, 2),
                        Instant.parse("2026-01-31T12:00:00Z"),
                        7,
                        800,
                        "0.1.0",
                        Map.of("val_loss", 0.25)),
                List.of(new StoredCheckpoint(
                        "half",
                        new StoredCheckpoint.Blob(
                                "half-epoch=7.safetensors", "tmp-" + new UUID(3, 4), 1024, 0x0a2b3c4dL),
                        OptionalDouble.of(0.25),
                        Optional.of(
                                new StoredCheckpoint.Derivation("DigitsModule#halve", "original", "crc32c:1a2b3c4d")))),
                List.of(new Manifest.Pointer("last.safetensors", "half-epoch=7.safetensors", true)),
                List.of("half-epoch=4.safetensors"),
                Map.of(
                        "half",
                        new RetainedGroups(
                                new RetainedGroups.Kept(
                                        new GroupSet(List.of(9L, 11L, 12L)), GroupSet.EMPTY, new GroupSet(List.of(3L))),
                                Optional.of(new RetainedGroups.Pointed("last.safetensors", 12, true)),
                                Optional.empty(),
                                OptionalLong.of(5),
                                8)));
    }
}
