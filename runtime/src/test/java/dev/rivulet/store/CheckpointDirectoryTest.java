package dev.rivulet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.format.WrittenFile;
import dev.rivulet.store.CheckpointDirectory.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
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

    private static Content text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return channel -> {
            channel.write(ByteBuffer.wrap(bytes));
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            return new WrittenFile(bytes.length, crc.getValue());
        };
    }

    private void assertThatNothingTemporaryIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".rivulet"))) {
            assertThat(files).containsExactly(root.resolve(".rivulet/lock"));
        }
    }

    @Test
    void createsWhatIsMissing() throws IOException {
        Path deep = root.resolve("runs/7");

        try (CheckpointDirectory created = CheckpointDirectory.open(deep)) {
            assertThat(created.root()).isEqualTo(deep).isDirectory();
        }
    }

    @Test
    void refusesAFileInItsPlace() throws IOException {
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
        assertThatThrownBy(() -> directory.write(path, text("x")))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + path + "\" is not a place for a checkpoint inside " + root + ".");
        assertThatThrownBy(() -> directory.resolve(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.delete(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.copy("a", path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.link("a", path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesIntoFolders() throws IOException {
        assertThat(directory.write("half/best/a", text("new")))
                .isEqualTo(root.resolve("half/best/a"))
                .hasContent("new");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void replacesAFileWithoutTouchingItsContent() throws IOException {
        Path file = directory.write("a", text("old"));
        Path alias = Files.createLink(root.resolve("alias"), file);

        directory.write("a", text("new"));

        assertThat(file).hasContent("new");
        assertThat(alias).hasContent("old");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void replacesALinkAndNotItsTarget() throws IOException {
        directory.write("a", text("old"));
        directory.link("a", "last");

        directory.write("last", text("new"));

        assertThat(root.resolve("a")).hasContent("old");
        assertThat(root.resolve("last")).hasContent("new").isRegularFile();
        assertThat(Files.isSymbolicLink(root.resolve("last"))).isFalse();
    }

    @Test
    void keepsTheOldFileWhenTheNewOneFailsHalfWay() throws IOException {
        directory.write("a", text("old"));

        assertThatThrownBy(() -> directory.write("a", channel -> {
                    text("ne").writeTo(channel);
                    throw new IOException("disk full");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "The checkpoint " + root.resolve("a") + " could not be written: IOException, disk full.");
        assertThatThrownBy(() -> directory.write("a", channel -> {
                    text("ne").writeTo(channel);
                    throw new IllegalStateException("no weights");
                }))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no weights");

        assertThat(root.resolve("a")).hasContent("old");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void copiesOutliveTheirSource() throws IOException {
        directory.write("a", text("first"));
        directory.copy("a", "last");
        directory.delete("a");
        assertThat(root.resolve("last")).hasContent("first");

        directory.write("b", text("second"));
        directory.copy("b", "last");
        assertThat(root.resolve("last")).hasContent("second");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void aCopyOntoItselfLeavesNothingBehind() throws IOException {
        directory.write("a", text("first"));
        directory.copy("a", "last");

        directory.copy("a", "last");

        assertThat(root.resolve("last")).hasContent("first");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void linksAreRelativeAndFollowTheDirectory() throws IOException {
        directory.write("half/a", text("first"));
        directory.link("half/a", "newest/last");

        assertThat(Files.readSymbolicLink(root.resolve("newest/last"))).isEqualTo(Path.of("../half/a"));
        assertThat(root.resolve("newest/last")).hasContent("first");

        directory.write("half/b", text("second"));
        directory.link("half/b", "newest/last");
        assertThat(root.resolve("newest/last")).hasContent("second");
        assertThatNothingTemporaryIsLeft();
    }

    @Test
    void seesFilesFoldersAndDanglingLinks() throws IOException {
        directory.write("half/a", text("first"));
        directory.link("half/a", "last");
        directory.delete("half/a");

        assertThat(directory.exists("half")).isTrue();
        assertThat(directory.exists("half/a")).isFalse();
        assertThat(directory.exists("last")).isTrue();
    }

    @Test
    void deletesWhatIsThereAndLinksWithoutTheirTarget() throws IOException {
        directory.write("a", text("first"));
        directory.link("a", "last");

        directory.delete("last");
        directory.delete("never there");

        assertThat(directory.exists("last")).isFalse();
        assertThat(root.resolve("a")).hasContent("first");
    }
}
