package dev.rivulet.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the recorded disk opens directories")
class FailingOperationTest {
    private static final int GROUPS = 3;
    private static final int STREAMS = Campaign.SIZE > 1 ? 4 : 2;

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private final List<String> findings = new ArrayList<>();
    private int runs;
    private int failures;
    private int states;

    @Test
    void noFailingOperationHarmsAnAcknowledgedGroup() throws IOException {
        for (Fault.Kind kind : Fault.Kind.values()) {
            for (boolean permanent : new boolean[] {false, true}) {
                long operation = 0;
                while (failAt(new Fault(operation, kind, permanent)) > operation) {
                    operation++;
                }
                runs += Math.toIntExact(operation);
            }
        }
        Campaign.report(String.format(
                "failing operations: %,d runs, %,d failures reported, %,d states: %,d broken guarantees",
                runs, failures, states, findings.size()));
        assertThat(findings.subList(0, Math.min(20, findings.size()))).isEmpty();
    }

    /** Runs with one fault, and returns how many operations the run attempted. */
    private long failAt(Fault fault) throws IOException {
        RecordedFileSystem disk =
                RecordedFileSystem.holding(new DiskImage(), Files.createTempDirectory(folder, "disk"));
        Path path = disk.top().resolve(PowerCuts.DIRECTORY);
        CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(STREAMS));
        disk.recording().fail(fault);
        try (CheckpointDirectory directory = CheckpointDirectory.open(path, new RetryPolicy(2, Duration.ZERO))) {
            for (int i = 0; i < GROUPS; i++) {
                save(run, directory, disk, fault);
            }
        } catch (IOException e) {
            checkMessage(e, disk, fault);
        }
        long attempts = disk.recording().attempts();
        disk.recording().fail(Fault.NONE);

        List<Operation> done = disk.recording().operations();
        Map<Long, ExpectedRetention> possible =
                new TreeMap<>(run.attempted()).tailMap(run.retention().group());
        RecordedFileSystem cut = RecordedFileSystem.holding(
                new PowerCut(new DiskImage(), done).guaranteed(), Files.createTempDirectory(folder, "cut"));
        inspect(cut, possible, fault + ", then a power cut");
        Inspection inspection = inspect(disk, possible, fault.toString());
        if (inspection.survivor().isPresent()) {
            resume(disk, inspection.survivor().get(), fault);
        }
        PowerCuts.delete(disk);
        PowerCuts.delete(cut);
        return attempts;
    }

    private void save(CheckpointRun run, CheckpointDirectory directory, RecordedFileSystem disk, Fault fault) {
        try {
            run.save(directory, disk.recording()::acknowledge);
        } catch (IOException e) {
            checkMessage(e, disk, fault);
        }
    }

    private void checkMessage(IOException failure, RecordedFileSystem disk, Fault fault) {
        failures++;
        String message = String.valueOf(failure.getMessage());
        boolean remedy = message.contains("Make ") || message.contains("Start the run again");
        if (!message.contains(disk.top().toString()) || !remedy) {
            findings.add("no path or no remedy: " + failure + " (" + fault + ")");
        }
    }

    private Inspection inspect(RecordedFileSystem disk, Map<Long, ExpectedRetention> possible, String context) {
        states++;
        Inspection inspection = Inspection.of(disk.top().resolve(PowerCuts.DIRECTORY), possible);
        inspection.findings().forEach(finding -> findings.add(finding + " (" + context + ")"));
        return inspection;
    }

    private void resume(RecordedFileSystem disk, ExpectedRetention retention, Fault fault) throws IOException {
        CheckpointRun run = new CheckpointRun(retention);
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.top().resolve(PowerCuts.DIRECTORY))) {
            run.save(directory, group -> {});
        }
        inspect(disk, Map.of(run.retention().group(), run.retention()), fault + ", and the run resumed");
    }
}
