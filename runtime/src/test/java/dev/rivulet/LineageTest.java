package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.file.TorchCheckpointFile;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.registry.RuntimeVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files and manifests record the same lineage. */
class LineageTest extends FitTestCase {

    @BeforeEach
    void train() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("averaged", (weights, context) -> weights.map((name, weight) -> weight.mul(0.25f)));
            fit(module);
        }
    }

    @Test
    void aFileAndItsManifestAgree() throws IOException {
        List<Manifest> manifests = Catalog.read(checkpoints()).manifests();
        assertThat(manifests).hasSize(2);
        for (Manifest manifest : manifests) {
            assertThat(manifest.checkpoints()).hasSize(6);
            for (StoredCheckpoint stored : manifest.checkpoints()) {
                assertAgree(manifest, stored);
            }
        }
    }

    private void assertAgree(Manifest manifest, StoredCheckpoint stored) throws IOException {
        Path file = checkpoints().resolve(stored.file());
        Provenance provenance = Checkpoints.describe(file).provenance();
        assertThat(provenance.stream()).isEqualTo(stored.stream());
        assertThat(provenance.epoch()).isEqualTo(manifest.origin().epoch());
        assertThat(provenance.globalStep()).isEqualTo(manifest.origin().globalStep());
        assertThat(provenance.metrics())
                .isEqualTo(manifest.origin().metrics())
                .containsOnlyKeys("train_loss", "val_loss");
        assertThat(provenance.version()).isEqualTo(manifest.origin().version()).isEqualTo(RuntimeVersion.current());
        assertThat(provenance.derivation())
                .isEqualTo(stored.derivation()
                        .map(from -> new Provenance.Derivation(
                                from.transform(), from.source(), Optional.of(from.sourceDigest()))));
        assertThat(kind(file)).isEqualTo(stored.derivation().isPresent() ? "derived" : "original");
    }

    private static String kind(Path file) throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            if (open instanceof TorchCheckpointFile torch) {
                return torch.dictionary().get("rivulet") instanceof Map<?, ?> own
                        ? String.valueOf(own.get("kind"))
                        : "none";
            }
            return open.metadata().getOrDefault("rivulet.kind", "none");
        }
    }

    @Test
    void aSourceDigestMatchesTheSourceInTheSameGroup() throws IOException {
        Map<String, String> sources = Map.of(
                "transformed",
                "original",
                "averaged",
                "original",
                "pruned",
                "original",
                "half",
                "averaged",
                "tail",
                "averaged");
        for (int epoch = 0; epoch < 2; epoch++) {
            for (Map.Entry<String, String> stream : sources.entrySet()) {
                Provenance.Derivation derivation = Checkpoints.describe(file(stream.getKey(), epoch))
                        .provenance()
                        .derivation()
                        .orElseThrow();
                assertThat(derivation.transform()).isEqualTo("TransformingModule#" + stream.getKey());
                assertThat(derivation.source()).isEqualTo(stream.getValue());
                assertThat(derivation.sourceDigest()).contains(digest(file(stream.getValue(), epoch)));
            }
        }
        assertThat(digest(file("original", 0))).isNotEqualTo(digest(file("original", 1)));
        assertThat(digest(file("original", 1))).isNotEqualTo(digest(file("averaged", 1)));
    }

    private static String digest(Path file) throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            return WeightsDigest.of(Weights.tensors(open));
        }
    }
}
