package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The groups of a directory as their manifests describe them: a snapshot.
 *
 * <p>Reads take no lock and change nothing, although a run may be writing there: a group that is committed or deleted
 * during the read may or may not be in the catalogue. Immutable.
 */
public final class Catalog {
    private final Path root;
    private final NavigableMap<Long, Manifest> groups;
    private final Map<UUID, Manifest> newest = new HashMap<>();
    private final List<Damaged> damaged;

    /**
     * A catalogue.
     *
     * @param groups valid manifests by group number
     */
    Catalog(Path root, Map<Long, Manifest> groups, Collection<Damaged> damaged) {
        this.root = root;
        this.groups = new TreeMap<>(groups);
        this.groups.values().forEach(manifest -> newest.put(manifest.origin().run(), manifest));
        this.damaged =
                damaged.stream().sorted(Comparator.comparing(Damaged::file)).toList();
    }

    /**
     * Reads the manifests of a directory. A directory without {@code .rivulet} has an empty catalogue.
     *
     * @throws IOException if the directory does not exist or cannot be listed; an unreadable manifest is reported as
     *     damaged instead
     */
    public static Catalog read(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root + " is not a directory; pass the directory of a run");
        }
        return new CatalogReader(new DirectoryLayout(root)).read();
    }

    /** The valid manifests by ascending group number. */
    public List<Manifest> manifests() {
        return List.copyOf(groups.values());
    }

    /** Files that are named like manifests but are not valid ones, by name. */
    public List<Damaged> damaged() {
        return damaged;
    }

    /** The newest valid manifest of a run. */
    public Optional<Manifest> newest(UUID run) {
        return Optional.ofNullable(newest.get(run));
    }

    /** The newest valid manifest of all runs. */
    public Optional<Manifest> newest() {
        return Optional.ofNullable(groups.lastEntry()).map(Map.Entry::getValue);
    }

    /** The valid manifest of a group. */
    public Optional<Manifest> group(long group) {
        return Optional.ofNullable(groups.get(group));
    }

    /**
     * A stream's checkpoint in a group; empty if the stream did not save then, or the manifest is missing or damaged.
     */
    public Optional<StoredCheckpoint> checkpoint(String stream, long group) {
        return group(group)
                .flatMap(manifest -> manifest.checkpoints().stream()
                        .filter(checkpoint -> checkpoint.stream().equals(stream))
                        .findFirst());
    }

    /**
     * The current path of a checkpoint's file: its own path, or that of its blob until the group is published. If a run
     * is publishing, the path may change before the file is opened; locate it again in that case.
     */
    public Path locate(StoredCheckpoint checkpoint) {
        return new DirectoryLayout(root).locate(checkpoint);
    }

    /**
     * A file that is named like a manifest but is not a valid one.
     *
     * @param file the file, folder or link of that name
     * @param reason the rule that it violates, and how
     */
    public record Damaged(Path file, MalformedManifestException reason) {}
}
