package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.SaveStatistics;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds up the cost of saving, and records it as JFR events. For the training thread. */
final class SaveMetrics {
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
    private @Nullable SaveOutcome lastDurable;

    /** Measures how long training waits for a save. */
    final class Timing {
        private final SnapshotJfrEvent event = new SnapshotJfrEvent();
        private final long start = System.nanoTime();

        private Timing(long globalStep) {
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

        /** Ends the wait. */
        void end(int queueDepth) {
            long blocked = System.nanoTime() - start;
            blockedNanos += blocked;
            longestBlockNanos = Math.max(longestBlockNanos, blocked);
            deepestQueue = Math.max(deepestQueue, queueDepth);
            event.queueDepth = queueDepth;
            event.commit();
        }
    }

    /** Starts to measure a wait. */
    Timing begin(long globalStep) {
        return new Timing(globalStep);
    }

    /** Adds a save that the writer has completed. */
    void written(SaveOutcome outcome) {
        writeNanos += outcome.writeNanos();
        if (!outcome.committed().isEmpty()) {
            groups++;
            checkpoints += outcome.committed().size();
            writtenBytes += outcome.bytes();
            lastDurable = outcome;
        }
    }

    /** The sums so far. */
    SaveStatistics statistics() {
        return new SaveStatistics(
                groups,
                checkpoints,
                skipped,
                new SaveStatistics.Blocked(
                        Duration.ofNanos(blockedNanos),
                        Duration.ofNanos(longestBlockNanos),
                        snapshotBytes,
                        Duration.ofNanos(copyNanos)),
                new SaveStatistics.Written(writtenBytes, Duration.ofNanos(writeNanos), deepestQueue),
                Optional.ofNullable(lastDurable).map(SaveMetrics::durable));
    }

    private static SaveStatistics.Durable durable(SaveOutcome outcome) {
        return new SaveStatistics.Durable(
                outcome.context().globalStep(), Duration.ofNanos(System.nanoTime() - outcome.endNanos()));
    }
}
