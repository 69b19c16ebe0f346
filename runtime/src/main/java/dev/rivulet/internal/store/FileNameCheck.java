package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Finds out before a commit whether its files can get their names. Asks the file system, because limits differ. */
public final class FileNameCheck {
    private FileNameCheck() {}

    /**
     * Refuses a path at which no file can be published.
     *
     * @param directory need not exist
     * @throws IOException with the reason and the remedy
     */
    public static void requireNameable(Path directory, String relative) throws IOException {
        requireNameable(new DirectoryLayout(directory.toAbsolutePath().normalize()), relative);
    }

    /**
     * Refuses a path at which no file can be published.
     *
     * @throws IOException with the reason and the remedy
     */
    static void requireNameable(DirectoryLayout layout, String relative) throws IOException {
        Path root = layout.root();
        if (!layout.canExpress(relative)) {
            throw new IOException("The checkpoint \"" + relative + "\" could not be written to " + root
                    + ": file names of this process cannot have all of its characters. Set the environment variable"
                    + " LC_ALL=C.UTF-8, or choose another filename or dirpath for the stream.");
        }
        Path path = layout.resolve(relative);
        if (DurableFiles.isFolder(path)) {
            throw new IOException("The checkpoint " + path + " could not be written: a folder with that name exists."
                    + " Move the folder, or choose another filename or dirpath for the stream.");
        }
        try {
            Path existing = existing(root);
            for (Path part : root.relativize(path)) {
                requireShort(existing.resolve(part));
            }
            requireShort(path);
        } catch (IOException e) {
            throw new IOException(
                    "The checkpoint " + path + " could not be written: " + FailureReason.of(e)
                            + ". Choose a shorter filename or dirpath for the stream, or fewer digits of its metrics.",
                    e);
        }
        requireWritable(path);
    }

    /** Names too long for the file system are an error even of files that do not exist. */
    private static void requireShort(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // The name may be given to a file.
        }
    }

    private static void requireWritable(Path path) throws IOException {
        Path folder = existing(DurableFiles.parent(path));
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IOException("The checkpoint " + path + " could not be written: " + folder
                    + (Files.isDirectory(folder) ? " is not writable." : " is not a folder.")
                    + " Make it a writable folder, or choose another dirpath for the stream.");
        }
    }

    /** A folder, or the nearest one above it that exists. */
    private static Path existing(Path folder) {
        Path existing = folder;
        while (Files.notExists(existing)) {
            existing = DurableFiles.parent(existing);
        }
        return existing;
    }
}
