package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * The groups of a directory, as their manifests describe them at one moment.
 *
 * <p>Read without a lock, and without changing anything, while a run may be writing there: a group that commits or is
 * deleted meanwhile is in the catalogue or not. Immutable.
 */
public final class Catalog {
    private final Path root;
    private final NavigableMap<Long, Manifest> groups;
    private final Map<UUID, Manifest> newest = new HashMap<>();
    private final List<Damaged> damaged;

    /**
     * A catalogue.
     *
     * @param groups good manifests by their numbers
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
     * @throws IOException if there is no such directory, or it cannot be listed; a manifest that cannot be read is among
     *     the damaged ones instead
     */
    public static Catalog read(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(
                    root + " is no directory, so that it holds no checkpoints; name the directory of a run");
        }
        return new CatalogReader(new DirectoryLayout(root)).read();
    }

    /** The good manifests, by ascending number. */
    public List<Manifest> manifests() {
        return List.copyOf(groups.values());
    }

    /** What is called like a manifest but is none, by name. */
    public List<Damaged> damaged() {
        return damaged;
    }

    /** The newest good manifest of a run. */
    public Optional<Manifest> newest(UUID run) {
        return Optional.ofNullable(newest.get(run));
    }

    /** The newest good manifest of all runs. */
    public Optional<Manifest> newest() {
        return Optional.ofNullable(groups.lastEntry()).map(Map.Entry::getValue);
    }

    /** The good manifest of a group. */
    public Optional<Manifest> group(long group) {
        return Optional.ofNullable(groups.get(group));
    }

    /** A stream's checkpoint in a group; empty if it saved none there, or the manifest is gone or damaged. */
    public Optional<StoredCheckpoint> checkpoint(String stream, long group) {
        return group(group)
                .flatMap(manifest -> manifest.checkpoints().stream()
                        .filter(checkpoint -> checkpoint.stream().equals(stream))
                        .findFirst());
    }

    /**
     * Where a checkpoint's file is now: under its own name, or under that of its blob as long as the group is not
     * published. That may change before the file is opened if a run is publishing; locate it once more then.
     */
    public Path locate(StoredCheckpoint checkpoint) {
        Path blob = new DirectoryLayout(root).folder().resolve(checkpoint.blob().name());
        return Files.exists(blob, LinkOption.NOFOLLOW_LINKS) ? blob : root.resolve(checkpoint.file());
    }

    /**
     * What is called like a manifest but is none.
     *
     * @param file the file, or whatever has the name
     * @param reason the rule that it violates, and how
     */
    public record Damaged(Path file, MalformedManifestException reason) {}
}
