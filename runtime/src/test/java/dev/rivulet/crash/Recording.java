package dev.rivulet.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was done to a disk, in order, and what it holds now. An operation that failed is not in the record, except that a
 * flush failed. Safe for use by several threads.
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

    /** What the disk held at first. */
    DiskImage start() {
        return start.copy();
    }

    /** All operations so far. */
    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** How many operations were tried. */
    synchronized long attempts() {
        return attempts;
    }

    /** Lets the disk fail; indices count from the first operation of the recording. */
    synchronized void fail(Fault coming) {
        fault = coming;
    }

    /** Records that somebody was told that a group is durable. */
    synchronized void acknowledge(long group) {
        operations.add(new Operation.Acknowledge(group));
    }

    /** A new file without a name. */
    synchronized Entry.File newFile() {
        files++;
        now.truncate(files, 0);
        return new Entry.File(files);
    }

    /** What a name stands for. */
    synchronized Entry entry(String path) {
        Entry entry = now.reachable().get(path);
        if (entry == null) {
            throw new IllegalStateException("\"" + path + "\" came to this disk without its knowledge.");
        }
        return entry;
    }

    /** Changes names, on the real disk first. */
    synchronized void names(Operation.OfNames operation, String path, Step real) throws IOException {
        if (fails()) {
            throw fault.kind().exception(path);
        }
        real.run();
        now.apply(operation);
        operations.add(operation);
    }

    /** Writes all of the bytes; of a write that fails for lack of space the first half is written. */
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

    /** Cuts a file off. */
    synchronized void truncate(Entry.File file, long size, Step real) throws IOException {
        if (fails()) {
            throw fault.kind().exception();
        }
        real.run();
        now.truncate(file.number(), size);
        operations.add(new Operation.Truncate(file.number(), size));
    }

    /** Makes a file or directory durable. The real disk need not: nobody cuts its power. */
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

    /** What is done on the real disk. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** What is written to the real disk. */
    @FunctionalInterface
    interface Bytes {
        void write(ByteBuffer bytes) throws IOException;
    }
}
