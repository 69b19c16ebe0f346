package dev.rivulet.checkpoint;

import java.time.Duration;
import java.util.Optional;

/**
 * What saving cost a fit. The same figures, save by save, are in a flight recording: {@code dev.rivulet.Snapshot} and
 * {@code dev.rivulet.Commit}.
 *
 * @param groups step boundaries whose checkpoints were committed
 * @param checkpoints files in them
 * @param skipped step boundaries left out because the writer was behind
 * @param blocked what training waited for
 * @param written what the writer did meanwhile
 * @param durable the newest step that is safe on the disk; empty if none is
 * @since 0.1
 */
public record SaveStatistics(
        long groups, long checkpoints, long skipped, Blocked blocked, Written written, Optional<Durable> durable) {

    /**
     * What training waited for.
     *
     * @param total time in which training waited for saves, in all
     * @param longest the longest that one save delayed training
     * @param copiedBytes bytes copied at step boundaries, in all
     * @param copying time of these copies, a part of {@code total}
     * @since 0.1
     */
    public record Blocked(Duration total, Duration longest, long copiedBytes, Duration copying) {

        /** Bytes per second of the copies at step boundaries; 0 without any. */
        public double copiedBytesPerSecond() {
            return perSecond(copiedBytes, copying);
        }
    }

    /**
     * What the writer did.
     *
     * @param bytes bytes of files that were written, flushed and committed, in all
     * @param time time in which the writer was at work
     * @param deepestQueue the most saves that were written or waited for it at one time
     * @since 0.1
     */
    public record Written(long bytes, Duration time, int deepestQueue) {

        /** Bytes per second from memory to safety on the disk, transforms included; 0 without any. */
        public double bytesPerSecond() {
            return perSecond(bytes, time);
        }
    }

    /**
     * A step that is safe on the disk.
     *
     * @param globalStep optimizer steps until then
     * @param sinceCommit time from its commit to the end of the fit
     * @since 0.1
     */
    public record Durable(long globalStep, Duration sinceCommit) {}

    private static double perSecond(long bytes, Duration time) {
        return time.isZero() ? 0 : bytes / (time.toNanos() * 1e-9);
    }
}
