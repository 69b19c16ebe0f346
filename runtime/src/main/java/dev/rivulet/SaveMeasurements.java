package dev.rivulet;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Adds up what saving costs, and has it recorded. On the training thread. */
final class SaveMeasurements {
    private long groups;
    private long checkpoints;
    private long skipped;
    private long blockedNanos;
    private long longestBlockNanos;
    private long snapshotBytes;
    private long copyNanos;
    private long writtenBytes;
    private long writeNanos;
    private int deepestQueue;
    private OptionalLong lastDurableStep = OptionalLong.empty();
    private long durableSince;

    /** A save event that is under way. */
    final class Begun {
        private final SnapshotEvent event = new SnapshotEvent();
        private final long start = System.nanoTime();

        private Begun(long globalStep) {
            event.begin();
            event.globalStep = globalStep;
        }

        void copied(long bytes, long nanos) {
            event.bytes = bytes;
            event.copying = nanos;
            snapshotBytes += bytes;
            copyNanos += nanos;
        }

        void skipped() {
            event.skipped = true;
            skipped++;
        }

        /** Training goes on. */
        void end(int queueDepth) {
            long blocked = System.nanoTime() - start;
            blockedNanos += blocked;
            longestBlockNanos = Math.max(longestBlockNanos, blocked);
            deepestQueue = Math.max(deepestQueue, queueDepth);
            event.queueDepth = queueDepth;
            event.commit();
        }
    }

    /** Training waits for a save event. */
    Begun begin(long globalStep) {
        return new Begun(globalStep);
    }

    /** The writer is done with a save event. */
    void written(SaveReport report) {
        writeNanos += report.writeNanos();
        if (!report.committed().isEmpty()) {
            groups++;
            checkpoints += report.committed().size();
            writtenBytes += report.bytes();
            lastDurableStep = OptionalLong.of(report.moment().globalStep());
            durableSince = report.endNanos();
        }
    }

    /** The sums until now. */
    SaveStatistics statistics() {
        return new SaveStatistics(
                groups,
                checkpoints,
                skipped,
                Duration.ofNanos(blockedNanos),
                Duration.ofNanos(longestBlockNanos),
                snapshotBytes,
                Duration.ofNanos(copyNanos),
                writtenBytes,
                Duration.ofNanos(writeNanos),
                deepestQueue,
                lastDurableStep,
                lastDurableStep.isPresent()
                        ? Optional.of(Duration.ofNanos(System.nanoTime() - durableSince))
                        : Optional.empty());
    }
}
