package dev.rivulet.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "mounts a file system in memory")
class FullDiskTest {
    private static final int STREAMS = 8;
    private static final int DISK = 512;

    @TempDir
    Path folder;

    /** From no free page to enough for all files of a group except its manifest and folders. */
    static Stream<Integer> room() {
        return Stream.iterate(0, room -> room + 4).limit(12);
    }

    @ParameterizedTest(name = "{0} KiB left")
    @MethodSource("room")
    void aFullDiskDoesNotHarmEarlierGroupsOrTheNextSave(int room) throws IOException {
        CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(STREAMS));
        try (Mount disk = Mount.memory(folder.resolve("disk"), DISK)) {
            Path path = disk.folder().resolve("checkpoints");
            Path ballast = disk.folder().resolve("ballast");
            try (CheckpointDirectory directory = CheckpointDirectory.open(path)) {
                run.save(directory, group -> {});
                run.save(directory, group -> {});
                fill(ballast, room);
                try {
                    run.save(directory, group -> {});
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining(path.toString()).hasMessageContaining("room");
                }
                assertThat(Inspection.tree(path)).isEqualTo(run.retention().tree());

                Files.delete(ballast);
                run.save(directory, group -> {});
                assertThat(Inspection.tree(path)).isEqualTo(run.retention().tree());
            }
            assertThat(Inspection.of(path, Map.of(run.retention().group(), run.retention()))
                            .findings())
                    .isEmpty();
        }
    }

    private static void fill(Path ballast, int room) throws IOException {
        long free = Files.getFileStore(ballast.getParent()).getUsableSpace();
        Files.write(ballast, new byte[Math.toIntExact(free - room * 1024L)]);
    }
}
