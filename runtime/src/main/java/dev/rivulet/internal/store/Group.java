package dev.rivulet.internal.store;

import dev.rivulet.internal.store.CheckpointDirectory.Content;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checkpoints of one save, which are written to a directory together: each file is written under a temporary name,
 * then all are committed, then they are renamed to their paths.
 *
 * <p>Before the commit nothing is visible, and {@link #close} deletes the files. After it they are durable even if
 * {@link #publish} fails, which the next group or the next run completes. Confined to the directory's thread.
 */
public final class Group implements AutoCloseable {
    private enum State {
        OPEN,
        COMMITTED,
        PUBLISHED,
        CLOSED,
        IN_DOUBT
    }

    private final CheckpointDirectory directory;
    private final DirectoryLayout layout;
    private final BlobWriter writer;
    private final long number;
    private final Map<String, Blob> blobs = new LinkedHashMap<>();
    private State state = State.OPEN;

    Group(CheckpointDirectory directory, DirectoryLayout layout, BlobWriter writer, long number) {
        this.directory = directory;
        this.layout = layout;
        this.writer = writer;
        this.number = number;
    }

    /** Number of the group in its directory, higher than those of all earlier groups. */
    public long number() {
        return number;
    }

    /**
     * Writes a file and makes its content durable.
     *
     * @param file path in the directory after publishing
     * @param byteCount bytes of the content
     * @param content called again after a transient failure, as often as the directory's {@link RetryPolicy} allows
     * @throws IllegalArgumentException if the path leads outside the directory or into the framework's own folder
     * @throws dev.rivulet.checkpoint.InsufficientSpaceException wrapped, if the disk does not have enough space; then
     *     nothing is written
     * @throws IOException if the content cannot be produced or written; then its file is deleted
     */
    public Blob write(String file, long byteCount, Content content) throws IOException {
        require(State.OPEN);
        Path target = layout.resolve(file);
        BlobWriter.Temporary written;
        try {
            written = writer.write(byteCount, content);
        } catch (IOException e) {
            directory.requireHeld();
            throw failed("The checkpoint " + target + " could not be written", e);
        }
        Blob blob = new Blob(file, String.valueOf(written.path().getFileName()), byteCount, written.crc32c());
        blobs.put(blob.name(), blob);
        return blob;
    }

    /**
     * Adds a file that has its path already, because the manifest that named it is lost, and makes it durable.
     *
     * @param file path in the directory
     * @param crc32c CRC-32C of the whole file, in the low 32 bits
     */
    public Blob adopt(String file, long byteCount, long crc32c) throws IOException {
        require(State.OPEN);
        DurableFiles.flush(layout.resolve(file));
        Blob blob = new Blob(file, String.valueOf(layout.temporary().getFileName()), byteCount, crc32c);
        blobs.put(blob.name(), blob);
        return blob;
    }

    /** The path of a file until the group is published. */
    public Path path(Blob blob) {
        return layout.blob(blob.name());
    }

    /**
     * Commits the group: when this returns, it is durable with all of its files. If the commit fails, it is rolled
     * back; if the rollback fails as well, the commit is in doubt, and the directory accepts no more groups until it is
     * opened again.
     *
     * @param manifest describes exactly the files that were written
     * @throws IllegalArgumentException if it describes other files
     */
    public void commit(Manifest manifest) throws IOException {
        require(State.OPEN);
        checkDescribed(manifest);
        byte[] json = ManifestJson.encode(manifest);
        directory.requireHeld();
        Path target = layout.manifest(number);
        Path temporary = layout.temporary();
        state = State.IN_DOUBT;
        try {
            temporary = writer.write(json).path();
            // After the manifest's own flush, with which journaling file systems have already written all names.
            directory.flushNames();
            DurableFiles.flush(layout.folder());
            DurableFiles.rename(temporary, target);
            DurableFiles.flush(layout.folder());
        } catch (IOException e) {
            rollBack(temporary, target, e);
            directory.requireHeld();
            throw failed("Group " + number + " could not be committed to " + layout.root(), e);
        }
        state = State.COMMITTED;
        directory.committed(manifest);
    }

    /**
     * Deletes the manifest, whose name may already be durable. Unless the deletion is durable, the files must stay,
     * because the manifest may survive and name them.
     */
    private void rollBack(Path temporary, Path target, IOException failure) {
        boolean interrupted = Thread.interrupted(); // It would also abort this flush.
        try {
            Files.deleteIfExists(temporary);
            Files.deleteIfExists(target);
            DurableFiles.flush(layout.folder());
            state = State.OPEN;
        } catch (IOException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@link #publish(Set)} that deletes all superseded files. */
    public void publish() throws IOException {
        publish(Set.of());
    }

    /**
     * Renames the files of the committed group to their paths, moves the pointers {@code last} and {@code best}, and
     * deletes superseded files and manifests. May be repeated after a failure. The names become durable when the next
     * group commits or the directory is closed; until then, recovery can restore them from the manifest.
     *
     * @param held paths of superseded files that stay; a later group or {@link CheckpointDirectory#delete} deletes them
     */
    public void publish(Set<String> held) throws IOException {
        if (state == State.PUBLISHED) {
            return;
        }
        require(State.COMMITTED);
        directory.publish(held);
        state = State.PUBLISHED;
    }

    /** Ends the group. Deletes the files of an uncommitted one. */
    @Override
    public void close() throws IOException {
        try {
            if (state == State.OPEN) {
                state = State.CLOSED;
                for (String blob : blobs.keySet()) {
                    Files.deleteIfExists(layout.blob(blob));
                }
            }
        } catch (IOException e) {
            throw failed(
                    "The files of uncommitted group " + number + " in " + layout.folder() + " could not be"
                            + " deleted",
                    e);
        } finally {
            directory.ended(this);
        }
    }

    /** Whether only the next recovery can find out if the group exists. */
    boolean isInDoubt() {
        return state == State.IN_DOUBT;
    }

    private void checkDescribed(Manifest manifest) {
        List<Blob> described =
                manifest.checkpoints().stream().map(StoredCheckpoint::blob).toList();
        if (manifest.group() != number
                || described.size() != blobs.size()
                || !blobs.values().containsAll(described)) {
            throw new IllegalArgumentException("The manifest describes group " + manifest.group() + " with " + described
                    + ", but group " + number + " consists of " + blobs.values() + ".");
        }
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("Group " + number + " is " + state + ", not " + expected + ".");
        }
    }

    private static IOException failed(String what, IOException reason) {
        return new IOException(
                what + ": "
                        + FailureReason.of(
                                reason,
                                "Make sure that the directory is still there and writable, and that the disk has room."),
                reason);
    }
}
