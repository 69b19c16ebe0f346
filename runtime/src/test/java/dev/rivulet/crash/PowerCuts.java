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
 * Cuts the power after every operation of a recorded run, inspects what the disk may hold then, and counts.
 *
 * <p>Every state is opened twice, by which the second time must change nothing; in some, the power is cut once more during
 * the recovery; in some, the run goes on.
 */
final class PowerCuts {
    /** Where the checkpoints are on the disk: folders that the run makes itself. */
    static final String DIRECTORY = "run/checkpoints";

    private static final int ENOUGH = 20;

    private final Path folder;
    private final Random random;
    private final int statesPerCut;
    private final List<String> findings = new ArrayList<>();
    private final Map<Finding.Kind, Integer> counts = new TreeMap<>();
    private int cuts;
    private int states;

    /**
     * @param folder where disks are put, each for a moment
     * @param statesPerCut how many states between the least and the most are tried for each cut
     */
    PowerCuts(Path folder, Random random, int statesPerCut) {
        this.folder = folder;
        this.random = random;
        this.statesPerCut = statesPerCut;
    }

    /**
     * Cuts the power after each operation from one on.
     *
     * @param start what the disk held before the first operation
     * @param from how many operations are done before the first cut
     * @param tried the books of every group that was begun
     */
    void cut(DiskImage start, List<Operation> operations, int from, Map<Long, ExpectedRetention> tried)
            throws IOException {
        for (int done = from; done <= operations.size(); done++) {
            List<Operation> before = operations.subList(0, done);
            PowerCut cut = new PowerCut(start, before);
            Map<Long, ExpectedRetention> possible = possible(tried, before);
            String place = "power cut after operation " + done + (done == 0 ? "" : ", " + operations.get(done - 1));
            cuts++;
            check(cut.least(), possible, place + ", nothing but what was forced");
            if (!cut.isCertain()) {
                check(cut.most(), possible, place + ", everything");
                for (int i = 0; i < statesPerCut; i++) {
                    check(cut.any(random), possible, place + ", state " + i);
                }
            }
        }
    }

    /** At least the newest group that was acknowledged, or a later one. */
    private static Map<Long, ExpectedRetention> possible(Map<Long, ExpectedRetention> tried, List<Operation> before) {
        long acknowledged = 0;
        for (Operation operation : before) {
            if (operation instanceof Operation.Acknowledge acknowledge) {
                acknowledged = acknowledge.group();
            }
        }
        return new TreeMap<>(tried).tailMap(acknowledged);
    }

    private void check(DiskImage image, Map<Long, ExpectedRetention> possible, String place) throws IOException {
        RecordedFileSystem disk = disk(image);
        Optional<ExpectedRetention> survivor = inspect(disk, possible, place);
        List<Operation> recovery = disk.recording().operations();
        if (survivor.isPresent()) {
            Map<Long, ExpectedRetention> same = Map.of(survivor.get().group(), survivor.get());
            inspect(disk, same, place + ", opened again");
            if (random.nextInt(4) == 0) {
                goOn(disk, survivor.get(), place + ", and the run went on");
            }
        }
        delete(disk);
        if (random.nextInt(2) == 0) {
            int done = random.nextInt(recovery.size() + 1);
            RecordedFileSystem again = disk(new PowerCut(image, recovery.subList(0, done)).any(random));
            inspect(again, possible, place + ", then after operation " + done + " of the recovery");
            delete(again);
        }
    }

    private void goOn(RecordedFileSystem disk, ExpectedRetention books, String place) {
        CheckpointRun run = new CheckpointRun(books);
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.top().resolve(DIRECTORY))) {
            run.save(directory, group -> {});
        } catch (IOException | RuntimeException e) {
            add(new Finding(Finding.Kind.UNUSABLE, "no further group: " + e), place);
            return;
        }
        inspect(disk, Map.of(run.books().group(), run.books()), place);
    }

    private Optional<ExpectedRetention> inspect(
            RecordedFileSystem disk, Map<Long, ExpectedRetention> possible, String place) {
        states++;
        Inspection inspection = Inspection.of(disk.top().resolve(DIRECTORY), possible);
        inspection.findings().forEach(finding -> add(finding, place));
        return inspection.findings().isEmpty() ? inspection.survivor() : Optional.empty();
    }

    private void add(Finding finding, String place) {
        counts.merge(finding.kind(), 1, Integer::sum);
        if (findings.size() < ENOUGH) {
            findings.add(finding + " (" + place + ")");
        }
    }

    private RecordedFileSystem disk(DiskImage image) throws IOException {
        return RecordedFileSystem.holding(image, Files.createTempDirectory(folder, "disk"));
    }

    /** Takes a disk away. */
    static void delete(RecordedFileSystem disk) throws IOException {
        Path real = RecordedPath.real(disk.top());
        try (Stream<Path> paths = Files.walk(real)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The first broken promises. */
    List<String> findings() {
        return findings;
    }

    /** How much was tried, and how often each promise was broken. */
    @Override
    public String toString() {
        return String.format(
                "%,d states of %,d power cuts: %,d lost, %,d torn, %,d leftovers, %,d unusable",
                states,
                cuts,
                counts.getOrDefault(Finding.Kind.LOST, 0),
                counts.getOrDefault(Finding.Kind.TORN, 0),
                counts.getOrDefault(Finding.Kind.LEFTOVER, 0),
                counts.getOrDefault(Finding.Kind.UNUSABLE, 0));
    }
}
