package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointDirectoryTest {
    @TempDir
    Path root;

    private CheckpointDirectory directory;

    @BeforeEach
    void open() throws IOException {
        directory = CheckpointDirectory.open(root);
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private void assertThatNothingTemporaryIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".rivulet"))) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("tmp-"));
        }
    }

    @Test
    void createsMissingFolders() throws IOException {
        Path deep = root.resolve("runs/7");

        try (CheckpointDirectory created = CheckpointDirectory.open(deep)) {
            assertThat(created.root()).isEqualTo(deep).isDirectory();
        }
    }

    @Test
    void refusesAFileAtItsPath() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "precious");

        assertThatThrownBy(() -> CheckpointDirectory.open(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContainingAll("Checkpoints cannot be written to " + file, "Make the directory writable");
        assertThat(file).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a",
                "a/../../b",
                "/etc/passwd",
                "a/..",
                ".rivulet",
                ".rivulet/a",
                "a/../.rivulet/b"
            })
    void refusesPathsThatLeadOutsideOrIntoItsOwnFolder(String path) {
        assertThatThrownBy(() -> directory.resolve(path))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + path + "\" is not a valid path for a checkpoint in " + root + ".");
        assertThatThrownBy(() -> directory.resolve(path)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Saves a group of one file with this content, with pointers and superseded files. */
    private void save(String file, String content, List<Manifest.Pointer> pointers, String... superseded)
            throws IOException {
        try (Group group = directory.begin()) {
            Blob blob = SavedRun.write(group, file, content);
            group.commit(new Manifest(
                    group.number(),
                    new Manifest.Origin(UUID.randomUUID(), Instant.EPOCH, 0, group.number(), "1", Map.of()),
                    List.of(new StoredCheckpoint("original", blob, OptionalDouble.empty(), Optional.empty())),
                    pointers,
                    List.of(superseded),
                    Map.of("original", RetainedGroups.EMPTY)));
            group.publish();
        }
    }

    private static List<Manifest.Pointer> copy(String name, String target) {
        return List.of(new Manifest.Pointer(name, target, false));
    }

    private static List<Manifest.Pointer> link(String name, String target) {
        return List.of(new Manifest.Pointer(name, target, true));
    }

    @Test
    void replacesAFileWithoutTouchingItsContent() throws IOException {
        save("half/a", "old", List.of());
        Path alias = Files.createLink(root.resolve("alias"), root.resolve("half/a"));

        save("half/a", "new", List.of());

        assertThat(root.resolve("half/a")).hasContent("new");
        assertThat(alias).hasContent("old");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void replacesALinkAndNotItsTarget() throws IOException {
        save("a", "old", link("last", "a"));

        save("last", "new", List.of());

        assertThat(root.resolve("a")).hasContent("old");
        assertThat(root.resolve("last")).hasContent("new").isRegularFile();
        assertThat(Files.isSymbolicLink(root.resolve("last"))).isFalse();
    }

    @Test
    void copiesOutliveTheirSource() throws IOException {
        save("a", "first", copy("last", "a"));
        save("b", "second", List.of(), "a");
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(root.resolve("last")).hasContent("first");

        save("c", "third", copy("last", "c"));
        assertThat(root.resolve("last")).hasContent("third");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void linksAreRelativeAndFollowTheDirectory() throws IOException {
        save("half/a", "first", link("newest/last", "half/a"));

        assertThat(Files.readSymbolicLink(root.resolve("newest/last"))).isEqualTo(Path.of("../half/a"));
        assertThat(root.resolve("newest/last")).hasContent("first");

        save("half/b", "second", link("newest/last", "half/b"));
        assertThat(root.resolve("newest/last")).hasContent("second");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void findsFilesFoldersAndDanglingLinks() throws IOException {
        save("half/a", "first", link("last", "half/a"));
        save("b", "second", List.of(), "half/a");

        assertThat(directory.exists("half")).isTrue();
        assertThat(directory.exists("half/a")).isFalse();
        assertThat(directory.exists("last")).isTrue();
    }

    @Test
    void deletesLinksWithoutTheirTargetsAndSkipsMissingFiles() throws IOException {
        save("a", "first", link("last", "a"));

        save("b", "second", List.of(), "last", "never there");

        assertThat(directory.exists("last")).isFalse();
        assertThat(root.resolve("a")).hasContent("first");
    }

    @Test
    void refusesAFolderAtTheFilePath() throws IOException {
        Files.createDirectories(root.resolve("a"));

        assertThatThrownBy(() -> directory.requireNameable("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(root.resolve("a") + " could not be written: a folder with that name exists");
        directory.requireNameable("b");
    }
}
