package dev.rivulet;

import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.snapshot.SnapshotPool;
import dev.rivulet.training.GradientMode;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Save events on their way from the training thread to the writer's, in order, and reports on the way back. The memory
 * of snapshots limits how many are on the way.
 */
final class SaveQueue implements AutoCloseable {
    private final SnapshotPool snapshots;
    private final Backpressure backpressure;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(SaveQueue::writerThread);
    private final Queue<SaveReport> reports = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();

    /**
     * A queue with its thread, to be closed by the caller.
     *
     * @param snapshots memory of as many events as may be on the way
     */
    SaveQueue(SnapshotPool snapshots, Backpressure backpressure) {
        this.snapshots = snapshots;
        this.backpressure = backpressure;
    }

    /** A thread that computes without gradients, and does not hold up the end of the JVM: a fit waits for it itself. */
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
        return backpressure == Backpressure.WAIT ? Optional.of(snapshots.take()) : snapshots.tryTake();
    }

    /** Save events that are written or wait for it. */
    int depth() {
        return depth.get();
    }

    void submit(GroupSave save) {
        depth.incrementAndGet();
        writer.execute(() -> {
            try {
                reports.add(save.run());
            } finally {
                depth.decrementAndGet();
            }
        });
    }

    /** The next report that has not been read; empty if there is none yet. */
    Optional<SaveReport> report() {
        return Optional.ofNullable(reports.poll());
    }

    /** Waits until everything submitted has been carried out. An interrupt does not shorten it: what was accepted is saved. */
    void await() {
        uninterruptibly(() -> writer.submit(() -> {}).get());
    }

    /** Waits for the rest, then ends the thread. */
    @Override
    public void close() {
        writer.shutdown();
        uninterruptibly(() -> writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }

    /** Something to wait for. */
    private interface Wait {
        void end() throws InterruptedException, ExecutionException;
    }

    private static void uninterruptibly(Wait wait) {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                wait.end();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new IllegalStateException("Waiting for the writer failed.", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
