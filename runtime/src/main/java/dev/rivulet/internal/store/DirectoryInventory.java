package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Maps the files of a directory to the checkpoints that they should hold according to a snapshot of its manifests.
 *
 * <p>Reads take no lock and change nothing, although a run may be writing there. File names alone are never trusted.
 * Immutable.
 */
public final class DirectoryInventory {
    private final Path root;
    private final long highestGroup;
    private final Catalog catalog;
    private final List<Item> items;

    private DirectoryInventory(Path root, long highestGroup, Catalog catalog) {
        this.root = root;
        this.highestGroup = highestGroup;
        this.catalog = catalog;
        this.items = items(new DirectoryLayout(root), catalog);
    }

    /**
     * A file that should exist.
     *
     * @param name its path in the directory once its group is published
     * @param path its actual or expected path; the manifest's path if the manifest is missing
     * @param checkpoint what it should hold; empty if the group's manifest is missing or damaged
     */
    public record Item(String stream, long group, String name, Path path, Optional<StoredCheckpoint> checkpoint) {}

    /**
     * Reads the manifests of a directory.
     *
     * @throws IOException if the directory does not exist or cannot be listed
     */
    public static DirectoryInventory read(Path root) throws IOException {
        long highestGroup = new DirectoryLayout(root).highestGroup(); // First, so that a concurrent commit is detected.
        return new DirectoryInventory(root, highestGroup, Catalog.read(root));
    }

