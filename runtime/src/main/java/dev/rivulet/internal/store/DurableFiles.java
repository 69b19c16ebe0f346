package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file system operations of a commit. A change of names is durable once the folder is flushed. */
final class DurableFiles {
    private DurableFiles() {}

    /** Creates a folder and its missing parents, and makes each new name durable in its parent. */
    static void createFolders(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            createFolders(parent(folder));
            Files.createDirectories(folder);
            flush(parent(folder));
        }
    }

    /**
     * Makes the names of all parent folders durable: a killed run may have created them without a flush. Unreadable
     * parents were not created by a run.
     */
    static void flushAncestors(Path folder) throws IOException {
        for (Path above = folder.getParent(); above != null; above = above.getParent()) {
            try {
                flush(above);
            } catch (AccessDeniedException e) {
                return;
            }
        }
    }

    /** Renames a file atomically, replacing any file at the target. Does not flush either folder. */
    static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system cannot rename atomically; choose a directory on a local disk", e);
        }
    }

    /**
     * Gives a file a second name: a hard link, or a durable copy where hard links are not supported.
     *
     * @param link a name that does not exist yet
     */
    static void linkOrCopy(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(file, link);
            flush(link);
        }
    }

    /** Makes a file's content durable, or the names in a folder. */
    static void flush(Path path) throws IOException {
        if (Files.isDirectory(path)
                && !path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // Windows cannot open directories, and journals renames.
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Whether a path exists, even as a dangling link. */
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a path is a folder, not a link to one. */
    static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " has no parent directory.");
        }
        return parent;
    }
}
