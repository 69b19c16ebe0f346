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

/** Finds the checkpoint that a fit is to go on from, and opens it. */
final class Resuming {
    private static final Logger LOG = LoggerFactory.getLogger(Resuming.class);

    private final Path directory;
    private final StreamGraph graph;
    private final CheckpointStart.When verification;
    private final List<String> passedOver = new ArrayList<>();

    private Resuming(Path directory, StreamGraph graph, CheckpointStart.When verification) {
        this.directory = directory;
        this.graph = graph;
        this.verification = verification;
    }

    /**
     * Finds a starting point, to be closed by the caller.
     *
     * @param directory that the run saves to
     * @param graph the streams of the run
     * @param verification when to verify a checkpoint; one that is found to be damaged later is passed over even so, unless
     *     it was named
     * @throws NotResumableException if there is none
     * @throws IOException if the directory cannot be read
     */
    static StartingPoint find(ResumeFrom from, Path directory, StreamGraph graph, CheckpointStart.When verification)
            throws IOException {
        Resuming resuming = new Resuming(directory.toAbsolutePath().normalize(), graph, verification);
        return switch (from.kind()) {
            case NOTHING -> StartingPoint.BEGINNING;
            case FILE -> CheckpointStart.open(from.file().orElseThrow(), verification);
            case LAST -> resuming.last();
            case AUTO -> resuming.lastIfAny();
            case BEST -> resuming.best();
        };
    }

    /** Goes on from the newest if there is one. Damaged ones are no reason to begin anew, and to train for days. */
    private StartingPoint lastIfAny() throws IOException {
        Optional<StartingPoint> last = firstGood(newest());
        if (last.isEmpty() && !passedOver.isEmpty()) {
            throw nothing();
        }
        return last.orElse(StartingPoint.BEGINNING);
    }

    /** The newest good checkpoint of all streams from which training can go on. */
    private StartingPoint last() throws IOException {
        return firstGood(newest()).orElseThrow(this::nothing);
    }

    /** The best of what the newest run keeps, of the first stream that monitors a metric. */
    private StartingPoint best() throws IOException {
        List<StreamDeclaration> streams =
                graph.streams().stream().filter(StreamDeclaration::isResumable).toList();
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
        Ledger ledger = Catalog.read(directory)
                .newest()
                .map(manifest -> manifest.ledgers().getOrDefault(stream.name(), Ledger.EMPTY))
                .orElse(Ledger.EMPTY);
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

    /** All untransformed checkpoints that should be there, newest first. */
    private List<Inventory.Item> candidates() throws IOException {
        if (!Files.isDirectory(directory)) {
            return new ArrayList<>();
        }
        List<Inventory.Item> candidates =
                new ArrayList<>(Inventory.read(directory).items());
        candidates.removeIf(item -> item.checkpoint()
                .filter(checkpoint -> checkpoint.derivation().isEmpty())
                .isEmpty());
        return candidates;
    }

    /**
     * All untransformed checkpoints, newest first; of one group those first that have the name {@code last}, and under it: a
     * run that goes on from there replaces it when it saves, and the file of the checkpoint's own name is retired as if
     * training had never stopped.
     */
    private Set<Path> newest() throws IOException {
        List<Inventory.Item> candidates = candidates();
        Map<String, Ledger> ledgers = candidates.isEmpty()
                ? Map.of()
                : Catalog.read(directory).newest().map(Manifest::ledgers).orElse(Map.of());
        Map<Inventory.Item, Path> pointers = new HashMap<>();
        for (Inventory.Item item : candidates) {
            ledgers.getOrDefault(item.stream(), Ledger.EMPTY)
                    .last()
                    .filter(last -> last.group() == item.group())
                    .map(last -> directory.resolve(last.name()))
                    .filter(Files::exists)
                    .ifPresent(path -> pointers.put(item, path));
        }
        candidates.sort(Comparator.comparingLong(Inventory.Item::group)
                .reversed()
                .thenComparing(item -> !pointers.containsKey(item)));
        Set<Path> paths = new LinkedHashSet<>();
        for (Inventory.Item item : candidates) {
            Optional.ofNullable(pointers.get(item)).ifPresent(paths::add);
            paths.add(item.path());
        }
        return paths;
    }

    private Optional<StartingPoint> firstGood(Collection<Path> candidates) {
        Iterator<Path> rest = candidates.iterator();
        return next(rest)
                .map(first -> new FirstGoodStart(first, failure -> {
                    passOver(failure);
                    return next(rest).orElseThrow(this::nothing);
                }));
    }

    private Optional<CheckpointStart> next(Iterator<Path> candidates) {
        while (candidates.hasNext()) {
            try {
                return Optional.of(CheckpointStart.open(candidates.next(), verification));
            } catch (IOException | NotResumableException e) {
                passOver(e);
            }
        }
        return Optional.empty();
    }

    private void passOver(Exception failure) {
        LOG.warn("A checkpoint is passed over. {}", failure.getMessage());
        passedOver.add(String.valueOf(failure.getMessage()));
    }

    private NotResumableException nothing() {
        StringBuilder message = new StringBuilder("There is no checkpoint in " + directory
                + " from which training can go on. Name another one by its path, or fit without resumeFrom.");
        passedOver.forEach(reason -> message.append("\n  ").append(reason));
        return new NotResumableException(message.toString());
    }
}
