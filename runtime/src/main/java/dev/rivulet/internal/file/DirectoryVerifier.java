package dev.rivulet.internal.file;

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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** Verifies all files. */
    public static DirectoryVerification verifyAll(Path directory) throws IOException {
        for (int attempt = 1; ; attempt++) {
            DirectoryVerifier verifier = new DirectoryVerifier(directory);
            DirectoryVerification found = verifier.all();
            if (found.isGood() || verifier.isLast(attempt)) {
                return found;
            }
        }
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

    /** While a run writes to the directory, files may be deleted between reading the manifests and opening them. */
    private boolean isLast(int attempt) throws IOException {
        return attempt == MAX_ATTEMPTS || inventory.isCurrent();
    }

    private DirectoryVerification all() throws IOException {
        Map<Long, List<KeptFile>> groups = new LinkedHashMap<>();
        for (DirectoryInventory.Item item : inventory.items()) {
            groups.computeIfAbsent(item.group(), group -> new ArrayList<>()).add(verify(item));
        }
        return new DirectoryVerification(
                directory,
                groups.entrySet().stream()
                        .map(group -> new DirectoryVerification.Group(group.getKey(), group.getValue()))
                        .toList(),
                inventory.damaged().stream()
                        .map(damaged -> new DamagedManifest(damaged.file(), reason(damaged)))
                        .toList(),
                inventory.unowned(CheckpointCodecs.extensions()));
    }

    private Optional<NewestCheckpoint> newest(String stream, List<Skipped> skipped) throws IOException {
        for (DirectoryInventory.Item item : inventory.items()) {
            if (!item.stream().equals(stream)) {
                continue;
            }
            KeptFile file = verify(item);
            if (file.state() == State.GOOD) {
                skipped.addAll(0, damagedAfter(item.group()));
                return Optional.of(new NewestCheckpoint(stream, item.group(), file.path(), skipped));
            }
            skipped.add(new Skipped(file.path(), file.problem()));
        }
        skipped.addAll(0, damagedAfter(0));
        return Optional.empty();
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

    private KeptFile verify(DirectoryInventory.Item item) throws IOException {
        Optional<StoredCheckpoint> checkpoint = item.checkpoint();
        if (checkpoint.isEmpty()) {
            return new KeptFile(
                    item.stream(),
                    item.path(),
                    State.MISSING,
                    item.path() + " is missing or damaged, so that the checkpoint of the stream \"" + item.stream()
                            + "\" in group " + item.group() + " is unknown.");
        }
        try {
            return verify(item, item.path(), checkpoint.get());
        } catch (NoSuchFileException e) {
            return item.path().endsWith(checkpoint.get().blob().name())
                    ? afterRename(item, checkpoint.get())
                    : missing(item);
        }
    }

    /** A run may have published the file since the manifests were read. */
    private KeptFile afterRename(DirectoryInventory.Item item, StoredCheckpoint checkpoint) throws IOException {
        Path named = directory.resolve(checkpoint.file());
        try {
            return verify(item, named, checkpoint);
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
