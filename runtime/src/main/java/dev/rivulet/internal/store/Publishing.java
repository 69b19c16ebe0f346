package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Makes a committed group visible: its files get their names, pointers name them, what is kept no longer goes. Each step
 * may be repeated after any end half way. Durable is all that once the folders are flushed that this gives.
 *
 * <p>Links are never followed: where something of a name that is needed is a link, the link itself is replaced or deleted.
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
     * @return folders whose names must be flushed before the next group commits
     * @throws IOException if it stays half published; the message says where and what to do
     */
    static Set<Path> publish(DirectoryLayout layout, Manifest manifest) throws IOException {
        try {
            Publishing publishing = new Publishing(layout);
            publishing.run(manifest);
            return publishing.touched;
        } catch (IOException e) {
            throw new IOException(
                    "Group " + manifest.group() + " is safe in " + layout.folder()
                            + ", but its files could not be given their names: "
                            + (e.getMessage() == null ? e : e.getMessage())
                            + ". That is made up for at the next save or when the directory is opened again."
                            + " Make sure that the directory is writable, and that no folder stands in a file's place.",
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

    /** A target that a user has deleted meanwhile is no reason to fail: the pointer stays as it is then. */
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

    /** Where there are no symbolic links, a file of the same content serves readers as well. */
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
        Files.deleteIfExists(temporary); // Two names of one file: renaming one to the other does nothing.
        touch(target);
    }

    /** What is kept no longer may go only when everything that takes its place is there. */
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
     * Also where nothing is left to do: an earlier attempt may have ended before the flush. Folders that it made may not be
     * durable in those above them either.
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
