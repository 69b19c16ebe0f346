package dev.rivulet.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Makes a committed group visible: its files get their names, pointers name them, what is kept no longer goes. Each step
 * may be repeated after any end half way, and everything is durable at the end.
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
     * @throws IOException if it stays half published; the message says where and what to do
     */
    static void publish(DirectoryLayout layout, Manifest manifest) throws IOException {
        try {
            new Publishing(layout).run(manifest);
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
        for (Pointer pointer : manifest.pointers()) {
            point(pointer);
        }
        if (isComplete(manifest)) {
            for (String file : manifest.retired()) {
                retire(layout.resolve(file));
            }
        }
        for (Path folder : touched) {
            DurableFiles.flush(folder);
        }
    }

    private void name(StoredCheckpoint checkpoint) throws IOException {
        Path blob = layout.blob(checkpoint.blob());
        if (Files.exists(blob)) {
            replace(blob, layout.resolve(checkpoint.file()));
        }
    }

    /** A target that a user has deleted meanwhile is no reason to fail: the pointer stays as it is then. */
    private void point(Pointer pointer) throws IOException {
        Path target = layout.resolve(pointer.target());
        Path name = layout.resolve(pointer.name());
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
        Path folder = DurableFiles.parent(target);
        DurableFiles.createFolders(folder);
        DurableFiles.rename(temporary, target);
        Files.deleteIfExists(temporary); // Two names of one file: renaming one to the other does nothing.
        touched.add(folder);
    }

    /** What is kept no longer may go only when everything that takes its place is there. */
    private boolean isComplete(Manifest manifest) {
        return manifest.checkpoints().stream().allMatch(file -> Files.exists(layout.resolve(file.file())));
    }

    private void retire(Path file) throws IOException {
        if (!DurableFiles.isFolder(file) && Files.deleteIfExists(file)) {
            touched.add(DurableFiles.parent(file));
        }
    }
}
