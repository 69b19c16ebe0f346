package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryRecoveryTest {
    @TempDir
    Path root;

    @BeforeEach
    void saveTwoGroups() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            SavedRun run = new SavedRun(directory, 2);
            run.save("a");
            run.save("half/b");
        }
    }

    private Recovery recovered() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            return directory.recovery();
        }
    }

    private Path temporary() {
        return root.resolve(".rivulet/tmp-" + UUID.randomUUID());
    }

    private static Recovery nothing() {
        return new Recovery(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    @Test
    void doesNothingAfterACleanExit() throws IOException {
        assertThat(recovered()).isEqualTo(nothing());
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.catalog().manifests())
                    .extracting(Manifest::group)
                    .containsExactly(1L, 2L);
            assertThat(directory.begin().number()).isEqualTo(3);
        }
    }

    /** As versions did that formatted the number in the locale of the JVM. */
    @Test
    void findsManifestsThatAreNamedInOtherDigits() throws IOException {
        Path manifests = root.resolve(".rivulet");
        Path arabic =
                Files.move(manifests.resolve("group-0000000002.json"), manifests.resolve("group-٠٠٠٠٠٠٠٠٠٢.json"));

        assertThat(Catalog.read(root).manifests()).extracting(Manifest::group).containsExactly(1L, 2L);
        assertThat(recovered()).isEqualTo(nothing());
        assertThat(arabic).doesNotExist();
        assertThat(manifests.resolve("group-0000000002.json")).exists();
    }

    @Test
    void acceptsOneManifestForAGroup() throws IOException {
        Path manifests = root.resolve(".rivulet");
        Files.copy(manifests.resolve("group-0000000001.json"), manifests.resolve("group-٠٠٠٠٠٠٠٠٠٢.json"));

        assertThat(Catalog.read(root).damaged()).hasSize(1);
        assertThat(recovered().quarantined())
                .extracting(Recovery.Quarantined::file)
                .containsExactly(".rivulet/group-٠٠٠٠٠٠٠٠٠٢.json");
        assertThat(Catalog.read(root).manifests()).extracting(Manifest::group).containsExactly(1L, 2L);
    }

    @Test
    void publishesACommittedGroup() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            SavedRun run = new SavedRun(directory, 1);
            run.save("c");
            try (Group group = directory.begin()) {
                run.commit(group, "d");
            }
            assertThat(directory.exists("d")).isFalse();
        }

        assertThat(recovered().rolledForward()).containsExactly(4L);
        assertThat(root.resolve("d")).hasContent("d");
        assertThat(root.resolve("last")).hasContent("d");
        assertThat(root.resolve("c")).doesNotExist();
        assertThat(recovered()).isEqualTo(nothing());
    }

    @Test
    void deletesOrphanedFilesAndLinksButNotTheirTargets() throws IOException {
        Path blob = Files.writeString(temporary(), "half");
        Path link = Files.createSymbolicLink(temporary(), root.resolve("a"));

        assertThat(recovered().deletedOrphans()).hasSize(2);
        assertThat(blob).doesNotExist();
        assertThat(link).doesNotExist();
        assertThat(root.resolve("a")).hasContent("a");
    }

    @Test
    void quarantinesAnOrphanedFolder() throws IOException {
        Path folder = Files.createDirectory(temporary());
        Files.writeString(folder.resolve("precious"), "precious");

        Recovery.Quarantined moved = recovered().quarantined().get(0);

        assertThat(moved.reason()).contains("folder");
        assertThat(root.resolve(moved.location()).resolve("precious")).hasContent("precious");
    }

    @Test
    void quarantinesANewestFileWithAFlippedBit() throws IOException {
        Files.writeString(root.resolve("half/b"), "half/c");

        assertThat(recovered().quarantined()).singleElement().satisfies(moved -> {
            assertThat(moved.file()).isEqualTo("half/b");
            assertThat(moved.location()).isEqualTo(".rivulet/quarantine/half%2Fb");
            assertThat(moved.reason()).contains("CRC-32C");
        });
        assertThat(root.resolve(".rivulet/quarantine/half%2Fb")).hasContent("half/c");
        assertThat(root.resolve(".rivulet/quarantine/half%2Fb.reason.txt"))
                .content()
                .startsWith("half/b: its CRC-32C is ");
        assertThat(root.resolve("a")).hasContent("a");
        assertThat(recovered().missing()).extracting(Recovery.Missing::file).containsExactly("half/b");
    }

    @Test
    void quarantinesAnOlderFileWithTheWrongSize() throws IOException {
        Files.writeString(root.resolve("a"), "longer");

        assertThat(recovered().quarantined())
                .singleElement()
                .satisfies(moved -> assertThat(moved.reason()).isEqualTo("it has 6 bytes, but 1 were written"));
    }

    @Test
    void reportsFilesThatAUserDeleted() throws IOException {
        Files.delete(root.resolve("a"));

        assertThat(recovered())
                .isEqualTo(new Recovery(
                        List.of(), List.of(), List.of(), List.of(new Recovery.Missing("original", 1, "a")), List.of()));
    }

    @Test
    void quarantinesAFolderInPlaceOfARetainedFile() throws IOException {
        Files.delete(root.resolve("a"));
        Files.createDirectory(root.resolve("a"));
        Files.writeString(root.resolve("a/precious"), "precious");

        recovered();

        assertThat(root.resolve(".rivulet/quarantine/a/precious")).hasContent("precious");
    }

    @Test
    void readsARetainedFileThroughALinkButMovesOnlyTheLink() throws IOException {
        Path elsewhere = Files.move(root.resolve("a"), root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("a"), elsewhere);
        assertThat(recovered()).isEqualTo(nothing());

        Files.writeString(elsewhere, "longer");
        assertThat(recovered().quarantined()).hasSize(1);
        assertThat(elsewhere).hasContent("longer");
    }

    @Test
    void quarantinesADamagedManifestWithTheBlobsThatItMayName() throws IOException {
        Path manifest = root.resolve(".rivulet/group-0000000002.json");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);
        Path blob = Files.writeString(temporary(), "precious");

        Recovery recovery = recovered();

        assertThat(recovery.deletedOrphans()).isEmpty();
        assertThat(recovery.quarantined())
                .extracting(Recovery.Quarantined::file)
                .containsExactly(".rivulet/" + blob.getFileName(), ".rivulet/group-0000000002.json");
        assertThat(root.resolve(recovery.quarantined().get(0).location())).hasContent("precious");
        assertThat(root.resolve(recovery.quarantined().get(1).location())).hasBinaryContent(bytes);
        assertThat(root.resolve("last")).hasContent("a");
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.begin().number()).isEqualTo(3);
        }
    }

    @Test
    void aDamagedBlobReplacesNothingAndSupersedesNothing() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            SavedRun run = new SavedRun(directory, 1);
            run.save("c");
            try (Group group = directory.begin()) {
                run.commit(group, "d");
            }
        }
        Path blob;
        try (Stream<Path> files = Files.list(root.resolve(".rivulet"))) {
            blob = files.filter(file -> file.getFileName().toString().startsWith("tmp-"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(blob, "e");

        assertThat(recovered().quarantined()).hasSize(1);
        assertThat(root.resolve("d")).doesNotExist();
        assertThat(root.resolve("c")).hasContent("c");
        assertThat(root.resolve("last")).hasContent("c");
    }

    @Test
    void retainsFilesOfEarlierRunsAndForgetsRunsWithoutFiles() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            SavedRun second = new SavedRun(directory, 2);
            second.save("c");
            second.save("d");
        }
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.catalog().manifests()).hasSize(4);
        }
        Files.delete(root.resolve("a"));
        Files.delete(root.resolve("half/b"));
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.catalog().manifests())
                    .extracting(Manifest::group)
                    .containsExactly(3L, 4L);
            assertThat(root.resolve("last")).hasContent("d");
        }
    }

    @Test
    void doesNotPublishALinkInPlaceOfABlob() throws IOException {
        Path blob;
        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            SavedRun run = new SavedRun(directory, 1);
            try (Group group = directory.begin()) {
                run.commit(group, "d");
            }
            blob = directory
                    .catalog()
                    .locate(directory.catalog().checkpoint("original", 3).orElseThrow());
        }
        Path elsewhere = Files.move(blob, root.resolve("elsewhere"));
        Files.createSymbolicLink(blob, elsewhere);

        assertThat(recovered().quarantined())
                .extracting(Recovery.Quarantined::reason)
                .contains("it is a symbolic link");
        assertThat(root.resolve("d")).doesNotExist();
        assertThat(elsewhere).hasContent("d");
    }

    @Test
    void doesNotFollowALinkInPlaceOfTheQuarantine() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve(".rivulet/quarantine"), elsewhere);
        Files.writeString(root.resolve("a"), "longer");

        assertThatThrownBy(() -> CheckpointDirectory.open(root)).hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesALinkInPlaceOfItsOwnFolder() throws IOException {
        Path other = root.resolve("other");
        Files.createDirectories(other);
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(other.resolve(".rivulet"), elsewhere);

        assertThatThrownBy(() -> CheckpointDirectory.open(other)).hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }
}
