package dev.rivulet.crash;

import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Cuts the power after every operation of a recorded run, inspects possible states of the disk, and counts broken
 * guarantees.
 *
 * <p>Every state is opened twice; the second time must not change anything. For some states, the power is cut again
 * during recovery; for some, the run resumes.
 */
final class PowerCuts {
    /** The directory of the checkpoints on the disk, which the run creates itself. */
    static final String DIRECTORY = "run/checkpoints";

    private static final int MAX_FINDINGS = 20;

    private final Path folder;
    private final Random random;
    private final int statesPerCut;
    private final List<String> findings = new ArrayList<>();
    private final Map<Finding.Kind, Integer> counts = new TreeMap<>();
    private int cuts;
    private int states;

    /**
     * @param folder for temporary disks
     * @param statesPerCut number of random states per cut
     */
    PowerCuts(Path folder, Random random, int statesPerCut) {
        this.folder = folder;
        this.random = random;
        this.statesPerCut = statesPerCut;
    }

    /**
     * Cuts the power after each operation from an index on.
     *
     * @param start content of the disk before the first operation
     * @param from number of operations before the first cut
     * @param attempted the retention state after each group that was started
     */
    void cut(DiskImage start, List<Operation> operations, int from, Map<Long, ExpectedRetention> attempted)
            throws IOException {
        for (int done = from; done <= operations.size(); done++) {
            List<Operation> previous = operations.subList(0, done);
            PowerCut cut = new PowerCut(start, previous);
            Map<Long, ExpectedRetention> possible = possible(attempted, previous);
            String context = "power cut after operation " + done + (done == 0 ? "" : ", " + operations.get(done - 1));
            cuts++;
            check(cut.guaranteed(), possible, context + ", only forced changes");
            if (!cut.isCertain()) {
                check(cut.complete(), possible, context + ", all changes");
                for (int i = 0; i < statesPerCut; i++) {
                    check(cut.any(random), possible, context + ", state " + i);
                }
            }
        }
    }

    /** The retention states that may have survived: that of the newest acknowledged group, or later ones. */
    private static Map<Long, ExpectedRetention> possible(
            Map<Long, ExpectedRetention> attempted, List<Operation> previous) {
        long acknowledged = 0;
        for (Operation operation : previous) {
            if (operation instanceof Operation.Acknowledge acknowledge) {
                acknowledged = acknowledge.group();
            }
        }
        return new TreeMap<>(attempted).tailMap(acknowledged);
    }

    private void check(DiskImage image, Map<Long, ExpectedRetention> possible, String context) throws IOException {
        RecordedFileSystem disk = disk(image);
        Optional<ExpectedRetention> survivor = inspect(disk, possible, context);
        List<Operation> recovery = disk.recording().operations();
        if (survivor.isPresent()) {
            Map<Long, ExpectedRetention> same = Map.of(survivor.get().group(), survivor.get());
            inspect(disk, same, context + ", opened again");
            if (random.nextInt(4) == 0) {
                resume(disk, survivor.get(), context + ", and the run resumed");
            }
        }
        delete(disk);
        if (random.nextInt(2) == 0) {
            int done = random.nextInt(recovery.size() + 1);
            RecordedFileSystem again = disk(new PowerCut(image, recovery.subList(0, done)).any(random));
            inspect(again, possible, context + ", then after operation " + done + " of the recovery");
            delete(again);
        }
    }

    private void resume(RecordedFileSystem disk, ExpectedRetention retention, String context) {
        CheckpointRun run = new CheckpointRun(retention);
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.top().resolve(DIRECTORY))) {
            run.save(directory, group -> {});
        } catch (IOException | RuntimeException e) {
            add(new Finding(Finding.Kind.UNUSABLE, "no more groups can be saved: " + e), context);
            return;
        }
        inspect(disk, Map.of(run.retention().group(), run.retention()), context);
    }

    private Optional<ExpectedRetention> inspect(
            RecordedFileSystem disk, Map<Long, ExpectedRetention> possible, String context) {
        states++;
        Inspection inspection = Inspection.of(disk.top().resolve(DIRECTORY), possible);
        inspection.findings().forEach(finding -> add(finding, context));
        return inspection.findings().isEmpty() ? inspection.survivor() : Optional.empty();
    }

    private void add(Finding finding, String context) {
        counts.merge(finding.kind(), 1, Integer::sum);
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding + " (" + context + ")");
        }
    }

    private RecordedFileSystem disk(DiskImage image) throws IOException {
        return RecordedFileSystem.holding(image, Files.createTempDirectory(folder, "disk"));
    }

    /** Deletes a disk. */
    static void delete(RecordedFileSystem disk) throws IOException {
        Path real = RecordedPath.real(disk.top());
        try (Stream<Path> paths = Files.walk(real)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The first broken guarantees. */
    List<String> findings() {
        return findings;
    }

    /** Counts of states, power cuts and broken guarantees. */
    @Override
    public String toString() {
        return String.format(
                "%,d states of %,d power cuts: %,d lost, %,d torn, %,d orphaned, %,d unusable",
                states,
                cuts,
                counts.getOrDefault(Finding.Kind.LOST, 0),
                counts.getOrDefault(Finding.Kind.TORN, 0),
                counts.getOrDefault(Finding.Kind.ORPHANED, 0),
                counts.getOrDefault(Finding.Kind.UNUSABLE, 0));
    }
}
