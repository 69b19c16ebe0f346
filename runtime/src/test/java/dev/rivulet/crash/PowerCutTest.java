package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerCutTest {
    private static final Entry.File FILE = new Entry.File(1);
    private static final Entry.File OTHER = new Entry.File(2);
    private static final Operation CREATE = new Operation.Name("a", FILE);
    private static final Operation WRITE = new Operation.Write(1, 0, UTF_8.encode("hello"));
    private static final Operation FORCE = new Operation.Force(1, true);
    private static final Operation FORCE_TOP = new Operation.ForceDirectory("", true);
    private static final Operation RENAME = new Operation.Rename("a", "b", FILE);

    @TempDir
    Path folder;

    @Test
    void keepsForcedChanges() {
        assertThat(states(CREATE, WRITE, FORCE, FORCE_TOP)).containsExactly("a=hello");
        assertThat(new PowerCut(new DiskImage(), List.of(CREATE, WRITE, FORCE, FORCE_TOP)).isCertain())
                .isTrue();
    }

    @Test
    void mayLoseAnUnforcedName() {
        assertThat(states(CREATE, WRITE, FORCE)).containsExactly("", "a=hello");
    }

    @Test
    void mayLoseOrZeroUnforcedContent() {
        assertThat(states(CREATE, WRITE, FORCE_TOP)).contains("a=", "a=\0\0\0\0\0", "a=hello");
    }

    @Test
    void tearsAWriteAtSectors() {
        Operation large =
                new Operation.Write(1, 0, ByteBuffer.wrap("x".repeat(1024).getBytes(UTF_8)));

        assertThat(states(CREATE, large, FORCE_TOP))
                .contains("a=" + "x".repeat(512), "a=" + "\0".repeat(512) + "x".repeat(512));
    }

    @Test
    void aRenameIsAtomic() {
        assertThat(states(CREATE, WRITE, FORCE, FORCE_TOP, RENAME)).containsExactly("a=hello", "b=hello");
    }

    @Test
    void reordersChangesOfNames() {
        Operation second = new Operation.Name("c", OTHER);

        assertThat(states(CREATE, WRITE, FORCE, second)).containsExactly("", "a=hello", "a=hello c=", "c=");
    }

    @Test
    void losesANameInALostFolder() {
        Operation makeFolder = new Operation.Name("d", new Entry.Directory());
        Operation inFolder = new Operation.Name("d/a", FILE);

        assertThat(states(makeFolder, inFolder, WRITE, FORCE, new Operation.ForceDirectory("d", true)))
                .containsExactly("", "d/ d/a=hello");
    }

    @Test
    void neverRecoversContentOfAFailedFlush() {
        Operation failed = new Operation.Force(1, false);

        assertThat(states(CREATE, FORCE_TOP, WRITE, failed, FORCE)).contains("a=", "a=hello");
    }

    @Test
    void aLostDeletionRestoresTheFile() {
        assertThat(states(CREATE, WRITE, FORCE, FORCE_TOP, new Operation.Unlink("a")))
                .containsExactly("", "a=hello");
    }

    private Set<String> states(Operation... operations) {
        PowerCut cut = new PowerCut(new DiskImage(), List.of(operations));
        Random random = new Random(7);
        return Stream.concat(
                        Stream.of(cut.guaranteed(), cut.complete()),
                        Stream.generate(() -> cut.any(random)).limit(100))
                .map(this::describe)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String describe(DiskImage image) {
        try {
            Path state = Files.createTempDirectory(folder, "state");
            image.writeTo(state);
            try (Stream<Path> files = Files.walk(state)) {
                return files.skip(1)
                        .sorted()
                        .map(file -> state.relativize(file) + content(file))
                        .collect(Collectors.joining(" "));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.isDirectory(file) ? "/" : "=" + Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
