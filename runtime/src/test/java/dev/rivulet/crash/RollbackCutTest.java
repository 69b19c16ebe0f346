package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever the power is cut, a run can return to its newest original, with the files that its other streams had then.
 *
 * <p>The first group has an original, the others replace, delete and add weights of another stream.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the recorded disk opens directories")
class RollbackCutTest {
    private static final UUID RUN = new UUID(0, 1);

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private int disks;

    @Test
    void aRunReturnsToItsOriginalAfterAPowerCut() throws IOException {
        Random random = Campaign.random(7);
        List<Operation> operations = run();
        long start = acknowledged(operations);
        for (int done = (int) start; done <= operations.size(); done++) {
            PowerCut cut = new PowerCut(new DiskImage(), operations.subList(0, done));
            List<DiskImage> states = new ArrayList<>(List.of(cut.guaranteed(), cut.complete()));
            for (int i = 0; i < 3 * Campaign.SIZE; i++) {
                states.add(cut.any(random));
            }
            for (DiskImage state : states) {
                returnsToTheOriginal(state, random, "cut after operation " + done);
            }
        }
    }

    private static long acknowledged(List<Operation> operations) {
        return operations.stream()
                        .takeWhile(operation -> !(operation instanceof Operation.Acknowledge))
                        .count()
                + 1;
    }

    /** Also after a second cut during the rollback. */
    private void returnsToTheOriginal(DiskImage state, Random random, String context) throws IOException {
        RecordedFileSystem disk = disk(state);
        rollBack(disk);
        assertRolledBack(disk, context);
        List<Operation> rollback = disk.recording().operations();
        PowerCuts.delete(disk);
        RecordedFileSystem again =
                disk(new PowerCut(state, rollback.subList(0, random.nextInt(rollback.size() + 1))).any(random));
        rollBack(again);
        assertRolledBack(again, context + ", and again during the rollback");
        PowerCuts.delete(again);
    }

    private static void rollBack(RecordedFileSystem disk) throws IOException {
        try (CheckpointDirectory directory = open(disk)) {
            directory.rollBack(RUN, OptionalLong.of(1), "1");
        }
    }

    private static void assertRolledBack(RecordedFileSystem disk, String context) throws IOException {
        for (Map.Entry<String, String> file : Map.of(
                        "o-1", "original 1", "half", "half 1", "half-last", "half 1", "b/half-2", "gone 1")
                .entrySet()) {
            Path path = disk.top().resolve(PowerCuts.DIRECTORY).resolve(file.getKey());
            assertThat(Files.readString(path)).as("%s, %s", file, context).isEqualTo(file.getValue());
        }
    }

    private RecordedFileSystem disk(DiskImage image) throws IOException {
        return RecordedFileSystem.holding(image, Files.createDirectory(folder.resolve("disk" + disks++)));
    }

    private static CheckpointDirectory open(RecordedFileSystem disk) throws IOException {
        return CheckpointDirectory.open(disk.top().resolve(PowerCuts.DIRECTORY));
    }

    /** Saves an original, twice other streams, rolls back, and saves other streams again. */
    private List<Operation> run() throws IOException {
        RecordedFileSystem disk = disk(new DiskImage());
        try (CheckpointDirectory directory = open(disk)) {
            save(directory, Map.of("original", "o-1", "half", "half", "gone", "b/half-2"), List.of());
            disk.recording().acknowledge(1);
            save(directory, Map.of("half", "half", "gone", "b/half-3"), List.of("b/half-2"));
            save(directory, Map.of("half", "half", "gone", "b/half-2"), List.of("b/half-3"));
            directory.rollBack(RUN, OptionalLong.of(1), "1");
            save(directory, Map.of("half", "half"), List.of());
        }
        return disk.recording().operations();
    }

    private static void save(CheckpointDirectory directory, Map<String, String> files, List<String> superseded)
            throws IOException {
        try (Group group = directory.begin()) {
            List<StoredCheckpoint> checkpoints = new ArrayList<>();
            Map<String, RetainedGroups> retained = new LinkedHashMap<>();
            directory.catalog().newest(RUN).ifPresent(newest -> retained.putAll(newest.retained()));
            for (Map.Entry<String, String> file : files.entrySet()) {
                String stream = file.getKey();
                byte[] content = (stream + " " + group.number()).getBytes(UTF_8);
                checkpoints.add(new StoredCheckpoint(
                        stream,
                        group.write(file.getValue(), content.length, channel -> {
                            channel.write(ByteBuffer.wrap(content));
                            CRC32C checksum = new CRC32C();
                            checksum.update(content);
                            return new WrittenFile(content.length, checksum.getValue());
                        }),
                        OptionalDouble.empty(),
                        Optional.empty(),
                        !stream.equals("original")));
                retained.put(stream, retained(stream, group.number()));
            }
            group.commit(new Manifest(
                    group.number(),
                    new Manifest.Origin(RUN, Instant.EPOCH, 0, group.number(), "1", Map.of()),
                    checkpoints,
                    List.of(new Manifest.Pointer("half-last", "half", false)),
                    superseded,
                    retained));
            group.publish();
        }
    }

    private static RetainedGroups retained(String stream, long group) {
        return new RetainedGroups(
                new RetainedGroups.Kept(GroupSet.EMPTY.with(group), GroupSet.EMPTY, GroupSet.EMPTY),
                stream.equals("half")
                        ? Optional.of(new RetainedGroups.Pointed("half-last", group, false))
                        : Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                0);
    }
}
