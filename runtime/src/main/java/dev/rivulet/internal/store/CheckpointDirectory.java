package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.DirectoryInUseException;
import dev.rivulet.internal.format.WrittenFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a run's checkpoints. The checkpoints of one save appear in it as one {@link Group}: all of them,
 * complete and durable, or none, even if the process is killed or the power fails.
 *
 * <p>A directory is locked by one run at a time; the lock of a killed run is free. Files are identified by paths
 * relative to the directory; a path that leads outside is refused. {@link #catalog} may be called on any thread, all
 * other methods by one thread at a time.
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
     * Opens a directory: creates it if necessary, locks it, recovers from an earlier run ({@link #recovery}), and
     * checks that it is writable. Reads the files of the newest group.
     *
     * @throws DirectoryInUseException if another run has locked it
     * @throws IOException if any of this fails; the message names the directory and the remedy
     */
    public static CheckpointDirectory open(Path path, RetryPolicy retries) throws IOException {
        DirectoryLayout layout = new DirectoryLayout(path.toAbsolutePath().normalize());
        try {
            if (Files.isSymbolicLink(layout.folder())) {
                throw new IOException(
                        layout.folder() + " is a symbolic link, but must be a folder in the directory itself");
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
                    "Checkpoints cannot be written to " + layout.root() + ": "
                            + FailureReason.of(
                                    e,
                                    "Make the directory writable, or choose another one with"
                                            + " Trainer.builder().defaultRootDir(…)."),
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
     * The absolute path of a file.
     *
     * @param relative path inside this directory, with {@code /} between names
     * @throws IllegalArgumentException if it leads outside, or into the framework's own folder
     */
    public Path resolve(String relative) {
        return layout.resolve(relative);
    }

    /** Whether a file, a folder or a link, dangling or not, exists under that path. */
    public boolean exists(String relative) {
        return layout.canExpress(relative) && DurableFiles.exists(resolve(relative));
    }

    /**
     * Refuses a path at which no file can be published, for example because it is that of a folder, its name is too
     * long, or its folder is not writable.
     *
     * @throws IOException with the reason and the remedy
     */
    public void requireNameable(String relative) throws IOException {
        FileNameCheck.requireNameable(layout, relative);
    }

    /** What recovery found and restored when the directory was opened. */
    public Recovery recovery() {
        return recovery;
    }

    /** The current manifests. */
    public Catalog catalog() {
        return catalog;
    }

    /**
     * Starts the next group, after publishing the previous one if that has failed before.
     *
     * @throws IllegalStateException if the previous group is not closed
     * @throws IOException if publishing fails again, the outcome of an earlier commit is in doubt, or the directory is
     *     no longer there
     */
    public Group begin() throws IOException {
        if (current != null) {
            throw new IllegalStateException("Group " + current.number() + " is not closed yet.");
        }
        requireHeld();
        if (inDoubt != 0) {
            throw new IOException("After a failure of the disk it is not known whether group " + inDoubt + " of "
                    + root() + " exists. Start the run again: opening the directory resolves that.");
        }
        publish(Set.of());
        Group group = new Group(this, layout, writer, highestNumber + 1);
        current = group;
        return group;
    }

    /**
     * Checks that this is still the directory that was opened.
     *
     * @throws dev.rivulet.checkpoint.DirectoryLostException if it was deleted, moved or replaced
     */
    public void requireHeld() throws IOException {
        lock.requireHeld(layout);
    }

    /** Records a committed group. No later failure rolls it back. */
    void committed(Manifest manifest) {
        highestNumber = manifest.group();
        manifests.put(manifest.group(), manifest);
        unpublished = manifest;
        catalog = new Catalog(layout.root(), manifests, List.of());
    }

    /**
     * Publishes the committed group unless that has been done.
     *
     * @param held paths of superseded files that stay for now
     */
    void publish(Set<String> held) throws IOException {
        Manifest manifest = unpublished;
        if (manifest == null) {
            return;
        }
        RetainedFiles retained = new RetainedFiles(manifests);
        Publishing publishing = new Publishing(layout, retained);
        List<Recovery.Unnamed> unnamed = publishing.run(manifest, held);
        unflushed.addAll(publishing.touched());
        if (!unnamed.isEmpty()) {
            throw publishing.failure(manifest);
        }
        unpublished = null;
        List<Long> obsolete = retained.obsolete(manifest.origin().run());
        try {
            if (endsRollback(retained, manifest)) {
                retained.deleteUnneeded(layout);
            }
            for (long group : obsolete) {
                Files.deleteIfExists(layout.manifest(group));
                manifests.remove(group);
            }
        } catch (IOException e) {
            throw unfinished("the deletion of obsolete manifests", e);
        }
        if (!obsolete.isEmpty()) {
            catalog = new Catalog(layout.root(), manifests, List.of());
        }
    }

    /** Whether training can resume from a group, but not from the one before it, which may have saved files. */
    private boolean endsRollback(RetainedFiles retained, Manifest manifest) {
        Map.Entry<Long, Manifest> before = manifests.lowerEntry(manifest.group());
        return before != null
                && retained.rollbackTargets(manifest).isEmpty()
                && !retained.rollbackTargets(before.getValue()).isEmpty();
    }

    /** Deletes superseded files that were held when their group was published. */
    public void delete(Collection<String> files) throws IOException {
        unflushed.addAll(Publishing.delete(layout, files));
    }

    /** Whether a group is the newest one from which its run can resume. */
    public boolean isResumePoint(long group) {
        return catalog.group(group)
                .flatMap(manifest -> catalog.newest(manifest.origin().run()))
                .flatMap(new RetainedFiles(manifests)::resumePoint)
                .filter(point -> point.group() == group)
                .isPresent();
    }

    /**
     * Returns a run to what it retained after one of its groups, in order to resume there.
     *
     * @param run the run
     * @param group the group; empty for the start of the run
     * @param version version of the framework
     */
    public void rollBack(UUID run, OptionalLong group, String version) throws IOException {
        RetainedFiles files = new RetainedFiles(manifests);
        Optional<Manifest> newest = catalog.newest(run);
        if (newest.isEmpty()) {
            return;
        }
        Optional<Manifest> target = group.isPresent() ? catalog.group(group.getAsLong()) : Optional.empty();
        Rollback rollback = new Rollback(
                files, target, newest.get(), saved -> DurableFiles.exists(layout.superseded(saved.blob())));
        quarantineDamaged(rollback.notResumed());
        Optional<Manifest> manifest = rollback.manifest(highestNumber + 1, version);
        if (manifest.isPresent()) {
            try (Group undoing = begin()) {
                undoing.commit(manifest.get());
                undoing.publish();
            }
        }
    }

    private void quarantineDamaged(List<RetainedFiles.RetainedFile> files) throws IOException {
        for (RetainedFiles.RetainedFile file : files) {
            Path path = resolve(file.path());
            Optional<String> wrong = Files.exists(path)
                    ? FileCheck.content(path, file.checkpoint().orElseThrow())
                    : Optional.empty();
            if (wrong.isPresent()) {
                new Quarantine(layout).move(path, wrong.get());
            }
        }
    }

    private IOException unfinished(String what, IOException reason) {
        return new IOException(
                "The disk of " + root() + " failed during " + what
                        + ". No checkpoint is lost: the next run that opens the"
                        + " directory completes this. The reason: "
                        + FailureReason.of(reason, "Make sure that the directory is still there and writable."),
                reason);
    }

    /** Makes published names durable. Deferred to the next commit, whose own flush does most of the work. */
    void flushNames() throws IOException {
        for (Path folder : List.copyOf(unflushed)) {
            if (Files.isDirectory(folder)) { // A user may have deleted it with its content.
                DurableFiles.flush(folder);
            }
            unflushed.remove(folder);
        }
    }

    /** Ends a group. If its commit is in doubt, its files stay until the next recovery resolves that. */
    void ended(Group group) {
        if (current == group) {
            current = null;
        }
        if (group.isInDoubt()) {
            inDoubt = group.number();
        }
    }

    /** Makes all names durable and unlocks the directory. An uncommitted group is discarded. */
    @Override
    public void close() throws IOException {
        try {
            if (current != null) {
                current.close();
            }
            flushNames();
        } catch (IOException e) {
            throw unfinished("the flush of published names", e);
        } finally {
            lock.close();
        }
    }

    /** The content of a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes all bytes from the start of the channel. After a failure it may be called again for another file.
         *
         * @return size and checksum of the written file; the checksum is verified whenever the file is read
         */
        WrittenFile writeTo(FileChannel channel) throws IOException;
    }
}
