package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.NotACheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that {@code torch.save} wrote with {@code compute_crc32=False}, and archives of TorchScript. */
class UncheckedTorchFileTest {
    /** The pickle of an empty dict. */
    private static final byte[] PICKLE = {(byte) 0x80, 2, '}', '.'};

    @TempDir
    Path folder;

    private Path file(List<String> names, List<byte[]> contents, long crc32) throws IOException {
        return Files.write(folder.resolve("file.pt"), TorchFiles.zip(names, contents, content -> crc32));
    }

    private Path file(long crc32, String... more) throws IOException {
        List<String> names = new ArrayList<>(List.of("a/data.pkl", "a/version"));
        List<byte[]> contents = new ArrayList<>(List.of(PICKLE, TorchFiles.ascii("3\n")));
        for (String name : more) {
            names.add(name);
            contents.add(TorchFiles.ascii("1"));
        }
        return file(names, contents, crc32);
    }

    @Test
    void opensAFileWithoutChecksums() throws IOException {
        try (TorchReader reader = TorchReader.open(file(0))) {
            assertThat(reader.hasChecksums()).isFalse();
            assertThat(reader.content()).isInstanceOf(TorchValue.Dict.class);
            reader.verify();
        }
    }

    @Test
    void refusesWrongChecksums() throws IOException {
        Path file = file(1);

        assertThatThrownBy(() -> TorchReader.open(file)).isInstanceOf(DamagedFileException.class);
    }

    /** Otherwise damage to a file of Rivulet could pass as a file without checksums. */
    @Test
    void refusesAFileOfRivuletWithoutChecksums() throws IOException {
        Path file = file(0, "a/" + ArchiveRecord.MARKER);

        assertThatThrownBy(() -> TorchReader.open(file)).isInstanceOf(DamagedFileException.class);
    }

    @Test
    void namesATorchScriptModule() throws IOException {
        Path file = file(0, "a/constants.pkl");

        assertThatThrownBy(() -> TorchReader.open(file))
                .isInstanceOf(NotACheckpointException.class)
                .hasMessageContainingAll(file.toString(), "TorchScript", "state_dict()");
    }
}
