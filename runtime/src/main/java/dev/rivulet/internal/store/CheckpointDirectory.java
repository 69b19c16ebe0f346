package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.DirectoryInUseException;
import dev.rivulet.internal.format.WrittenFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a run's checkpoints. What one save event saves appears there as one {@link Group}: complete and durable,
 * or not at all, whenever the process is killed or the power fails.
 *
 * <p>One run at a time has a directory; the lock of one that was killed is free. Files are named by paths relative to the
 * directory; a path that leads outside is refused. {@link #catalog} may be asked on any thread, all else is confined to one
 * thread at a time.
 */
public final class CheckpointDirectory implements AutoCloseable {
    private final DirectoryLayout layout;
    private final DirectoryLock lock;
    private final BlobWriter writer;
    private final Recovery recovery;
    private final NavigableMap<Long, Manifest> manifests;
    private final Set<Path> unflushed = new LinkedHashSet<>();

    private long highestNumber;
    private @Nullable Group current;
    private @Nullable Manifest unpublished;
    private long inDoubt;
    private volatile Catalog catalog;

    private CheckpointDirectory(DirectoryLayout layout, DirectoryLock lock, RetryPolicy retries) throws IOException {
        this.layout = layout;
        this.lock = lock;
        this.writer = new BlobWriter(layout, retries);
        DirectoryRecovery directoryRecovery = new DirectoryRecovery(layout);
        this.recovery = directoryRecovery.run();
        this.manifests = new TreeMap<>(directoryRecovery.manifests());
        this.highestNumber = layout.highestGroup();
        this.catalog = new Catalog(layout.root(), manifests, List.of());
        if (manifests.isEmpty()) {
            DurableFiles.flushAncestors(layout.folder());
        }
    }

    /** {@link #open(Path, RetryPolicy)} with {@link RetryPolicy#DEFAULT}. */
    public static CheckpointDirectory open(Path path) throws IOException {
        return open(path, RetryPolicy.DEFAULT);
    }

    /**
     * Opens a directory, creating it where it is missing, locks it, puts right what an earlier run left ({@link #recovery}),
     * and proves that files can be written there. Reads the files of the newest group.
     *
     * @throws DirectoryInUseException if another run has it
     * @throws IOException if that fails; the message names the directory and the remedy
     */
    public static CheckpointDirectory open(Path path, RetryPolicy retries) throws IOException {
        DirectoryLayout layout = new DirectoryLayout(path.toAbsolutePath().normalize());
        try {
            if (Files.isSymbolicLink(layout.folder())) {
                throw new IOException(layout.folder() + " is a symbolic link, but must lie in the directory itself");
            }
            DurableFiles.createFolders(layout.folder());
            DirectoryLock lock = DirectoryLock.take(layout);
            boolean opened = false;
            try {
                CheckpointDirectory directory = new CheckpointDirectory(layout, lock, retries);
                directory.probe();
                opened = true;
                return directory;
            } finally {
                if (!opened) {
                    lock.close();
                }
            }
        } catch (DirectoryInUseException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Checkpoints cannot be written to " + layout.root() + ": " + FailureReason.of(e)
                            + ". Make the directory writable, or choose another one with"
                            + " Trainer.builder().defaultRootDir(…).",
                    e);
        }
    }

    private void probe() throws IOException {
        Path probe = layout.temporary();
        Files.createFile(probe);
        Files.delete(probe);
    }

    /** The directory, absolute. */
    public Path root() {
        return layout.root();
    }

    /**
     * A file's place.
     *
     * @param relative path inside this directory, with {@code /} between names
     * @throws IllegalArgumentException if it leads outside, or into the framework's own folder
     */
    public Path resolve(String relative) {
        return layout.resolve(relative);
    }

    /** Whether something has that name: a file, a folder or a link, dangling or not. */
    public boolean exists(String relative) {
        return DurableFiles.exists(resolve(relative));
    }

    /**
     * Refuses a name under which no file can be published.
     *
     * @throws IOException if a folder has it
     */
    public void refuseFolder(String relative) throws IOException {
        Path path = resolve(relative);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("The checkpoint " + path + " could not be written: a folder has its name."
                    + " Move the folder, or choose another filename or dirpath for the stream.");
        }
    }

    /** What opening found and put right. */
    public Recovery recovery() {
        return recovery;
    }

    /** The manifests at this moment. */
    public Catalog catalog() {
        return catalog;
    }

    /**
     * Begins the next group, after making up for an earlier group's publishing if that has failed.
     *
     * @throws IllegalStateException if the group before is not closed
     * @throws IOException if the publishing fails again, or it is not known whether an earlier commit has failed
     */
    public Group begin() throws IOException {
        if (current != null) {
            throw new IllegalStateException("Group " + current.number() + " is not closed yet.");
        }
        if (inDoubt != 0) {
            throw new IOException("The disk has left it open whether group " + inDoubt + " of " + root()
                    + " exists. Start the run again: opening the directory decides that.");
        }
        publish();
        Group group = new Group(this, layout, writer, highestNumber + 1);
        current = group;
        return group;
    }

    /** The group exists: nothing that fails from now on takes that back. */
    void committed(Manifest manifest) {
        highestNumber = manifest.group();
        manifests.put(manifest.group(), manifest);
        unpublished = manifest;
        catalog = new Catalog(layout.root(), manifests, List.of());
    }

    /** Publishes the committed group, if that is not done. */
    void publish() throws IOException {
        Manifest manifest = unpublished;
        if (manifest == null) {
            return;
        }
        unflushed.addAll(Publishing.publish(layout, manifest));
        unpublished = null;
        List<Long> obsolete = new RetainedFiles(manifests).obsolete(manifest.origin().run());
        try {
            for (long group : obsolete) {
                Files.deleteIfExists(layout.manifest(group));
                manifests.remove(group);
            }
        } catch (IOException e) {
            throw unfinished("the end of manifests of no more use", e);
        }
        if (!obsolete.isEmpty()) {
            catalog = new Catalog(layout.root(), manifests, List.of());
        }
    }

    private IOException unfinished(String what, IOException reason) {
        return new IOException(
                "The disk of " + root() + " did not take " + what + ": " + FailureReason.of(reason)
                        + ". No checkpoint is lost: that is made up for when the directory is opened again."
                        + " Make sure that the directory is still there and writable.",
                reason);
    }

    /** Makes what has been published durable. It waits for the next commit, whose own flush does most of the work. */
    void flushNames() throws IOException {
        for (Path folder : List.copyOf(unflushed)) {
            if (Files.isDirectory(folder)) { // A user may have deleted it, with all that it held.
                DurableFiles.flush(folder);
            }
            unflushed.remove(folder);
        }
    }

    /** If it cannot be told whether the group exists, its files stay, and only the next recovery clears that up. */
    void ended(Group group) {
        if (current == group) {
            current = null;
        }
        if (group.isInDoubt()) {
            inDoubt = group.number();
        }
    }

    /** Makes all names durable and gives the directory back. A group that is not committed is lost. */
    @Override
    public void close() throws IOException {
        try {
            if (current != null) {
                current.close();
            }
            flushNames();
        } catch (IOException e) {
            throw unfinished("all names that it has given", e);
        } finally {
            lock.close();
        }
    }

    /** What goes into a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes everything, from the channel's start. May be called again, for another file, after a failure.
         *
         * @return what was written, whose checksum will be compared with the file whenever that is read
         */
        WrittenFile writeTo(FileChannel channel) throws IOException;
    }
}
