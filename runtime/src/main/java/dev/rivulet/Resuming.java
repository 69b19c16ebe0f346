package dev.rivulet;

import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.store.Catalog;
import dev.rivulet.store.GroupSet;
import dev.rivulet.store.Inventory;
import dev.rivulet.store.Ledger;
import dev.rivulet.store.Manifest;
import dev.rivulet.stream.ScoreOrder;
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
final class Resuming {
    private static final Logger LOG = LoggerFactory.getLogger(Resuming.class);

    private final Path directory;
    private final StreamGraph graph;
    private final CheckpointStart.When verification;
    private final List<String> skipped = new ArrayList<>();

    /**
     * A search, made once per fit.
     *
     * @param directory that the run saves to
     * @param graph the streams of the run
     * @param verification when to verify a checkpoint
     */
    Resuming(Path directory, StreamGraph graph, CheckpointStart.When verification) {
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
    StartingPoint file(Path file) throws IOException {
        return CheckpointStart.open(file, verification);
    }

    /**
     * The newest if there is one. Damaged ones are no reason to start fresh, and to train for days.
     *
     * @throws NotResumableException if all of them are damaged
     * @throws IOException if the directory cannot be read
     */
    StartingPoint auto() throws IOException {
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
    StartingPoint last() throws IOException {
        return firstGood(newest()).orElseThrow(this::nothing);
    }

    /**
     * The best of what the newest run keeps, of the first stream that monitors a metric.
     *
     * @throws NotResumableException if there is none
     * @throws IOException if the directory cannot be read
     */
    StartingPoint best() throws IOException {
        List<StreamDeclaration> streams =
                graph.streams().stream().filter(CheckpointCodecs::isResumable).toList();
        Optional<StreamDeclaration> stream = streams.stream()
                .filter(declared -> declared.policy().monitor().isPresent())
                .findFirst()
                .or(() -> streams.stream().findFirst());
        List<Inventory.Item> kept =
                stream.isEmpty() || !Files.isDirectory(directory) ? List.of() : keptByNewestRun(stream.get());
        return firstGood(kept.stream().map(Inventory.Item::path).toList()).orElseThrow(this::nothing);
    }

    /** Best first, the earliest of equals; without a monitor newest first. */
    private List<Inventory.Item> keptByNewestRun(StreamDeclaration stream) throws IOException {
        List<Inventory.Item> candidates = candidates();
        Ledger ledger = ledgersOfNewestRun().getOrDefault(stream.name(), Ledger.EMPTY);
        // What only "last" names, or was saved on an exception, is not among those that were compared.
        GroupSet groups = ledger.kept().groups();
        candidates.removeIf(item -> !item.stream().equals(stream.name()) || !groups.contains(item.group()));
        if (stream.policy().monitor().isPresent()) {
            candidates.sort(Comparator.comparing(
                            Resuming::score,
                            ScoreOrder.bestFirst(stream.policy().mode()))
                    .thenComparing(Inventory.Item::group));
        }
        return candidates;
    }

    private static OptionalDouble score(Inventory.Item item) {
        return item.checkpoint().orElseThrow().score();
    }

    private Map<String, Ledger> ledgersOfNewestRun() throws IOException {
        return Catalog.read(directory).newest().map(Manifest::ledgers).orElse(Map.of());
    }

    /** All untransformed checkpoints that should be there, newest first. */
    private List<Inventory.Item> candidates() throws IOException {
        if (!Files.isDirectory(directory)) {
            return new ArrayList<>();
        }
        List<Inventory.Item> candidates =
                new ArrayList<>(Inventory.read(directory).items());
        candidates.removeIf(item -> !CheckpointStart.isUntransformed(item));
        return candidates;
    }

    /**
     * All untransformed checkpoints, newest first; of one group those first that have the name {@code last}, and under it: a
     * run that resumes from there replaces it when it saves, and the file of the checkpoint's own name is superseded as
     * if training had never stopped.
     */
    private Set<Path> newest() throws IOException {
        List<Inventory.Item> candidates = candidates();
        Map<Inventory.Item, Path> pointers = pointers(candidates);
        candidates.sort(Comparator.comparingLong(Inventory.Item::group)
                .reversed()
                .thenComparing(item -> !pointers.containsKey(item)));
        Set<Path> paths = new LinkedHashSet<>();
        for (Inventory.Item item : candidates) {
            Path pointer = pointers.get(item);
            if (pointer != null) {
                paths.add(pointer);
            }
            paths.add(item.path());
        }
        return paths;
    }

    /** The {@code last} of each checkpoint that has one. */
    private Map<Inventory.Item, Path> pointers(List<Inventory.Item> candidates) throws IOException {
        Map<Inventory.Item, Path> pointers = new HashMap<>();
        Map<String, Ledger> ledgers = candidates.isEmpty() ? Map.of() : ledgersOfNewestRun();
        for (Inventory.Item item : candidates) {
            Optional<Ledger.Pointed> last =
                    ledgers.getOrDefault(item.stream(), Ledger.EMPTY).last();
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
                .map(first -> new FirstGoodStart(first, failure -> {
                    skip(failure);
                    return next(rest).orElseThrow(this::nothing);
                }));
    }

    private Optional<CheckpointStart> next(Iterator<Path> candidates) {
        while (candidates.hasNext()) {
            try {
                return Optional.of(CheckpointStart.open(candidates.next(), verification));
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
