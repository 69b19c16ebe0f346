package dev.rivulet.internal.resume;

import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.retention.ScoreOrder;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.DirectoryInventory;
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
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the checkpoint from which a fit resumes, and opens it. Every starting point is closed by the caller.
 *
 * <p>A checkpoint that turns out to be damaged, now or while it is read, is skipped for the next one, unless it was
 * named.
 */
public final class CheckpointFinder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFinder.class);

    private final Path directory;
    private final StreamGraph graph;
    private final CheckpointStartingPoint.When verification;
    private final List<String> skipped = new ArrayList<>();

    /**
     * A search, made once per fit.
     *
     * @param directory that the run saves to
     * @param graph the streams of the run
     * @param verification when to verify a checkpoint
     */
    public CheckpointFinder(Path directory, StreamGraph graph, CheckpointStartingPoint.When verification) {
        this.directory = directory.toAbsolutePath().normalize();
        this.graph = graph;
        this.verification = verification;
    }

    /**
     * A file, which may lie anywhere.
     *
     * @throws NotResumableException if training cannot resume from it
     * @throws IOException if it cannot be read, or is not what was written
     */
    public StartingPoint file(Path file) throws IOException {
        return CheckpointStartingPoint.open(file, verification);
    }

    /**
     * The newest if there is one. Damaged ones are no reason to start fresh, and to train for days.
     *
     * @throws NotResumableException if all of them are damaged
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint auto() throws IOException {
        Optional<StartingPoint> newest = firstGood(newest());
        if (newest.isEmpty() && !skipped.isEmpty()) {
            throw nothing();
        }
        return newest.orElse(StartingPoint.BEGINNING);
    }

    /**
     * The newest good checkpoint of all streams from which training can resume.
     *
     * @throws NotResumableException if there is none
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint last() throws IOException {
        return firstGood(newest()).orElseThrow(this::nothing);
    }

    /**
     * The best of what the newest run keeps, of the first stream that monitors a metric.
     *
     * @throws NotResumableException if there is none
     * @throws IOException if the directory cannot be read
     */
    public StartingPoint best() throws IOException {
        List<StreamDeclaration> streams =
                graph.streams().stream().filter(CheckpointCodecs::isResumable).toList();
        Optional<StreamDeclaration> stream = streams.stream()
                .filter(declared -> declared.policy().monitor().isPresent())
                .findFirst()
                .or(() -> streams.stream().findFirst());
        List<DirectoryInventory.Item> kept =
                stream.isEmpty() || !Files.isDirectory(directory) ? List.of() : keptByNewestRun(stream.get());
        return firstGood(kept.stream().map(DirectoryInventory.Item::path).toList())
                .orElseThrow(this::nothing);
    }

    /** Best first, the earliest of equals; without a monitor newest first. */
    private List<DirectoryInventory.Item> keptByNewestRun(StreamDeclaration stream) throws IOException {
        List<DirectoryInventory.Item> candidates = candidates();
        RetainedGroups ledger = ledgersOfNewestRun().getOrDefault(stream.name(), RetainedGroups.EMPTY);
        // What only "last" names, or was saved on an exception, is not among those that were compared.
        GroupSet groups = ledger.kept().groups();
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

    private Map<String, RetainedGroups> ledgersOfNewestRun() throws IOException {
        return Catalog.read(directory).newest().map(Manifest::retained).orElse(Map.of());
    }

    /** All untransformed checkpoints that should be there, newest first. */
    private List<DirectoryInventory.Item> candidates() throws IOException {
        if (!Files.isDirectory(directory)) {
            return new ArrayList<>();
        }
        List<DirectoryInventory.Item> candidates =
                new ArrayList<>(DirectoryInventory.read(directory).items());
        candidates.removeIf(item -> !CheckpointStartingPoint.isUntransformed(item));
        return candidates;
    }

    /**
     * All untransformed checkpoints, newest first; of one group those first that have the name {@code last}, and under it: a
     * run that resumes from there replaces it when it saves, and the file of the checkpoint's own name is superseded as
     * if training had never stopped.
     */
    private Set<Path> newest() throws IOException {
        List<DirectoryInventory.Item> candidates = candidates();
        Map<DirectoryInventory.Item, Path> pointers = pointers(candidates);
        candidates.sort(Comparator.comparingLong(DirectoryInventory.Item::group)
                .reversed()
                .thenComparing(item -> !pointers.containsKey(item)));
        Set<Path> paths = new LinkedHashSet<>();
        for (DirectoryInventory.Item item : candidates) {
            Path pointer = pointers.get(item);
            if (pointer != null) {
                paths.add(pointer);
            }
            paths.add(item.path());
        }
        return paths;
    }

    /** The {@code last} of each checkpoint that has one. */
    private Map<DirectoryInventory.Item, Path> pointers(List<DirectoryInventory.Item> candidates) throws IOException {
        Map<DirectoryInventory.Item, Path> pointers = new HashMap<>();
        Map<String, RetainedGroups> ledgers = candidates.isEmpty() ? Map.of() : ledgersOfNewestRun();
        for (DirectoryInventory.Item item : candidates) {
            Optional<RetainedGroups.Pointed> last =
                    ledgers.getOrDefault(item.stream(), RetainedGroups.EMPTY).last();
            if (last.isPresent() && last.get().group() == item.group()) {
                Path path = directory.resolve(last.get().name());
                if (Files.exists(path)) {
                    pointers.put(item, path);
                }
            }
        }
        return pointers;
    }

    private Optional<StartingPoint> firstGood(Collection<Path> candidates) {
        Iterator<Path> rest = candidates.iterator();
        return next(rest)
                .map(first -> new FallbackStartingPoint(first, failure -> {
                    skip(failure);
                    return next(rest).orElseThrow(this::nothing);
                }));
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
        LOG.warn("A checkpoint is passed over. {}", failure.getMessage());
        skipped.add(String.valueOf(failure.getMessage()));
    }

    private NotResumableException nothing() {
        StringBuilder message = new StringBuilder("There is no checkpoint in " + directory
                + " from which training can go on. Name another one by its path, or fit without resumeFrom.");
        skipped.forEach(reason -> message.append("\n  ").append(reason));
        return new NotResumableException(message.toString());
    }
}
