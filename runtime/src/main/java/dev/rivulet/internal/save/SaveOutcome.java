package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.derive.SaveContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The outcome of a save. Filled on the writer thread, or on the training thread if nothing gets that far; then read by
 * the training thread.
 */
final class SaveOutcome {
    private final SaveContext context;
    private final long sinceNanos = System.nanoTime();
    private final List<CommittedCheckpoint> committed = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();

    private long startNanos;
    private long endNanos;

    /** An empty outcome, created at the step boundary. */
    SaveOutcome(SaveContext context) {
        this.context = context;
    }

    /** A stream whose save failed. */
    record Failed(StreamSaver saver, Throwable cause) {}

    SaveContext context() {
        return context;
    }

    void commit(CommittedCheckpoint checkpoint) {
        committed.add(checkpoint);
    }

    void fail(StreamSaver saver, Throwable cause) {
        failed.add(new Failed(saver, cause));
    }

    /** Called when the writer starts. */
    void start() {
        startNanos = System.nanoTime();
    }

    /** Called when the writer is done. */
    void end() {
        endNanos = System.nanoTime();
    }

    /** Time from the step boundary until the writer was done. */
    long behindNanos() {
        return endNanos - sinceNanos;
    }

    /** Time that the writer worked. */
    long writeNanos() {
        return endNanos - startNanos;
    }

    /** When the writer was done, by {@link System#nanoTime}. */
    long endNanos() {
        return endNanos;
    }

    /** Total size of the committed files, in bytes. */
    long bytes() {
        return committed.stream().mapToLong(CommittedCheckpoint::byteCount).sum();
    }

    List<CommittedCheckpoint> committed() {
        return Collections.unmodifiableList(committed);
    }

    List<Failed> failed() {
        return Collections.unmodifiableList(failed);
    }
}
