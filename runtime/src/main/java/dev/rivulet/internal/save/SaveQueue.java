package dev.rivulet.internal.save;

import ai.djl.ndarray.NDArray;
import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.snapshot.SnapshotPool;
import java.util.Map;
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
 * Passes saves from the training thread to the writer thread, in order, and their outcomes back. Owns the writer
 * thread. The memory for snapshots limits how many saves are pending.
 */
final class SaveQueue implements AutoCloseable {
    private final SnapshotPool snapshots;
    private final SaveSettings settings;
    private final SlowCalls slowCalls;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(SaveQueue::writerThread);
    private final Queue<SaveOutcome> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();

    /**
     * Starts the writer thread. The caller closes the queue.
     *
     * @param snapshots memory for as many saves as may be pending
     * @param slowCalls warns if training waits long for the writer
     */
    SaveQueue(SnapshotPool snapshots, SaveSettings settings, SlowCalls slowCalls) {
        this.snapshots = snapshots;
        this.settings = settings;
        this.slowCalls = slowCalls;
    }

    /** Whether training waits for each save. */
    boolean isSynchronous() {
        return settings.maxPendingSaves() == 0;
    }

    /** A thread without gradients. It is a daemon, because a fit waits for it explicitly. */
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

    /** Includes other arrays than before in snapshots, in addition to the weights. Waits for pending saves. */
    void replaceState(Map<String, NDArray> state) {
        slowCalls.await(() -> snapshots.replaceState(state));
    }

    /** Takes a snapshot; empty if the writer is behind and the save is to be skipped. */
    Optional<Snapshot> snapshot() {
        Optional<Snapshot> free = snapshots.tryTake();
        if (free.isPresent() || settings.backpressure() != Backpressure.WAIT) {
            return free;
        }
        return Optional.of(slowCalls.get(snapshots::take));
    }

    /** The number of saves that are being written or waiting. */
    int depth() {
        return depth.get();
    }

    /** Passes a save to the writer. */
    void submit(Supplier<SaveOutcome> save) {
        depth.incrementAndGet();
        writer.execute(() -> {
            try {
                outcomes.add(slowCalls.watch("Writing checkpoints", save::get));
            } finally {
                depth.decrementAndGet();
            }
        });
    }

    /** Runs something on the writer thread, after the submitted saves. */
    void execute(Runnable work) {
        writer.execute(work);
    }

    /** The next outcome that has not been read; empty if none is available yet. */
    Optional<SaveOutcome> nextOutcome() {
        return Optional.ofNullable(outcomes.poll());
    }

    /** Waits until every submitted save is done. An interrupt does not end the wait: what was accepted is saved. */
    void await() {
        Future<?> drained = writer.submit(() -> {});
        try {
            slowCalls.await(drained::get);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for the writer failed.", e);
        }
    }

    /** Waits for pending saves, then ends the thread. */
    @Override
    public void close() {
        writer.shutdown();
        slowCalls.await(() -> writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }
}