    /**
     * Reads the manifests of the directory that contains a file, directly or in a subfolder.
     *
     * @param file an absolute path without links
     * @return empty if no folder above the file has manifests, for example because a single file was copied
     * @throws IOException if the directory cannot be listed
     */
    public static Optional<DirectoryInventory> around(Path file) throws IOException {
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(new DirectoryLayout(folder).folder())) {
                return Optional.of(read(folder));
            }
        }
        return Optional.empty();
    }

    /** The path of a file in a directory, with {@code /} between names. */
    public static String relative(Path root, Path file) {
        return new DirectoryLayout(root).relative(file);
    }

    /** The absolute path of a file with links in its folders resolved, but not the file itself if it is a link. */
    public static Path unlinked(Path file) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Path folder = path.getParent();
        Path name = path.getFileName();
        return folder == null || name == null ? path : folder.toRealPath().resolve(name);
    }

    private static List<Item> items(DirectoryLayout layout, Catalog catalog) {
        NavigableMap<Long, Manifest> manifests = new TreeMap<>();
        catalog.manifests().forEach(manifest -> manifests.put(manifest.group(), manifest));
        RetainedFiles kept = new RetainedFiles(manifests);
        Set<String> seen = new HashSet<>(); // A path that two runs retain belongs to the newer run.
        List<Item> items = new ArrayList<>();
        for (Manifest newest : kept.newestOfRuns()) {
            kept.of(newest).stream()
                    .filter(file -> seen.add(file.path()))
                    .map(file ->
                            new Item(file.stream(), file.group(), file.path(), layout.locate(file), file.checkpoint()))
                    .forEach(items::add);
        }
        items.sort(Comparator.comparingLong(Item::group).reversed());
        return List.copyOf(items);
    }

    /** Whether no group was committed since the manifests were read, so that a missing file is really missing. */
    public boolean isCurrent() throws IOException {
        return new DirectoryLayout(root).highestGroup() == highestGroup;
    }

    /**
     * All files that should exist, newest group first; within a group, files before other names of the same content.
     */
    public List<Item> items() {
        return items;
    }

    /** The step of the newest group if its manifest is known; empty if it is lost, or there is no group. */
    public OptionalLong newestStep() {
        Optional<Manifest> newest = catalog.newest().filter(manifest -> manifest.group() >= highestGroup);
        return newest.isPresent() ? OptionalLong.of(newest.get().origin().globalStep()) : OptionalLong.empty();
    }

    /** Whether the manifest of the newest group, or of one of which the newest run keeps a file, is lost. */
    public boolean lacksManifest() {
        return newestStep().isEmpty()
                || catalog.newest().stream()
                        .flatMap(newest -> newest.retained().values().stream())
                        .flatMap(retained -> retained.groups().numbers().stream())
                        .anyMatch(group -> catalog.group(group).isEmpty());
    }

    /** The highest step of a known group; negative without one. */
    public long highestStep() {
        return catalog.manifests().stream()
                .mapToLong(manifest -> manifest.origin().globalStep())
                .max()
                .orElse(-1);
    }

    /**
     * The files that may belong to a run: those that its manifests name, and those that none names.
     *
     * @param extensions extensions of checkpoint files
     * @return sorted
     * @throws IOException if a folder cannot be listed
     */
    public List<Path> filesOf(UUID run, List<String> extensions) throws IOException {
        Set<Path> files = new TreeSet<>(unowned(extensions));
        items.stream()
                .filter(item -> catalog.group(item.group())
                        .map(manifest -> manifest.origin().run().equals(run))
                        .orElse(true))
                .map(Item::path)
                .filter(file -> extensions.stream().anyMatch(file.toString()::endsWith) && Files.exists(file))
                .forEach(files::add);
        return List.copyOf(files);
    }

    /** The run of the newest group that is known. */
    public Optional<UUID> newestRun() {
        return catalog.newest().map(manifest -> manifest.origin().run());
    }

    /** Whether a file of another snapshot should exist according to this one, too. */
    public boolean expects(Item item) {
        return items.stream()
                .anyMatch(own -> own.group() == item.group()
                        && own.stream().equals(item.stream())
                        && own.name().equals(item.name()));
    }

    /**
     * What {@code last} or {@code best} may hold, if it is a copy that the newest group moves: a run may be about to
     * move it, or was killed before it did, so that it holds what it held before.
     *
     * @return empty if the group does not move the file
     */
    public List<Candidate> duringMove(Item item) {
        boolean moves = catalog.newest()
                .filter(newest -> newest.group() == item.group())
                .filter(newest -> newest.pointers().stream()
                        .anyMatch(pointer -> pointer.name().equals(item.name())))
                .isPresent();
        return moves && new DirectoryLayout(root).canExpress(item.name())
                ? candidates(root.resolve(item.name()))
                : List.of();
    }

    /** The current path of a checkpoint's own file. */
    public Path locate(StoredCheckpoint checkpoint) {
        return catalog.locate(checkpoint);
    }

    /** Files that are named like manifests but are not valid ones. */
    public List<Catalog.Damaged> damaged() {
        return catalog.damaged();
    }

    /** Damaged manifests that may belong to groups after this one. */
    public List<Catalog.Damaged> damagedAfter(long group) {
        return catalog.damaged().stream()
                .filter(damaged -> numberOf(damaged).orElse(Long.MAX_VALUE) > group)
                .toList();
    }

    /** The group number in the name of a damaged manifest; empty if the name has none. */
    public static OptionalLong numberOf(Catalog.Damaged damaged) {
        return DirectoryLayout.groupOf(damaged.file());
    }

    /** All streams named by a manifest. */
    public Set<String> streams() {
        Set<String> streams = new LinkedHashSet<>();
        catalog.manifests()
                .forEach(manifest -> streams.addAll(manifest.retained().keySet()));
        return streams;
    }

    /**
     * The checkpoints that a file may hold. There are several if groups used the same path one after another, because a
     * run may be replacing the file right now.
     *
     * @param file in this directory
     * @return empty if no manifest names the file, or if a damaged manifest may name it
     */
    public List<Candidate> candidates(Path file) {
        String name = new DirectoryLayout(root).relative(file);
        List<Candidate> candidates = catalog.manifests().stream()
                .flatMap(manifest -> candidates(manifest, name))
                .distinct()
                .toList();
        long newest = candidates.stream().mapToLong(Candidate::group).max().orElse(0);
        return damagedAfter(newest).isEmpty() && newestStep().isPresent() ? candidates : List.of();
    }

    /** A checkpoint that a file may hold, and its group. */
    public record Candidate(long group, StoredCheckpoint checkpoint) {}

    private Stream<Candidate> candidates(Manifest manifest, String name) {
        Stream<Candidate> files = manifest.checkpoints().stream()
                .filter(file -> file.file().equals(name)
                        || name.equals(
                                DirectoryLayout.PRIVATE + "/" + file.blob().name()))
                .map(file -> new Candidate(manifest.group(), file));
        Stream<Candidate> pointers = manifest.retained().entrySet().stream()
                .flatMap(retainedGroups -> Stream.of(
                                retainedGroups.getValue().last(),
                                retainedGroups.getValue().best())
                        .flatMap(Optional::stream)
                        .filter(pointer -> pointer.name().equals(name))
                        .flatMap(pointer -> catalog
                                .checkpoint(retainedGroups.getKey(), pointer.group())
                                .map(file -> new Candidate(pointer.group(), file))
                                .stream()));
        return Stream.concat(files, pointers);
    }

    /**
     * Files that are named like checkpoints but are not retained by any run. Excludes files that a committed but
     * unpublished group supersedes, and folders with manifests of their own.
     *
     * @param extensions extensions of checkpoint files
     * @throws IOException if a folder cannot be listed
     */
    public List<Path> unowned(List<String> extensions) throws IOException {
        Set<Path> known = new HashSet<>();
        items.forEach(item -> known.add(item.path()));
        catalog.newest().stream()
                .flatMap(newest -> newest.superseded().stream())
                .filter(new DirectoryLayout(root)::canExpress)
                .forEach(file -> known.add(root.resolve(file)));
        List<Path> unowned = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean isOwn = folder.equals(root)
                        || !(folder.endsWith(DirectoryLayout.PRIVATE)
                                || Files.isDirectory(new DirectoryLayout(folder).folder()));
                return isOwn ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && isNamedLikeCheckpoint(file, extensions) && !known.contains(file)) {
                    unowned.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // Deleted since the folder was listed.
                }
                throw failure;
            }
        });
        unowned.sort(null);
        return unowned;
    }

    private static boolean isNamedLikeCheckpoint(Path file, List<String> extensions) {
        return extensions.stream().anyMatch(file.toString()::endsWith);
    }
}
