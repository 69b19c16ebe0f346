package dev.rivulet;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What saving cost a fit. The same figures, event by event, are in a flight recording: {@code dev.rivulet.Snapshot} and
 * {@code dev.rivulet.Commit}.
 *
 * @param groups save events that were committed
 * @param checkpoints files in them
 * @param skipped save events left out because the writer was behind
 * @param blocked time in which training waited for saves, in all
 * @param longestBlock the longest that one save event held training up
 * @param snapshotBytes bytes copied at step boundaries, in all
 * @param copying time of these copies, a part of {@code blocked}
 * @param writtenBytes bytes of files that were written, flushed and committed, in all
 * @param writing time in which the writer was at work
 * @param deepestQueue the most save events that were written or waited for it at one time
 * @param lastDurableStep the newest step that is safe on the disk; empty if none is
 * @param sinceDurable time from that step's commit to the end of the fit; empty if there is none
 */
public record SaveStatistics(
        long groups,
        long checkpoints,
        long skipped,
        Duration blocked,
        Duration longestBlock,
        long snapshotBytes,
        Duration copying,
        long writtenBytes,
        Duration writing,
        int deepestQueue,
        OptionalLong lastDurableStep,
        Optional<Duration> sinceDurable) {

    /** Bytes per second of the copies at step boundaries; 0 without any. */
    public double snapshotBytesPerSecond() {
        return perSecond(snapshotBytes, copying);
    }

    /** Bytes per second from memory to safety on the disk, transforms included; 0 without any. */
    public double writtenBytesPerSecond() {
        return perSecond(writtenBytes, writing);
    }

    private static double perSecond(long bytes, Duration time) {
        return time.isZero() ? 0 : bytes / (time.toNanos() * 1e-9);
    }
}
