package dev.rivulet.internal.store;

import dev.rivulet.internal.store.CheckpointDirectory.Content;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checkpoints of one save event, on their way into a directory together: each is written, then all are committed, then
 * they get their names.
 *
 * <p>Until the commit nothing of them is visible, and {@link #close} takes them away. After it they are durable, whatever
 * happens to {@link #publish}, which the next group or the next run finishes. Confined to the directory's thread.
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

    /** Number of the group in its directory, above those of all earlier groups. */
    public long number() {
        return number;
    }

    /**
     * Writes a file and makes its content durable.
     *
     * @param file path that it is to have in the directory
     * @param byteCount bytes of the content
     * @param content called again after a transient failure, as often as the directory's {@link RetryPolicy} says
     * @throws IllegalArgumentException if the path leads outside the directory or into the framework's own folder
     * @throws dev.rivulet.checkpoint.InsufficientSpaceException wrapped, if the disk has too little room; nothing is written then
     * @throws IOException if the content cannot be produced or written; nothing is left of it then
     */
    public Blob write(String file, long byteCount, Content content) throws IOException {
        require(State.OPEN);
        Path target = layout.resolve(file);
        BlobWriter.Temporary written;
        try {
            written = writer.write(byteCount, content);
        } catch (IOException e) {
            throw failed("The checkpoint " + target + " could not be written", e);
        }
        Blob blob = new Blob(file, String.valueOf(written.path().getFileName()), byteCount, written.crc32c());
        blobs.put(blob.name(), blob);
        return blob;
    }

    /** Where a file lies until the group is published. */
    public Path path(Blob blob) {
        return layout.blob(blob.name());
    }

    /**
     * Makes the group exist: it is durable when this returns, with all of its files. If it fails, the group does not exist;
     * only if that cannot be made sure of either, the directory takes no further group until it is opened anew.
     *
     * @param manifest describes exactly the files that were written
     * @throws IllegalArgumentException if it does not
     */
    public void commit(Manifest manifest) throws IOException {
        require(State.OPEN);
        checkDescribed(manifest);
        byte[] json = ManifestJson.encode(manifest);
        Path target = layout.manifest(number);
        Path temporary = layout.temporary();
        state = State.IN_DOUBT;
        try {
            temporary = writer.write(json).path();
            // After the manifest's own flush: journaling file systems have written all names with it already.
            directory.flushNames();
            DurableFiles.flush(layout.folder());
            DurableFiles.rename(temporary, target);
            DurableFiles.flush(layout.folder());
        } catch (IOException e) {
            rollBack(temporary, target, e);
            throw failed("Group " + number + " could not be committed to " + layout.root(), e);
        }
        state = State.COMMITTED;
        directory.committed(manifest);
    }

    /** The manifest's name may be on the disk. While it may, the files must stay: it would promise what is not there. */
    private void rollBack(Path temporary, Path target, IOException failure) {
        boolean interrupted = Thread.interrupted(); // It would end this flush as well.
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

    /**
     * Gives the files of the committed group their names, points {@code last} and {@code best} to them, and deletes what is
     * kept no longer, manifests included. May be repeated after a failure. The names reach the disk when the next group
     * commits or the directory is closed; until then, recovery makes up for them from the manifest.
     */
    public void publish() throws IOException {
        if (state == State.PUBLISHED) {
            return;
        }
        require(State.COMMITTED);
        directory.publish();
        state = State.PUBLISHED;
    }

    /** Ends the group. One that is not committed leaves nothing behind. */
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
            throw failed("What was written of group " + number + " in " + layout.folder() + " stays there", e);
        } finally {
            directory.ended(this);
        }
    }

    /** Whether it is for the next recovery to find out if the group exists. */
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
                what + ": " + FailureReason.of(reason)
                        + ". Make sure that the directory is still there and writable, and that the disk has room.",
                reason);
    }
}
