package dev.rivulet.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The directory of a run's checkpoints. A file appears there complete and durable or not at all: it is written under a
 * temporary name in {@code .rivulet/}, flushed, renamed, and its directory flushed.
 *
 * <p>Files are named by paths relative to the directory; a path that leads outside is refused. Confined to one thread.
 */
public final class CheckpointDirectory {
    private static final String PRIVATE = ".rivulet";
    private static final String TEMPORARY = "tmp-";

    private final Path root;

    private CheckpointDirectory(Path root) {
        this.root = root;
    }

    /**
     * Opens a directory, creating it where it is missing, and proves that files can be written there.
     *
     * @throws IOException if that fails; the message names the directory and the remedy
     */
    public static CheckpointDirectory open(Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        CheckpointDirectory directory = new CheckpointDirectory(root);
        try {
            createFolders(root.resolve(PRIVATE));
            directory.sweep();
            Path probe = directory.temporary();
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new IOException(
                    "Checkpoints cannot be written to " + root + ": " + reason(e)
                            + ". Make the directory writable, or choose another one with"
                            + " Trainer.builder().defaultRootDir(…).",
                    e);
        }
        return directory;
    }

    /** The directory, absolute. */
    public Path root() {
        return root;
    }

    /**
     * A file's place.
     *
     * @param relative path inside this directory, with {@code /} between names
     * @throws IllegalArgumentException if it leads outside, or into the framework's own folder
     */
    public Path resolve(String relative) {
        Path path = root.resolve(relative).normalize();
        if (!path.startsWith(root) || path.equals(root) || path.startsWith(root.resolve(PRIVATE))) {
            throw new IllegalArgumentException(
                    "\"" + relative + "\" is not a place for a checkpoint inside " + root + ".");
        }
        return path;
    }

    /** Whether something has that name: a file, a folder or a link, dangling or not. */
    public boolean exists(String relative) {
        return Files.exists(resolve(relative), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes a file, in place of one that has its name.
     *
     * @throws IOException if the content cannot be produced or written; what had the name before is untouched then
     */
    public Path write(String relative, Content content) throws IOException {
        Path target = resolve(relative);
        Path temporary = temporary();
        try {
            if (Files.isDirectory(root)) {
                createFolders(parent(temporary));
            }
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.lock(); // Until the channel closes: other runs see that the file is no leftover.
                content.writeTo(channel);
                channel.force(true);
                publish(temporary, target);
            }
        } catch (IOException e) {
            throw new IOException(
                    "The checkpoint " + target + " could not be written: " + reason(e)
                            + ". Make sure that its directory is still there and writable, and that the disk has room.",
                    e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return target;
    }

    /**
     * Gives a file's content a second name, in place of what has that name. Both names are equal: one outlives the
     * deletion of the other. Takes no space where the file system has hard links.
     */
    public Path copy(String source, String relative) throws IOException {
        Path target = resolve(relative);
        Path temporary = temporary();
        try {
            try {
                Files.createLink(temporary, resolve(source));
            } catch (UnsupportedOperationException | FileSystemException e) {
                Files.copy(resolve(source), temporary);
                flush(temporary);
            }
            publish(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return target;
    }

    /** Points a relative symbolic link to a file, in place of what has the link's name. */
    public Path link(String source, String relative) throws IOException {
        Path target = resolve(relative);
        Path temporary = temporary();
        try {
            Files.createSymbolicLink(temporary, parent(target).relativize(resolve(source)));
            publish(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return target;
    }

    /** Deletes a file; that it is gone already is no error. */
    public void delete(String relative) throws IOException {
        Path path = resolve(relative);
        if (Files.deleteIfExists(path)) {
            flush(parent(path));
        }
    }

    private void publish(Path temporary, Path target) throws IOException {
        createFolders(parent(target));
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system cannot rename atomically; choose a directory on a local disk", e);
        }
        flush(parent(target));
    }

    /** Creates what is missing of a folder, so that each new name is durable in its parent. */
    private static void createFolders(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            createFolders(parent(folder));
            Files.createDirectories(folder);
            flush(parent(folder));
        }
    }

    /** Deletes temporary files that a killed run left behind. Those that are being written are locked by their writers. */
    private void sweep() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(root.resolve(PRIVATE), TEMPORARY + "*")) {
            for (Path leftover : leftovers) {
                if (Files.isSymbolicLink(leftover) || isUnlocked(leftover)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    private static boolean isUnlocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private Path temporary() {
        return root.resolve(PRIVATE).resolve(TEMPORARY + UUID.randomUUID());
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " has no parent directory.");
        }
        return parent;
    }

    private static void flush(Path path) throws IOException {
        if (Files.isDirectory(path)
                && !path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // Windows opens no directories, and keeps renames in its journal.
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String reason(IOException e) {
        String message = e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e.getMessage();
        String kind = e instanceof NoSuchFileException
                ? "no such file or directory"
                : e.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ", " + message;
    }

    /** What goes into a file. */
    @FunctionalInterface
    public interface Content {

        /** Writes everything, from the channel's start. */
        void writeTo(FileChannel channel) throws IOException;
    }
}
