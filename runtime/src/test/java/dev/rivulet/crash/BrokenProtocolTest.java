package dev.rivulet.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the harness detects broken protocols: recordings of the real protocol, each changed by one mistake. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the recorded disk opens directories")
class BrokenProtocolTest {
    private static final String PRIVATE = PowerCuts.DIRECTORY + "/.rivulet";

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(3));
    private List<Operation> protocol = List.of();
    private Set<Long> manifests = Set.of();

    @BeforeEach
    void record() throws IOException {
        RecordedFileSystem disk =
                RecordedFileSystem.holding(new DiskImage(), Files.createTempDirectory(folder, "disk"));
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.top().resolve(PowerCuts.DIRECTORY))) {
            for (int i = 0; i < 3; i++) {
                run.save(directory, disk.recording()::acknowledge);
            }
        }
        protocol = disk.recording().operations();
        manifests = new HashSet<>();
        for (Operation operation : protocol) {
            if (isCommit(operation) && ((Operation.Rename) operation).entry() instanceof Entry.File file) {
                manifests.add(file.number());
            }
        }
    }

    private static boolean isCommit(Operation operation) {
        return operation instanceof Operation.Rename rename && rename.to().startsWith(PRIVATE + "/group-");
    }

    @Test
    void acceptsTheRealProtocol() throws IOException {
        assertThat(findings(protocol)).isEmpty();
    }

    @Test
    void detectsMissingFlushesOfFiles() throws IOException {
        assertThat(findings(without(
                        operation -> operation instanceof Operation.Force force && !manifests.contains(force.file()))))
                .isNotEmpty();
    }

    @Test
    void detectsAMissingFlushOfTheManifest() throws IOException {
        assertThat(findings(without(
                        operation -> operation instanceof Operation.Force force && manifests.contains(force.file()))))
                .isNotEmpty();
    }

    @Test
    void detectsAMissingFlushOfTheFolderAfterTheCommit() throws IOException {
        assertThat(findings(withoutFlushesOf(PRIVATE, true))).isNotEmpty();
    }

    @Test
    void detectsAMissingFlushOfTheFolderBeforeTheCommit() throws IOException {
        assertThat(findings(withoutFlushesOf(PRIVATE, false))).isNotEmpty();
    }

    @Test
    void detectsMissingFlushesOfNewFolders() throws IOException {
        assertThat(findings(without(operation -> operation instanceof Operation.ForceDirectory force
                        && force.path().equals("run"))))
                .isNotEmpty();
    }

    @Test
    void detectsMissingFlushesOfPublishedNames() throws IOException {
        assertThat(findings(without(operation -> operation instanceof Operation.ForceDirectory force
                        && force.path().equals(PowerCuts.DIRECTORY))))
                .isNotEmpty();
    }

    @Test
    void detectsAnEarlyAcknowledgement() throws IOException {
        List<Operation> broken = new ArrayList<>();
        for (Operation operation : protocol) {
            if (operation instanceof Operation.Acknowledge) {
                int commit = broken.size() - 1;
                while (!isCommit(broken.get(commit))) {
                    commit--;
                }
                broken.add(commit, operation);
            } else {
                broken.add(operation);
            }
        }
        assertThat(findings(broken)).isNotEmpty();
    }

    @Test
    void detectsDeletionsBeforeTheCommit() throws IOException {
        List<Operation> broken = new ArrayList<>();
        int commit = 0;
        for (Operation operation : protocol) {
            if (isCommit(operation)) {
                commit = broken.size();
            }
            if (operation instanceof Operation.Unlink unlink && !unlink.path().startsWith(PRIVATE)) {
                broken.add(commit, operation);
            } else {
                broken.add(operation);
            }
        }
        assertThat(findings(broken)).isNotEmpty();
    }

    @Test
    void detectsAFileThatIsWrittenUnderItsFinalName() throws IOException {
        List<Operation> broken = new ArrayList<>();
        for (Operation operation : protocol) {
            if (operation instanceof Operation.Rename rename && isCommit(operation)) {
                broken.replaceAll(earlier ->
                        earlier instanceof Operation.Name name && name.path().equals(rename.from())
                                ? new Operation.Name(rename.to(), name.entry())
                                : earlier);
            } else {
                broken.add(operation);
            }
        }
        assertThat(findings(broken)).isNotEmpty();
    }

    private List<Operation> without(Predicate<Operation> omitted) {
        return protocol.stream().filter(omitted.negate()).toList();
    }

    /** The protocol without the flushes of a folder right after a commit, or without all other flushes of it. */
    private List<Operation> withoutFlushesOf(String path, boolean afterCommit) {
        List<Operation> broken = new ArrayList<>();
        boolean committed = false;
        for (Operation operation : protocol) {
            if (operation instanceof Operation.ForceDirectory force
                    && force.path().equals(path)) {
                if (committed != afterCommit) {
                    broken.add(operation);
                }
                committed = false;
            } else {
                broken.add(operation);
                committed |= isCommit(operation);
            }
        }
        return broken;
    }

    private List<String> findings(List<Operation> operations) throws IOException {
        PowerCuts cuts = new PowerCuts(folder, new Random(1), 2);
        cuts.cut(new DiskImage(), operations, 0, run.attempted());
        return cuts.findings();
    }
}
