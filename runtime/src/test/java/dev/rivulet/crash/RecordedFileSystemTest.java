package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows cannot open directories, and restricts symbolic links")
class RecordedFileSystemTest {
    @TempDir
    Path folder;

    private RecordedFileSystem disk;
    private Path top;

    @BeforeEach
    void format() throws IOException {
        disk = RecordedFileSystem.holding(new DiskImage(), folder);
        top = disk.top();
    }

    @Test
    void performsOperationsOnTheRealDisk() throws IOException {
        Files.createDirectories(top.resolve("a/b"));
        Files.writeString(top.resolve("a/b/text"), "hello");
        Files.move(top.resolve("a/b/text"), top.resolve("a/moved"), StandardCopyOption.ATOMIC_MOVE);
        Files.createLink(top.resolve("again"), top.resolve("a/moved"));
        Files.createSymbolicLink(top.resolve("link"), top.getFileSystem().getPath("a", "moved"));
        Files.copy(top.resolve("link"), top.resolve("copy"));
        Files.delete(top.resolve("a/moved"));

        assertThat(folder.resolve("again")).hasContent("hello");
        assertThat(folder.resolve("copy")).hasContent("hello");
        assertThat(Files.readSymbolicLink(folder.resolve("link"))).isEqualTo(Path.of("a", "moved"));
        assertThat(folder.resolve("a/moved")).doesNotExist();
        assertThat(folder.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void recordsEveryChangeInOrder() throws IOException {
        Path file = top.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(new ByteBuffer[] {UTF_8.encode("one"), UTF_8.encode("two")});
            channel.write(UTF_8.encode("O"), 0);
            channel.truncate(4);
            channel.force(true);
        }
        force(top);
        Files.move(file, top.resolve("new"));
        Files.delete(top.resolve("new"));

        Entry.File one = new Entry.File(1);
        assertThat(disk.recording().operations())
                .containsExactly(
                        new Operation.Name("file", one),
                        new Operation.Write(1, 0, UTF_8.encode("onetwo")),
                        new Operation.Write(1, 0, UTF_8.encode("O")),
                        new Operation.Truncate(1, 4),
                        new Operation.Force(1, true),
                        new Operation.ForceDirectory("", true),
                        new Operation.Rename("file", "new", one),
                        new Operation.Unlink("new"));
    }

    @Test
    void appendsAndReadsLikeTheRealDisk() throws IOException {
        Path file = top.resolve("file");
        Files.writeString(file, "one");
        Files.writeString(file, "two", StandardOpenOption.APPEND);

        assertThat(file).hasContent("onetwo");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(top, "f*")) {
            assertThat(files).containsExactly(file);
        }
        assertThat(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .size())
                .isEqualTo(6);
        assertThat(Files.getFileStore(file).getUsableSpace()).isPositive();
        assertThat(Files.isWritable(file)).isTrue();
        assertThat(Files.isSameFile(file, top.resolve("./file"))).isTrue();
    }

    @Test
    void movingOneHardLinkOntoAnotherDoesNothing() throws IOException {
        Path file = Files.writeString(top.resolve("file"), "one");
        Path other = Files.createLink(top.resolve("other"), file);

        Files.move(file, other, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        assertThat(file).exists();
        assertThat(disk.recording().operations()).hasSize(3);
    }

    @Test
    void doesNotRecordFailedOperations() throws IOException {
        Path file = Files.createFile(top.resolve("file"));

        assertThatThrownBy(() -> Files.createFile(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> Files.delete(top.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Files.createSymbolicLink(file, file)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(disk.recording().operations()).hasSize(1);
    }

    @Test
    void locksLikeTheRealDisk() throws IOException {
        Path file = Files.createFile(top.resolve("file"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock().isValid()).isTrue();
        }
    }

    @Test
    void failsOneOperationButNotTheNext() throws IOException {
        disk.recording().fail(new Fault(1, Fault.Kind.EACCES, false));

        Files.createFile(top.resolve("first"));
        assertThatThrownBy(() -> Files.createFile(top.resolve("second"))).isInstanceOf(AccessDeniedException.class);
        Files.createFile(top.resolve("third"));

        assertThat(folder.resolve("first")).exists();
        assertThat(folder.resolve("second")).doesNotExist();
        assertThat(folder.resolve("third")).exists();
    }

    @Test
    void failsAllOperationsFromAnIndex() throws IOException {
        disk.recording().fail(new Fault(1, Fault.Kind.EROFS, true));

        Files.createFile(top.resolve("first"));
        for (String name : List.of("second", "third")) {
            assertThatThrownBy(() -> Files.createFile(top.resolve(name))).hasMessageContaining("Read-only file system");
        }
    }

    @Test
    void aFullDiskWritesTheFirstHalf() throws IOException {
        disk.recording().fail(new Fault(1, Fault.Kind.ENOSPC, false));

        assertThatThrownBy(() -> Files.writeString(top.resolve("file"), "12345678"))
                .hasMessageContaining("No space left on device");

        assertThat(folder.resolve("file")).hasContent("1234");
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
