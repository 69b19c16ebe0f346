package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.internal.concurrent.Uninterruptibly;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.snapshot.SnapshotPool;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Saves on their way from the training thread to the writer's, in order, and reports on the way back. The memory of
 * snapshots limits how many are on the way.
 */
final class SaveQueue implements AutoCloseable {
    private final SnapshotPool snapshots;
    private final SaveSettings settings;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(SaveQueue::writerThread);
    private final Queue<SaveOutcome> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();

    /**
     * A queue with its thread, to be closed by the caller.
     *
     * @param snapshots memory of as many saves as may be on the way
     */
    SaveQueue(SnapshotPool snapshots, SaveSettings settings) {
        this.snapshots = snapshots;
        this.settings = settings;
    }

    /** Whether training waits for each save. */
    boolean isSynchronous() {
        return settings.maxPendingSaves() == 0;
    }

    /** A thread that computes without gradients, and does not delay the end of the JVM: a fit waits for it itself. */
    private static Thread writerThread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    GradientMode.off();
                    work.run();
                },
                "rivulet-writer");
        thread.setDaemon(true);
        return thread;
    }

    /** A snapshot of this moment; empty if the writer is behind and the save is to be left out. */
    Optional<Snapshot> snapshot() {
        return settings.backpressure() == Backpressure.WAIT ? Optional.of(snapshots.take()) : snapshots.tryTake();
    }

    /** Saves that are written or wait for it. */
    int depth() {
        return depth.get();
    }

    /** Hands a save to the writer. */
    void submit(Supplier<SaveOutcome> save) {
        depth.incrementAndGet();
        writer.execute(() -> {
            try {
                outcomes.add(save.get());
            } finally {
                depth.decrementAndGet();
            }
        });
    }

    /** The next report that has not been read; empty if there is none yet. */
    Optional<SaveOutcome> nextOutcome() {
        return Optional.ofNullable(outcomes.poll());
    }

    /** Waits until everything submitted has been carried out. An interrupt does not shorten it: what was accepted is saved. */
    void await() {
        Future<?> drained = writer.submit(() -> {});
        try {
            Uninterruptibly.await(drained::get);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for the writer failed.", e);
        }
    }

    /** Waits for the rest, then ends the thread. */
    @Override
    public void close() {
        writer.shutdown();
        Uninterruptibly.await(() -> writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }
}
