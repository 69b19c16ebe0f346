package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.DirectoryLostException;
import dev.rivulet.checkpoint.InsufficientSpaceException;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTest {
    @TempDir
    Path root;

    private CheckpointDirectory directory;
    private SavedRun run;

    @BeforeEach
    void open() throws IOException {
        directory = CheckpointDirectory.open(root, new RetryPolicy(3, Duration.ZERO));
        run = new SavedRun(directory, 2);
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private List<String> privateFiles() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".rivulet"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void isInvisibleUntilItIsPublished() throws IOException {
        try (Group group = directory.begin()) {
            run.commit(group, "half/a");
            assertThat(directory.exists("half")).isFalse();
            assertThat(directory.catalog().newest()).isPresent();

            group.publish();
            group.publish();
        }
        assertThat(root.resolve("half/a")).hasContent("half/a");
        assertThat(root.resolve("last")).hasContent("half/a").isSymbolicLink();
        assertThat(privateFiles()).containsExactly("group-0000000001.json", "lock");
    }

    @Test
    void leavesNoFilesWithoutCommit() throws IOException {
        run.save("a");
        try (Group group = directory.begin()) {
            SavedRun.write(group, "b", "b");
        }
        assertThat(privateFiles()).containsExactly("group-0000000001.json", "lock");
        assertThat(root.resolve("last")).hasContent("a");
    }

    @Test
    void deletesSupersededFilesAndManifests() throws IOException {
        for (String file : List.of("a", "b", "c", "d")) {
            run.save(file);
        }
        assertThat(directory.exists("a")).isFalse();
        assertThat(directory.exists("b")).isFalse();
        assertThat(directory.exists("c")).isTrue();
        assertThat(privateFiles()).containsExactly("group-0000000003.json", "group-0000000004.json", "lock");
        assertThat(directory.catalog().manifests()).extracting(Manifest::group).containsExactly(3L, 4L);
    }

    @Test
    void isPublishedByTheNextGroupIfPublishingFailed() throws IOException {
        Path obstacle = Files.createDirectories(root.resolve("a/folder"));
        try (Group group = directory.begin()) {
            run.commit(group, "a");
            assertThatThrownBy(group::publish)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContainingAll(
                            "Group 1 is safe", root.resolve("a").toString(), "no folder has the path");
        }
        assertThatThrownBy(directory::begin).hasMessageContaining("Group 1 is safe");
        Files.delete(obstacle);
        Files.delete(root.resolve("a"));

        run.save("b");

        assertThat(root.resolve("a")).hasContent("a");
        assertThat(root.resolve("last")).hasContent("b");
    }

    @Test
    void refusesAManifestOfOtherFiles() throws IOException {
        try (Group group = directory.begin()) {
            Blob blob = SavedRun.write(group, "a", "a");
            Blob wrong = new Blob("a", blob.name(), blob.bytes(), blob.crc32c() ^ 1);
            assertThatThrownBy(() -> group.commit(run.manifest(1, List.of(wrong), List.of(1L), List.of())))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> group.commit(run.manifest(2, List.of(blob), List.of(2L), List.of())))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
        assertThat(privateFiles()).containsExactly("lock");
    }

    @Test
    void onlyOneGroupIsOpenAtATime() throws IOException {
        try (Group group = directory.begin()) {
            assertThatThrownBy(directory::begin)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("Group " + group.number() + " is not closed yet.");
        }
    }

    @Test
    void writesAgainAfterATransientFailure() throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        try (Group group = directory.begin()) {
            group.write("a", 3, channel -> {
                if (attempts.incrementAndGet() < 3) {
                    SavedRun.string("partial").writeTo(channel);
                    throw new IOException("Input/output error");
                }
                return SavedRun.string("abc").writeTo(channel);
            });
            assertThat(privateFiles()).hasSize(2);
        }
        assertThat(attempts).hasValue(3);
    }

    @Test
    void doesNotRetryAPermanentFailure() throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        run.save("a");
        try (Group group = directory.begin()) {
            assertThatThrownBy(() -> group.write("b", 3, channel -> {
                        attempts.incrementAndGet();
                        throw new IOException("No space left on device");
                    }))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContainingAll(root.resolve("b").toString(), "No space left", "that the disk has room");
        }
        assertThat(attempts).hasValue(1);
        assertThat(root.resolve("last")).hasContent("a");
        run.save("b");
    }

    @Test
    void refusesFilesThatDoNotFitOnTheDisk() throws IOException {
        try (Group group = directory.begin()) {
            assertThatThrownBy(() -> group.write("a", Long.MAX_VALUE, SavedRun.string("a")))
                    .hasCauseInstanceOf(InsufficientSpaceException.class)
                    .hasMessageContainingAll("it needs " + Long.MAX_VALUE + " bytes", "room for ");
        }
    }

    @Test
    void refusesContentOfAnotherSizeThanDeclared() throws IOException {
        try (Group group = directory.begin()) {
            assertThatThrownBy(() -> group.write("a", 2, SavedRun.string("abc")))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("2 bytes were declared, but the content wrote 3 bytes.");
        }
        assertThat(privateFiles()).containsExactly("lock");
    }

    @Test
    void reportsThatItsFolderIsMissing() throws IOException {
        try (Group group = directory.begin()) {
            Files.delete(root.resolve(".rivulet/lock"));
            Files.delete(root.resolve(".rivulet"));
            assertThatThrownBy(() -> SavedRun.write(group, "a", "a"))
                    .isExactlyInstanceOf(DirectoryLostException.class)
                    .hasMessageContaining(root.toString());
        }
    }

    @Test
    void rollsBackAFailedCommitSoThatTheNextOneWorks() throws IOException {
        run.save("a");
        Path obstacle = Files.createDirectories(root.resolve(".rivulet/group-0000000002.json"));
        try (Group group = directory.begin()) {
            assertThatThrownBy(() -> run.commit(group, "b"))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContainingAll("Group 2 could not be committed to " + root, "Make sure");
        }
        assertThat(obstacle).doesNotExist();
        run.save("c");
        assertThat(root.resolve("last")).hasContent("c");
        assertThat(root.resolve("a")).hasContent("a");
    }

    @Test
    void aCommitInDoubtBlocksFurtherGroupsUntilRecovery() throws IOException {
        run.save("a");
        Path obstacle = Files.createDirectories(root.resolve(".rivulet/group-0000000002.json/folder"));
        try (Group group = directory.begin()) {
            assertThatThrownBy(() -> run.commit(group, "b")).isExactlyInstanceOf(IOException.class);
        }
        assertThatThrownBy(directory::begin).hasMessageContaining("whether group 2 of " + root + " exists");
        assertThat(obstacle).exists();
        assertThat(root.resolve("last")).hasContent("a");
    }

    @Test
    void anInterruptBeforeTheCommitLeavesTheDirectoryUsable() throws IOException {
        run.save("a");
        try (Group group = directory.begin()) {
            Blob blob = SavedRun.write(group, "b", "b");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> group.commit(run.manifest(2, List.of(blob), List.of(1L, 2L), List.of())))
                    .isExactlyInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        run.save("c");
        assertThat(root.resolve("last")).hasContent("c");
    }

    @Test
    void flushesLargeFilesWhileTheyAreWritten() throws IOException {
        int pieces = 80;
        byte[] piece = new byte[1 << 20];
        try (Group group = directory.begin()) {
            Blob blob = group.write("large", (long) pieces << 20, channel -> {
                CRC32C crc = new CRC32C();
                for (int i = 0; i < pieces; i++) {
                    piece[i] = 1;
                    channel.write(ByteBuffer.wrap(piece));
                    crc.update(piece);
                }
                return new WrittenFile((long) pieces << 20, crc.getValue());
            });
            group.commit(run.manifest(1, List.of(blob), List.of(1L), List.of()));
            group.publish();
        }
        StoredCheckpoint stored = directory.catalog().checkpoint("original", 1).orElseThrow();
        assertThat(FileCheck.content(root.resolve("large"), stored)).isEmpty();
    }

    @Test
    void aFailedEarlyFlushFailsTheWrite() throws IOException {
        FileChannel closed = FileChannel.open(root.resolve("x"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        closed.close();
        EarlyFlush flush = EarlyFlush.begin(closed);
        flush.written(1L << 30);

        assertThatThrownBy(flush::finish)
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("flushing failed");
    }
}
