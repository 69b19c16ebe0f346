package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DirectoryVerification;
import dev.rivulet.checkpoint.DirectoryVerification.DamagedManifest;
import dev.rivulet.checkpoint.DirectoryVerification.KeptFile;
import dev.rivulet.checkpoint.DirectoryVerification.State;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.checkpoint.NewestCheckpoint;
import dev.rivulet.checkpoint.NewestCheckpoint.Skipped;
import dev.rivulet.checkpoint.NoGoodCheckpointException;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the files of a directory with their descriptions in its manifests. */
public final class DirectoryVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryVerifier.class);

    /** Maximum number of attempts; after these, a directory that keeps changing is accepted as read. */
    private static final int MAX_ATTEMPTS = 100;

    private final Path directory;
    private final DirectoryInventory inventory;

    private DirectoryVerifier(Path directory) throws IOException {
        this.directory = directory.toAbsolutePath().normalize();
        this.inventory = DirectoryInventory.read(this.directory);
    }

    /** Verifies all files, except those that a run supersedes in the meantime. */
    public static DirectoryVerification verifyAll(Path directory) throws IOException {
        return new DirectoryVerifier(directory).all();
    }

    /** Finds the newest good checkpoint of a stream. */
    public static NewestCheckpoint newest(Path directory, String stream) throws IOException {
        for (int attempt = 1; ; attempt++) {
            DirectoryVerifier verifier = new DirectoryVerifier(directory);
            List<Skipped> skipped = new ArrayList<>();
            Optional<NewestCheckpoint> found = verifier.newest(stream, skipped);
            if ((skipped.isEmpty() && found.isPresent()) || verifier.isLast(attempt)) {
                skipped.forEach(one -> LOG.error("Skipping a checkpoint: {}", one.reason()));
                return found.orElseThrow(() -> verifier.none(stream, skipped));
            }
        }
    }

    /** While a run writes to the directory, a newer group may be committed in the meantime. */
    private boolean isLast(int attempt) throws IOException {
        return attempt == MAX_ATTEMPTS || inventory.isCurrent();
    }

    private DirectoryVerification all() throws IOException {
        Map<Long, List<KeptFile>> groups = new LinkedHashMap<>();
        for (DirectoryInventory.Item item : inventory.items()) {
            Optional<KeptFile> file = verify(item);
            if (file.isPresent()) {
                groups.computeIfAbsent(item.group(), group -> new ArrayList<>()).add(file.get());
            }
        }
        List<Catalog.Damaged> damaged = new ArrayList<>(inventory.damaged());
        List<Path> unowned = new ArrayList<>(inventory.unowned(CheckpointCodecs.extensions()));
        if (!(damaged.isEmpty() && unowned.isEmpty())) {
            DirectoryInventory now = DirectoryInventory.read(directory);
            damaged.removeIf(one ->
                    now.damaged().stream().noneMatch(still -> still.file().equals(one.file())));
            unowned.retainAll(now.unowned(CheckpointCodecs.extensions()));
        }
        return new DirectoryVerification(
                directory,
                groups.entrySet().stream()
                        .map(group -> new DirectoryVerification.Group(group.getKey(), group.getValue()))
                        .toList(),
                damaged.stream()
                        .map(one -> new DamagedManifest(one.file(), reason(one)))
                        .toList(),
                unowned);
    }

    private Optional<NewestCheckpoint> newest(String stream, List<Skipped> skipped) throws IOException {
        for (DirectoryInventory.Item item : inventory.items()) {
            Optional<KeptFile> file = item.stream().equals(stream) ? verify(item) : Optional.empty();
            if (file.filter(kept -> kept.state() == State.GOOD).isPresent()) {
                skipped.addAll(0, damagedAfter(item.group()));
                return Optional.of(
                        new NewestCheckpoint(stream, item.group(), file.get().path(), skipped));
            }
            file.ifPresent(bad -> skipped.add(new Skipped(bad.path(), bad.problem())));
        }
        skipped.addAll(0, damagedAfter(0));
        return inventory.lacksManifest() ? newestUnlisted(stream, skipped) : Optional.empty();
    }

    /** Without manifests, by what the files say of themselves. */
    private Optional<NewestCheckpoint> newestUnlisted(String stream, List<Skipped> skipped) throws IOException {
        Map<Path, Long> steps = new TreeMap<>();
        for (Path path : inventory.unowned(CheckpointCodecs.extensions())) {
            try (CheckpointFile file = CheckpointCodecs.open(path)) {
                Checkpoint checkpoint = file.describe();
                if (checkpoint.stream().equals(stream)) {
                    file.readAll(Map.of());
                    steps.put(path, checkpoint.globalStep());
                }
            } catch (IOException e) {
                skipped.add(new Skipped(path, FileVerifier.message(e)));
            }
        }
        return steps.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(newest -> new NewestCheckpoint(stream, 0, newest.getKey(), skipped));
    }

    /** Damaged manifests, which may describe newer groups. */
    private List<Skipped> damagedAfter(long group) {
        return inventory.damagedAfter(group).stream()
                .map(damaged -> new Skipped(damaged.file(), reason(damaged)))
                .toList();
    }

    private NoGoodCheckpointException none(String stream, List<Skipped> skipped) {
        TreeSet<String> streams = new TreeSet<>(inventory.streams());
        StringBuilder message = new StringBuilder(
                        directory + " has no good checkpoint of a stream \"" + stream + "\". ")
                .append(streams.isEmpty() ? "No stream has saved anything there." : "Its streams are " + streams + ".");
        skipped.forEach(one -> message.append("\n  ").append(one.reason()));
        return new NoGoodCheckpointException(message.toString());
    }

    private static String reason(Catalog.Damaged damaged) {
        return FileVerifier.message(damaged.reason());
    }

    /**
     * Verifies a file.
     *
     * @return empty if the file is bad, but has been superseded in the meantime
     */
    private Optional<KeptFile> verify(DirectoryInventory.Item item) throws IOException {
        KeptFile found = found(item);
        if (found.state() != State.GOOD) {
            found = duringMove(item).orElse(found);
        }
        return found.state() == State.GOOD || DirectoryInventory.read(directory).expects(item)
                ? Optional.of(found)
                : Optional.empty();
    }

    /** The file that {@code last} or {@code best} is going to name, while it is being moved to it. */
    private Optional<KeptFile> duringMove(DirectoryInventory.Item item) throws IOException {
        List<DirectoryInventory.Candidate> held = inventory.duringMove(item);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        Path name = directory.resolve(item.name());
        if (Files.exists(name) && !new FileVerifier(name, held).run().isGood()) {
            return Optional.empty();
        }
        StoredCheckpoint checkpoint = item.checkpoint().orElseThrow();
        return Optional.of(found(item, inventory.locate(checkpoint), checkpoint));
    }

    private KeptFile found(DirectoryInventory.Item item) throws IOException {
        Optional<StoredCheckpoint> checkpoint = item.checkpoint();
        if (checkpoint.isEmpty()) {
            return new KeptFile(
                    item.stream(),
                    item.path(),
                    State.MISSING,
                    item.path() + " is missing or damaged, so that the checkpoint of the stream \"" + item.stream()
                            + "\" in group " + item.group() + " is unknown.");
        }
        return found(item, item.path(), checkpoint.get());
    }

    private KeptFile found(DirectoryInventory.Item item, Path path, StoredCheckpoint checkpoint) throws IOException {
        try {
            return verify(item, path, checkpoint);
        } catch (NoSuchFileException e) {
            return path.endsWith(checkpoint.blob().name()) ? afterRename(item, checkpoint) : missing(item);
        }
    }

    /** A run may have published the file since the manifests were read. */
    private KeptFile afterRename(DirectoryInventory.Item item, StoredCheckpoint checkpoint) throws IOException {
        try {
            return verify(item, inventory.locate(checkpoint), checkpoint);
        } catch (NoSuchFileException e) {
            return missing(item);
        }
    }

    private static KeptFile missing(DirectoryInventory.Item item) {
        return new KeptFile(
                item.stream(),
                item.path(),
                State.MISSING,
                item.path() + " is missing; the manifest of group " + item.group() + " names it.");
    }

    private static KeptFile verify(DirectoryInventory.Item item, Path path, StoredCheckpoint checkpoint)
            throws IOException {
        FileVerification found =
                new FileVerifier(path, List.of(new DirectoryInventory.Candidate(item.group(), checkpoint))).run();
        return new KeptFile(
                item.stream(), path, found.isGood() ? State.GOOD : State.DAMAGED, String.join(" ", found.problems()));
    }
}
