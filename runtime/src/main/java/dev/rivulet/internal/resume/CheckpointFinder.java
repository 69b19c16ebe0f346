package dev.rivulet.internal.resume;

import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.retention.ScoreOrder;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.FailureReason;
import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and opens the checkpoint from which a fit resumes. The caller closes the starting point.
 *
 * <p>If a checkpoint is damaged, which may show only while it is read, the next one is used, unless the caller has
 * named the file.
 */
public final class CheckpointFinder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFinder.class);

    private final Path directory;
    private final StreamGraph graph;
    private final CheckpointStartingPoint.When verification;
    private final List<String> skipped = new ArrayList<>();
    private @Nullable DirectoryInventory inventory;

    /**
     * A finder, used once per fit.
     *
     * @param directory the directory of the run
     * @param graph the streams of the run
     * @param verification when to verify a checkpoint
     */
    public CheckpointFinder(Path directory, StreamGraph graph, CheckpointStartingPoint.When verification) {
        this.directory = directory.toAbsolutePath().normalize();
        this.graph = graph;
        this.verification = verification;
    }

    /**
     * Opens a file in any directory.
     *
     * @throws NotResumableException if training cannot resume from it
     * @throws IOException if it cannot be read or is damaged
     */
    public StartingPoint file(Path file) throws IOException {
        return CheckpointStartingPoint.open(file, verification);
    }

    /**
     * Opens the newest checkpoint; without one, the run starts fresh. If all are damaged, or the manifests are lost and
     * no file can be resumed from, it does not start fresh, because days of training would be lost.
     *
     * @throws NotResumableException if all of them are damaged
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint auto() throws IOException {
        Optional<StartingPoint> newest = firstUndamagedOf(CheckpointStartingPoint::isResumable);
        if (newest.isEmpty() && !skipped.isEmpty()) {
            throw noneFound();
        }
        boolean canResume = graph.streams().stream().anyMatch(CheckpointCodecs::isResumable);
        return newest.orElse(canResume ? StartingPoint.RESTART : StartingPoint.FRESH);
    }

    /**
     * Opens the newest undamaged checkpoint of all streams from which training can resume.
     *
     * @throws NotResumableException if none is found
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint last() throws IOException {
        // Weights alone are tried too, so that the message says why they are not enough.
        return firstUndamagedOf(item -> true).orElseThrow(this::noneFound);
    }

    /**
     * Opens the best checkpoint that the newest run keeps of the first stream with a monitor.
     *
     * @throws NotResumableException if none is found
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint best() throws IOException {
        List<StreamDeclaration> streams =
                graph.streams().stream().filter(CheckpointCodecs::isResumable).toList();
        Optional<StreamDeclaration> stream = streams.stream()
                .filter(declared -> declared.policy().monitor().isPresent())
                .findFirst()
                .or(() -> streams.stream().findFirst());
        FallbackStartingPoint.Lineage lineage = CheckpointStartingPoint::lineage;
        Optional<StartingPoint> found = stream.isEmpty() || !Files.isDirectory(directory)
                ? Optional.empty()
                : lacksManifest()
                        ? firstUndamaged(rankedByFiles(stream.get()), rebuilding(lineage))
                        : firstUndamaged(
                                rankedByNewestRun(stream.get()).stream()
                                        .map(DirectoryInventory.Item::path)
                                        .toList(),
                                lineage);
        return found.orElseThrow(this::noneFound);
    }

    /** As {@link #rankedByNewestRun}, by what the files themselves say. */
    private List<Path> rankedByFiles(StreamDeclaration stream) throws IOException {
        Comparator<FoundCheckpoint> order = Comparator.comparingLong(FoundCheckpoint::globalStep);
        Comparator<FoundCheckpoint> ranking = stream.policy().monitor().isPresent()
                ? Comparator.<FoundCheckpoint, OptionalDouble>comparing(
                                found -> found.ranked(directory).score(),
                                ScoreOrder.bestFirst(stream.policy().mode()))
                        .thenComparing(order)
                : order.reversed();
        return files().stream()
                .flatMap(file -> FoundCheckpoint.of(directory, file, graph).stream())
                .filter(found -> found.stream().equals(stream) && !found.isPointer())
                .sorted(ranking)
                .map(FoundCheckpoint::path)
                .toList();
    }

    /** Best first, the earliest of equals; without a monitor newest first. */
    private List<DirectoryInventory.Item> rankedByNewestRun(StreamDeclaration stream) throws IOException {
        List<DirectoryInventory.Item> candidates = candidates();
        RetainedGroups retained = retainedByNewestRun().getOrDefault(stream.name(), RetainedGroups.EMPTY);
        // Checkpoints that only "last" names, and exception checkpoints, are not ranked.
        GroupSet groups = retained.kept().groups();
        candidates.removeIf(item -> !item.stream().equals(stream.name()) || !groups.contains(item.group()));
        if (stream.policy().monitor().isPresent()) {
            candidates.sort(Comparator.comparing(
                            CheckpointFinder::score,
                            ScoreOrder.bestFirst(stream.policy().mode()))
                    .thenComparing(DirectoryInventory.Item::group));
        }
        return candidates;
    }

    private static OptionalDouble score(DirectoryInventory.Item item) {
        return item.checkpoint().orElseThrow().score();
    }

    /** Read once: nothing is written before a starting point is found. */
    private DirectoryInventory inventory() throws IOException {
        if (inventory == null) {
            inventory = DirectoryInventory.read(directory);
        }
        return inventory;
    }

    private Map<String, RetainedGroups> retainedByNewestRun() throws IOException {
        return Catalog.read(directory).newest().map(Manifest::retained).orElse(Map.of());
    }

    /** All untransformed checkpoints that manifests name, newest first. */
    private List<DirectoryInventory.Item> candidates() throws IOException {
        if (!Files.isDirectory(directory)) {
            return new ArrayList<>();
        }
        List<DirectoryInventory.Item> candidates = new ArrayList<>(inventory().items());
        candidates.removeIf(item -> !CheckpointStartingPoint.isUntransformed(item));
        return candidates;
    }

    /** Their paths, newest first. */
    private List<Path> newest(Predicate<DirectoryInventory.Item> filter) throws IOException {
        return candidates().stream()
                .filter(filter)
                .map(DirectoryInventory.Item::path)
                .toList();
    }

    /** The newest of the checkpoints that manifests name; of all that there are, if manifests are lost. */
    private Optional<StartingPoint> firstUndamagedOf(Predicate<DirectoryInventory.Item> filter) throws IOException {
        return lacksManifest()
                ? firstUndamaged(unlisted(), rebuilding(CheckpointStartingPoint::continued))
                : firstUndamaged(newest(filter), CheckpointStartingPoint::continued);
    }

    private FallbackStartingPoint.Lineage rebuilding(FallbackStartingPoint.Lineage lineage) {
        return (start, opened) -> {
            new ManifestRebuild(opened, graph).run();
            return lineage.of(start, opened);
        };
    }

    /** Whether files, or the manifests themselves, show that manifests are lost. */
    private boolean lacksManifest() throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        DirectoryInventory known = inventory();
        return known.lacksManifest()
                || known.unowned(CheckpointCodecs.extensions()).stream()
                        .flatMap(file -> FoundCheckpoint.of(directory, file, graph).stream())
                        .anyMatch(found -> found.globalStep() > known.highestStep());
    }

    /** All files that the newest run may have written. */
    private List<Path> files() throws IOException {
        return inventory().filesOf(inventory().newestRun().orElseGet(UUID::randomUUID), CheckpointCodecs.extensions());
    }

    /**
     * A checkpoint that no manifest names.
     *
     * @param isOwnFile whether it has the name of its step, not that of {@code last} or {@code best}
     */
    private record Unlisted(Path file, long globalStep, boolean isOwnFile) {}

    /**
     * Checkpoints from which training can resume, newest first, by what the files themselves say. Others are noted, so
     * that training does not start fresh alongside them.
     */
    private List<Path> unlisted() throws IOException {
        List<Unlisted> unlisted = new ArrayList<>();
        for (Path file : files()) {
            try (CheckpointStartingPoint point = CheckpointStartingPoint.open(file, verification)) {
                point.requireOwn();
                boolean isOwnFile = FoundCheckpoint.of(directory, file, graph)
                        .filter(found -> !found.isPointer())
                        .isPresent();
                unlisted.add(new Unlisted(file, point.checkpoint().orElseThrow().globalStep(), isOwnFile));
            } catch (IOException | NotResumableException e) {
                skip(e);
            }
        }
        return unlisted.stream()
                .sorted(Comparator.comparing(Unlisted::globalStep)
                        .thenComparing(Unlisted::isOwnFile)
                        .reversed()
                        .thenComparing(Unlisted::file))
                .map(Unlisted::file)
                .toList();
    }

    private Optional<StartingPoint> firstUndamaged(Collection<Path> candidates, FallbackStartingPoint.Lineage lineage) {
        Iterator<Path> rest = candidates.iterator();
        FallbackStartingPoint.Candidates others = failure -> {
            skip(failure);
            return next(rest).orElseThrow(this::noneFound);
        };
        return next(rest).map(first -> new FallbackStartingPoint(first, others, lineage));
    }

    private Optional<CheckpointStartingPoint> next(Iterator<Path> candidates) {
        while (candidates.hasNext()) {
            try {
                return Optional.of(CheckpointStartingPoint.open(candidates.next(), verification));
            } catch (IOException | NotResumableException e) {
                skip(e);
            }
        }
        return Optional.empty();
    }

    private void skip(Exception failure) {
        String reason = FailureReason.message(failure);
        LOG.warn("A checkpoint is skipped. {}", reason);
        skipped.add(reason);
    }

    private NotResumableException noneFound() {
        StringBuilder message = new StringBuilder("No checkpoint in " + directory
                + " can be resumed from. Pass the path of another one, or fit without resumeFrom.");
        skipped.forEach(reason -> message.append("\n  ").append(reason));
        return new NotResumableException(message.toString());
    }
}
