package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Makes a committed group visible: renames its files to their paths, moves the pointers, and deletes superseded files.
 * All steps are idempotent, so they can be repeated after an interruption. The changes are durable once the returned
 * folders are flushed.
 *
 * <p>Links are never followed: a link at a path to be written or deleted is itself replaced or deleted.
 */
final class Publishing {
    private final DirectoryLayout layout;
    private final Set<Path> touched = new LinkedHashSet<>();

    private Publishing(DirectoryLayout layout) {
        this.layout = layout;
    }

    /**
     * Publishes a group.
     *
     * @return folders that must be flushed before the next group commits
     * @throws IOException if the group is only partly published; the message says where and what to do
     */
    static Set<Path> publish(DirectoryLayout layout, Manifest manifest) throws IOException {
        try {
            Publishing publishing = new Publishing(layout);
            publishing.run(manifest);
            return publishing.touched;
        } catch (IOException e) {
            throw new IOException(
                    "Group " + manifest.group() + " is safe in " + layout.folder()
                            + ", but its files could not be renamed to their paths: "
                            + FailureReason.message(e)
                            + ". The next save, or opening the directory again, completes this."
                            + " Make sure that the directory is writable, and that no folder has the path of a file.",
                    e);
        }
    }

    private void run(Manifest manifest) throws IOException {
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            name(checkpoint);
        }
        for (Manifest.Pointer pointer : manifest.pointers()) {
            point(pointer);
        }
        if (isComplete(manifest)) {
            for (String file : manifest.superseded()) {
                delete(layout.resolve(file));
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
