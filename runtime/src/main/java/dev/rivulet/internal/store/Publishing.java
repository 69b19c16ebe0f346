package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a committed group visible: renames its files to their paths, moves the pointers, and deletes superseded files.
 * All steps are idempotent, so they can be repeated after an interruption. The changes are durable once the touched
 * folders are flushed.
 *
 * <p>Links are never followed: a link at a path to be written or deleted is itself replaced or deleted.
 */
final class Publishing {
    private final DirectoryLayout layout;
    private final Manifest manifest;
    private final Set<Path> touched = new LinkedHashSet<>();
    private final List<Recovery.Unnamed> unnamed = new ArrayList<>();
    private @Nullable Exception cause;

    Publishing(DirectoryLayout layout, Manifest manifest) {
        this.layout = layout;
        this.manifest = manifest;
    }

    /** Folders that must be flushed before the next group commits. */
    Set<Path> touched() {
        return touched;
    }

    /**
     * Publishes the group.
     *
     * @return what could not be done; the failure of one name does not affect the others, but nothing is deleted then
     */
    List<Recovery.Unnamed> run() {
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            attempt(checkpoint.file(), () -> name(checkpoint));
        }
        for (Manifest.Pointer pointer : manifest.pointers()) {
            attempt(pointer.name(), () -> point(pointer));
        }
        if (unnamed.isEmpty() && isComplete()) {
            manifest.superseded().forEach(file -> attempt(file, () -> delete(layout.resolve(file))));
        }
        return unnamed;
    }

    /** The failure of {@link #run} for the user of a run that continues. */
    IOException failure() {
        return new IOException(
                "Group " + manifest.group() + " is safe in " + layout.folder()
                        + ", but its files could not be renamed to their paths: "
                        + unnamed.stream().map(Recovery.Unnamed::reason).collect(Collectors.joining(", "))
                        + ". The next save, or opening the directory again, completes this."
                        + " Make sure that the directory is writable, and that no folder has the path of a file.",
                cause);
    }

    /** One step of publishing. */
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(String file, Step step) {
        try {
            step.run();
        } catch (IOException | InvalidPathException e) {
            unnamed.add(new Recovery.Unnamed(file, e.getMessage() == null ? e.toString() : e.getMessage()));
            cause = e;
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
        Path temporary = layout.temporary();
        try {
            if (pointer.linked()) {
                linkSymbolically(temporary, name, target);
            } else {
                DurableFiles.linkOrCopy(target, temporary);
            }
            replace(temporary, name);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean names(Path name, Path target, boolean linked) throws IOException {
        return Files.exists(name) && Files.isSymbolicLink(name) == linked && Files.isSameFile(name, target);
    }

    /** Where symbolic links are not supported, a file with the same content serves readers equally well. */
    private static void linkSymbolically(Path temporary, Path name, Path target) throws IOException {
        try {
            Files.createSymbolicLink(temporary, DurableFiles.parent(name).relativize(target));
        } catch (UnsupportedOperationException e) {
            DurableFiles.linkOrCopy(target, temporary);
        }
    }

    private void replace(Path temporary, Path target) throws IOException {
        DurableFiles.createFolders(DurableFiles.parent(target));
        DurableFiles.rename(temporary, target);
        Files.deleteIfExists(temporary); // Renaming one hard link of a file to another does nothing.
        touch(target);
    }

    /** Superseded files may be deleted only when all files of the group exist. */
    private boolean isComplete() {
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
