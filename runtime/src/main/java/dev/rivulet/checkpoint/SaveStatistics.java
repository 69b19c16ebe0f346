package dev.rivulet.checkpoint;

import java.time.Duration;
import java.util.Optional;

/**
 * Time and bytes that saving cost in a fit.
 *
 * <p>A flight recording has the same figures per save, in the events {@code dev.rivulet.Snapshot} and
 * {@code dev.rivulet.Commit}.
 *
 * @param groups number of committed groups, one per step boundary
 * @param checkpoints number of files in them
 * @param skipped number of step boundaries skipped because the writer was behind
 * @param blocked cost on the training thread
 * @param written work of the writer thread
 * @param durable the newest durable step; empty if none is durable
 * @since 0.1
 */
public record SaveStatistics(
        long groups, long checkpoints, long skipped, Blocked blocked, Written written, Optional<Durable> durable) {

    /**
     * The cost on the training thread.
     *
     * @param total total time in which training waited for saves
     * @param longest longest delay by one save
     * @param copiedBytes total bytes copied at step boundaries
     * @param copying time of these copies, a part of {@code total}
     * @since 0.1
     */
    public record Blocked(Duration total, Duration longest, long copiedBytes, Duration copying) {

        /** Bytes per second of the copies at step boundaries; 0 without copies. */
        public double copiedBytesPerSecond() {
            return perSecond(copiedBytes, copying);
        }
    }

    /**
     * The work of the writer thread.
     *
     * @param bytes total bytes of files written, flushed and committed
     * @param time time in which the writer was busy
     * @param deepestQueue largest number of saves in progress or pending at one time
     * @since 0.1
     */
    public record Written(long bytes, Duration time, int deepestQueue) {

        /** Bytes per second from memory to durable files, including transforms; 0 without saves. */
        public double bytesPerSecond() {
            return perSecond(bytes, time);
        }
    }

    /**
     * A durable step.
     *
     * @param globalStep optimizer steps until the save
     * @param sinceCommit time from its commit to the end of the fit
     * @since 0.1
     */
    public record Durable(long globalStep, Duration sinceCommit) {}

    private static double perSecond(long bytes, Duration time) {
        return time.isZero() ? 0 : bytes / (time.toNanos() * 1e-9);
    }
}
