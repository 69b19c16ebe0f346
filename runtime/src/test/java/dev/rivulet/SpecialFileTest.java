package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.optim.Adam;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipe, whose opening waits for a writer, a socket, a device or a folder in place of a file is refused. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such files")
@Timeout(60)
class SpecialFileTest extends FitTestCase {
    private Path special(String kind) throws IOException {
        return switch (kind) {
            case "pipe" -> pipe(directory.resolve("pipe.ckpt"));
            case "socket" -> socket(directory.resolve("s.ckpt"));
            case "link to a pipe" ->
                Files.createSymbolicLink(directory.resolve("link.ckpt"), pipe(directory.resolve("pipe")));
            case "folder" -> Files.createDirectory(directory.resolve("folder.ckpt"));
            default -> Path.of("/dev/zero");
        };
    }

    private static Path pipe(Path path) throws IOException {
        try (ChildProcess made = ChildProcess.start(List.of("mkfifo", path.toString()))) {
            made.toEnd();
        }
        return path;
    }

    private static Path socket(Path path) throws IOException {
        try (ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(path));
        }
        return path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe", "socket", "link to a pipe", "folder", "device"})
    void isRefusedWhereverACheckpointIsRead(String kind) throws IOException {
        Path file = special(kind);

        assertThatThrownBy(() -> Checkpoints.describe(file)).isInstanceOf(NotACheckpointException.class);
        assertThatThrownBy(() -> Checkpoints.load(file, new TransformingModule()))
                .isInstanceOf(NotACheckpointException.class);
        assertThatThrownBy(() -> Checkpoints.rederive(file, file, TransformingModule.class))
                .isInstanceOf(NotACheckpointException.class);
        assertThat(Checkpoints.verify(file).isGood()).isFalse();
        assertThatThrownBy(() -> trainer().build().fit(new TransformingModule(), points, resumeFrom(file)))
                .hasStackTraceContaining(kind.equals("folder") ? "is a directory" : "is a pipe, a socket or a device");
    }

    @Test
    void inPlaceOfFilesOfARunIsSkipped() throws IOException {
        try (ResumableModule module = new ResumableModule(() -> Adam.builder().build())) {
            trainer().stream("original", policy -> policy.saveTopK(-1)).build().fit(module, points, points);
        }
        for (Path path : List.of(file("original", 1), checkpoints().resolve(".rivulet/group-0000000001.json"))) {
            Files.delete(path);
            pipe(path);
        }
        pipe(checkpoints().resolve(".rivulet/tmp-00000000-0000-0000-0000-000000000000"));
        pipe(checkpoints().resolve("user.ckpt"));

        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isNotEmpty();
        assertThat(Catalog.read(checkpoints()).damaged()).hasSize(1);
        // Its manifest is gone, but the file says what it is.
        assertThat(Checkpoints.newest(checkpoints(), "original").file()).isEqualTo(file("original", 0));
        assertThatThrownBy(() -> trainer().build().fit(new TransformingModule(), points, resumeFrom("last")))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void inPlaceOfTheLockIsNamed() throws IOException {
        Files.createDirectories(checkpoints().resolve(".rivulet"));
        pipe(checkpoints().resolve(".rivulet/lock"));

        assertThatThrownBy(() -> fit(new TransformingModule()))
                .isInstanceOf(FitException.class)
                .hasStackTraceContaining("lock is not a file; delete it");
    }
}
