package dev.rivulet.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations on a disk, in order, and its current content. Failed operations are not recorded, except flushes.
 * Thread-safe.
 */
final class Recording {
    private final DiskImage start;
    private final DiskImage now;
    private final List<Operation> operations = new ArrayList<>();
    private Fault fault = Fault.NONE;
    private long attempts;
    private long files;

    Recording(DiskImage start) {
        this.start = start.copy();
        this.now = start.copy();
        this.files = start.files();
    }

    /** The initial content of the disk. */
    DiskImage start() {
        return start.copy();
    }

    /** All operations so far. */
    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** The number of attempted operations. */
    synchronized long attempts() {
        return attempts;
    }

    /** Sets the fault of the disk; indices count from the first operation of the recording. */
    synchronized void fail(Fault coming) {
        fault = coming;
    }

    /** Records the acknowledgement of a durable group. */
    synchronized void acknowledge(long group) {
        operations.add(new Operation.Acknowledge(group));
    }

    /** A new file without a name. */
    synchronized Entry.File newFile() {
        files++;
        now.truncate(files, 0);
        return new Entry.File(files);
    }

    /** The entry of a path. */
    synchronized Entry entry(String path) {
        Entry entry = now.reachable().get(path);
        if (entry == null) {
            throw new IllegalStateException("\"" + path + "\" was not created through this disk.");
        }
        return entry;
    }

    /** Changes names, first on the real disk. */
    synchronized void names(Operation.OfNames operation, String path, Step real) throws IOException {
        if (fails()) {
            throw fault.kind().exception(path);
        }
        real.run();
        now.apply(operation);
        operations.add(operation);
    }

    /** Writes all bytes. A write that fails for lack of space writes the first half. */
    synchronized void write(Entry.File file, long offset, ByteBuffer bytes, Bytes real) throws IOException {
        boolean fails = fails();
        ByteBuffer written =
                fails ? bytes.slice(0, fault.kind() == Fault.Kind.ENOSPC ? bytes.remaining() / 2 : 0) : bytes;
        if (written.hasRemaining()) {
            real.write(written.duplicate());
            now.write(file.number(), offset, written);
            operations.add(new Operation.Write(file.number(), offset, written.asReadOnlyBuffer()));
        }
        if (fails) {
            throw fault.kind().exception();
        }
    }

    /** Truncates a file. */
    synchronized void truncate(Entry.File file, long size, Step real) throws IOException {
        if (fails()) {
            throw fault.kind().exception();
        }
        real.run();
        now.truncate(file.number(), size);
        operations.add(new Operation.Truncate(file.number(), size));
    }

    /** Records a flush of a file or directory. The real disk is not flushed, because it does not lose power. */
    synchronized void force(String path, Entry entry) throws IOException {
        boolean fails = fails();
        operations.add(
                entry instanceof Entry.File file
                        ? new Operation.Force(file.number(), !fails)
                        : new Operation.ForceDirectory(path, !fails));
        if (fails) {
            throw fault.kind().exception();
        }
    }

    private boolean fails() {
        return fault.hits(attempts++);
    }

    /** An operation on the real disk. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** A write to the real disk. */
    @FunctionalInterface
    interface Bytes {
        void write(ByteBuffer bytes) throws IOException;
    }
}
