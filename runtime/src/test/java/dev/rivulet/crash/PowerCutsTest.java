package dev.rivulet.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** See {@link Campaign} for longer runs. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the recorded disk opens directories")
class PowerCutsTest {
    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @Test
    void noPowerCutLosesAnAcknowledgedGroup() throws IOException {
        PowerCuts cuts = new PowerCuts(folder, Campaign.random(1), Campaign.SIZE);
        int operations = 0;
        for (int streams = 1; streams <= 8; streams++) {
            RecordedFileSystem disk = emptyDisk();
            CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(streams));
            save(disk, run, Campaign.SIZE > 1 ? 5 : 3);
            List<Operation> done = disk.recording().operations();
            operations += done.size();
            cuts.cut(new DiskImage(), done, 0, run.attempted());
        }
        Campaign.report("power cuts (model), 1-8 streams, " + operations + " operations: " + cuts);
        assertThat(cuts.findings()).as("seed %d", Seed.VALUE).isEmpty();
    }

    /** Changes of a killed run in the page cache must be durable before the next run relies on them. */
    @Test
    void noPowerCutAfterAKillLosesAnAcknowledgedGroup() throws IOException {
        Random random = Campaign.random(2);
        PowerCuts cuts = new PowerCuts(folder, random, 1);
        int kills = 5 * Campaign.SIZE;
        for (int i = 0; i < kills; i++) {
            cutAfterKill(cuts, 1 + random.nextInt(4), random.nextInt(60));
        }
        Campaign.report("power cuts (model) after " + kills + " kills: " + cuts);
        assertThat(cuts.findings()).as("seed %d", Seed.VALUE).isEmpty();
    }

    /** If the name of the manifest is not durable yet, the next run sees the group and deletes superseded files. */
    @Test
    void noPowerCutAfterAKillBetweenNameAndFlushLosesAnAcknowledgedGroup() throws IOException {
        RecordedFileSystem disk = emptyDisk();
        CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(1));
        save(disk, run, 2);
        int known = disk.recording().operations().size();
        save(disk, run, 1);
        List<Operation> third = disk.recording().operations();
        int named = known;
        while (!(third.get(named) instanceof Operation.Rename rename
                && rename.to().endsWith("group-0000000003.json"))) {
            named++;
        }
        PowerCuts cuts = new PowerCuts(folder, Campaign.random(4), 1);

        cutAfterKill(cuts, 1, named - known + 1);

        assertThat(cuts.findings()).isEmpty();
    }

    /** Kills a run while it saves its third group, lets the next run save two groups, and cuts the power. */
    private void cutAfterKill(PowerCuts cuts, int streams, int operation) throws IOException {
        RecordedFileSystem disk = emptyDisk();
        CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(streams));
        save(disk, run, 2);
        disk.recording().fail(new Fault(disk.recording().attempts() + operation, Fault.Kind.EIO, true));
        try {
            save(disk, run, 1);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("Input/output error");
        }
        disk.recording().fail(Fault.NONE);
        int killed = disk.recording().operations().size();
        ExpectedRetention survivor =
                Inspection.of(directory(disk), run.attempted()).survivor().orElseThrow();
        CheckpointRun next = new CheckpointRun(survivor);
        save(disk, next, 2);
        next.attempted().putAll(run.attempted());
        cuts.cut(new DiskImage(), disk.recording().operations(), killed, next.attempted());
    }

    private static void save(RecordedFileSystem disk, CheckpointRun run, int groups) throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(directory(disk))) {
            for (int i = 0; i < groups; i++) {
                run.save(directory, disk.recording()::acknowledge);
            }
        }
    }

    private RecordedFileSystem emptyDisk() throws IOException {
        return RecordedFileSystem.holding(new DiskImage(), Files.createTempDirectory(folder, "disk"));
    }

    private static Path directory(RecordedFileSystem disk) {
        return disk.top().resolve(PowerCuts.DIRECTORY);
    }
}
