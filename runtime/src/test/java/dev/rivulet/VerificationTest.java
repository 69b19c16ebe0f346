package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.DirectoryVerification;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.checkpoint.Verification;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file is compared with its checksums before it is used. */
class VerificationTest extends FitTestCase {
    private final Block block = Linear.builder().setUnits(1).build();

    @BeforeEach
    void train() {
        try (TransformingModule module = new TransformingModule()) {
            fit(module);
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        block.getDirectParameters().get("weight").getArray().set(new float[] {9, 9});
    }

    private void assertNothingIsLoaded() {
        assertThat(block.getDirectParameters().get("weight").getArray().toFloatArray())
                .containsOnly(9);
    }

    private static void damageEnd(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    /** Flips a bit of the weights, whose bytes occur in the file once. */
    private static void damageData(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            byte[] weight = new byte[2 * Float.BYTES];
            open.readAll(Map.of("weight", List.of(ByteBuffer.wrap(weight))));
            bytes[indexOf(weight, bytes)] ^= 1;
        }
        Files.write(file, bytes);
    }

    private static int indexOf(byte[] part, byte[] whole) {
        return IntStream.range(0, whole.length)
                .filter(from -> ByteBuffer.wrap(whole, from, Math.min(part.length, whole.length - from))
                        .equals(ByteBuffer.wrap(part)))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"original, the checksum of \"archive/data/0\"", "transformed, the checksum of its data"})
    void aDamagedFileIsRefusedBeforeAnythingIsLoaded(String stream, String damage) throws IOException {
        Path file = file(stream, 1);
        damageData(file);

        assertThatThrownBy(() -> Checkpoints.load(file, block, manager))
                .isExactlyInstanceOf(DamagedFileException.class)
                .hasMessageContaining(damage);
        assertNothingIsLoaded();
        try (TransformingModule module = new TransformingModule()) {
            assertThatThrownBy(() -> Checkpoints.load(file, module)).isExactlyInstanceOf(DamagedFileException.class);
            assertThat(LiveNetwork.hasWeights(module)).isFalse();
        }
    }

    @Test
    void anotherValidFileInItsPlaceIsRefused() throws IOException {
        Files.copy(file("transformed", 0), file("original", 1), StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> Checkpoints.load(file("original", 1), block, manager))
                .isExactlyInstanceOf(DamagedFileException.class)
                .hasMessageContaining("the checksum of the whole file")
                .hasMessageContaining("the manifest of group 2");
        assertNothingIsLoaded();
    }

    @Test
    void aFileJustVerifiedMayBeLoadedWithoutChecksums() throws IOException {
        Files.copy(file("transformed", 0), file("original", 1), StandardCopyOption.REPLACE_EXISTING);

        Checkpoints.load(file("original", 1), block, manager, Verification.HEADER);

        assertThat(block.getDirectParameters().get("weight").getArray().toFloatArray())
                .doesNotContain(9);
    }

    @Test
    void aFileIsComparedWithEveryKnownChecksum() throws IOException {
        Path copy = Files.copy(file("original", 1), directory.resolve("copy"));
        Path external = external();

        FileVerification kept = Checkpoints.verify(file("original", 1));
        assertThat(kept.isGood()).isTrue();
        assertThat(kept.checked()).containsExactly(FileVerification.Part.values());
        assertThat(Checkpoints.verify(copy).checked())
                .containsExactly(FileVerification.Part.HEADER, FileVerification.Part.DATA);
        assertThat(Checkpoints.verify(external)).isEqualTo(new FileVerification(external, Set.of(), List.of()));
    }

    @Test
    void aLinkIsVerifiedAsItsTarget() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file("original", 1));

        assertThat(Checkpoints.verify(link).checked()).contains(FileVerification.Part.MANIFEST);
        Checkpoints.load(link, block, manager);
    }

    @Test
    void allProblemsOfAFileAreReported() throws IOException {
        damageData(file("original", 1));
        Path missing = directory.resolve("missing");

        FileVerification damaged = Checkpoints.verify(file("original", 1));

        assertThat(damaged.isGood()).isFalse();
        assertThat(damaged.problems())
                .singleElement()
                .asString()
                .contains(file("original", 1).toString(), "the checksum of \"archive/data/0\"");
        assertThatThrownBy(() -> Checkpoints.verify(missing)).isInstanceOf(NoSuchFileException.class);
    }

    /** A file without checksums. */
    private Path external() throws IOException {
        String header = "{\"byte\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length() + 1).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        return Files.write(directory.resolve("external.safetensors"), bytes.array());
    }

    @Test
    void aDirectoryIsVerifiedGroupByGroup() throws IOException {
        Path unowned = Files.copy(file("half", 0), checkpoints().resolve("mine.safetensors"));
        assertThat(Checkpoints.verifyAll(checkpoints()).isGood()).isTrue();
        damageData(file("averaged", 0));
        Files.delete(file("tail", 1));

        DirectoryVerification found = Checkpoints.verifyAll(checkpoints());

        assertThat(found.groups())
                .extracting(DirectoryVerification.Group::number)
                .containsExactly(2L, 1L);
        assertThat(states(found, 2)).containsEntry("tail", DirectoryVerification.State.MISSING);
        assertThat(states(found, 1))
                .hasSize(6)
                .containsEntry("averaged", DirectoryVerification.State.DAMAGED)
                .containsEntry("tail", DirectoryVerification.State.GOOD);
        assertThat(found.problems()).hasSize(2);
        assertThat(found.unowned()).containsExactly(unowned);
    }

    private static Map<String, DirectoryVerification.State> states(DirectoryVerification found, long number) {
        return found.groups().stream()
                .filter(group -> group.number() == number)
                .flatMap(group -> group.files().stream())
                .collect(Collectors.toMap(
                        DirectoryVerification.KeptFile::stream, DirectoryVerification.KeptFile::state));
    }

    @Test
    void aDamagedManifestIsReportedAndItsFilesBelongToNoGroup() throws IOException {
        Path manifest = checkpoints().resolve(".rivulet/group-0000000002.json");
        damageEnd(manifest);

        DirectoryVerification found = Checkpoints.verifyAll(checkpoints());

        assertThat(found.manifests())
                .extracting(DirectoryVerification.DamagedManifest::file)
                .containsExactly(manifest);
        assertThat(found.groups())
                .extracting(DirectoryVerification.Group::number)
                .containsExactly(1L);
        assertThat(found.unowned()).contains(file("original", 1)).hasSize(6);
        Checkpoints.load(file("original", 1), block, manager);
    }
}
