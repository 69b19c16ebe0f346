package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a committed group visible: renames its files to their paths, moves the pointers, and deletes superseded files.
 * All steps are idempotent, so they can be repeated after an interruption. The changes are durable once the returned
 * folders are flushed.
 *
 * <p>Links are never followed: a link at a path to be written or deleted is itself replaced or deleted.
 */
final class Publishing {
    private final DirectoryLayout layout;
    private final RetainedFiles retained;
    private final Set<Path> touched = new LinkedHashSet<>();
    private final List<Recovery.Unnamed> unnamed = new ArrayList<>();
    private @Nullable Exception cause;

    /**
     * Publishing in a directory.
     *
     * @param retained of the directory, including the group to publish
     */
    Publishing(DirectoryLayout layout, RetainedFiles retained) {
        this.layout = layout;
        this.retained = retained;
    }

    /** Folders that must be flushed before the next group commits. */
    Set<Path> touched() {
        return touched;
    }

    /**
     * Publishes a group.
     *
     * @param held paths of superseded files that stay for now
     * @return what could not be done; the failure of one name does not affect the others, but nothing is deleted then
     */
    List<Recovery.Unnamed> run(Manifest manifest, Set<String> held) {
        attempt(DirectoryLayout.SUPERSEDED, () -> {
            if (manifest.isRollback()) {
                restore(manifest);
            } else {
                saveForRollback(manifest);
            }
        });
        if (!unnamed.isEmpty()) {
            return unnamed;
        }
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            attempt(checkpoint.file(), () -> name(checkpoint));
        }
        for (Manifest.Pointer pointer : manifest.pointers()) {
            attempt(pointer.name(), () -> point(pointer));
        }
        if (unnamed.isEmpty() && isComplete(manifest)) {
            manifest.superseded().stream()
                    .filter(file -> !held.contains(file))
                    .forEach(file -> attempt(file, () -> delete(layout.resolve(file))));
        }
        return unnamed;
    }

    /** The failure of {@link #run} for the user of a run that continues. */
    IOException failure(Manifest manifest) {
        return new IOException(
                "Group " + manifest.group() + " is safe in " + layout.folder()
                        + ", but its files could not be renamed to their paths: "
                        + unnamed.stream().map(Recovery.Unnamed::reason).collect(Collectors.joining(", "))
                        + ". The next save, or opening the directory again, completes this."
                        + " Make sure that the directory is writable, and that no folder has the path of a file.",
                cause);
    }

    /**
     * Deletes superseded files.
     *
     * @return folders that must be flushed before the next group commits
     */
    static Set<Path> delete(DirectoryLayout layout, Collection<String> files) throws IOException {
        Publishing publishing = new Publishing(layout, new RetainedFiles(new TreeMap<>()));
        for (String file : files) {
            publishing.delete(layout.resolve(file));
        }
        return publishing.touched;
    }

    /** One step of publishing. */
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(String file, Step step) {
        try {
            step.run();
        } catch (IOException | InvalidPathException e) {
            unnamed.add(new Recovery.Unnamed(file, FailureReason.message(e)));
            cause = e;
        }
    }

    /**
     * Gives the files that the group replaces or deletes, and that a rollback would need, a second name in the
     * framework's own folder. It is durable before the first name is gone. If the second name exists, an earlier group
     * or attempt has replaced the file.
     */
    private void saveForRollback(Manifest manifest) throws IOException {
        Set<String> changed = new HashSet<>(manifest.paths());
        boolean saved = false;
        for (RetainedFiles.RetainedFile needed : retained.neededForRollback(manifest)) {
            if (changed.contains(needed.path())) {
                Path file = layout.resolve(needed.path());
                Path second = needed.superseded(layout);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !DurableFiles.exists(second)) {
                    link(file, second);
                    saved = true;
                }
            }
        }
        if (saved) {
            DurableFiles.flush(layout.folder());
        }
    }

    /** Restores the files that a rollback retains. Their second names stay, so that this can be repeated. */
    private void restore(Manifest rollback) throws IOException {
        for (RetainedFiles.RetainedFile file : retained.of(rollback)) {
            if (file.checkpoint().isPresent()) {
                Path second = file.superseded(layout);
                Path path = layout.resolve(file.path());
                if (DurableFiles.exists(second) && !names(path, second, false)) {
                    link(second, path);
                }
                touch(path);
            }
        }
    }

    private void name(StoredCheckpoint checkpoint) throws IOException {
        Path blob = layout.blob(checkpoint.blob().name());
        Path file = layout.resolve(checkpoint.file());
        if (Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS)) {
            replace(blob, file);
        }
        touch(file);
    }

    /** If a user has deleted the target, the pointer stays unchanged instead of failing. */
    private void point(Manifest.Pointer pointer) throws IOException {
        Path target = layout.resolve(pointer.target());
        Path name = layout.resolve(pointer.name());
        touch(name);
        if (Files.notExists(target) || names(name, target, pointer.linked())) {
            return;
        }
        if (pointer.linked()) {
            linkSymbolically(target, name);
        } else {
            link(target, name);
        }
    }

    private void link(Path file, Path name) throws IOException {
        Path temporary = layout.temporary();
        try {
            DurableFiles.linkOrCopy(file, temporary);
            replace(temporary, name);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean names(Path name, Path target, boolean linked) throws IOException {
        return Files.exists(name) && Files.isSymbolicLink(name) == linked && Files.isSameFile(name, target);
    }

    /** Where symbolic links are not supported, a file with the same content serves readers equally well. */
    private void linkSymbolically(Path target, Path name) throws IOException {
        Path temporary = layout.temporary();
        try {
            Files.createSymbolicLink(temporary, DurableFiles.parent(name).relativize(target));
            replace(temporary, name);
        } catch (UnsupportedOperationException e) {
            link(target, name);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void replace(Path temporary, Path target) throws IOException {
        DurableFiles.createFolders(DurableFiles.parent(target));
        DurableFiles.rename(temporary, target);
        Files.deleteIfExists(temporary); // Renaming one hard link of a file to another does nothing.
        touch(target);
    }

    /** Superseded files may be deleted only when all files of the group exist. */
    private boolean isComplete(Manifest manifest) {
        return manifest.checkpoints().stream().allMatch(file -> Files.exists(layout.resolve(file.file())));
    }

    private void delete(Path file) throws IOException {
        if (!DurableFiles.isFolder(file)) {
            Files.deleteIfExists(file);
        }
        touch(file);
    }

    /**
     * Records the folders to flush, even if nothing changed: an earlier attempt may have ended before its flush, and
     * new folders may not be durable in their parents.
     */
    private void touch(Path file) {
        Path folder = file;
        while (!folder.equals(layout.root())) {
            folder = DurableFiles.parent(folder);
            if (Files.isDirectory(folder)) {
                touched.add(folder);
            }
        }
    }
}
