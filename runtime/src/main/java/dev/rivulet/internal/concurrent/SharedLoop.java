package dev.rivulet.internal.concurrent;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop whose turns are independent of each other, run by the caller with the help of idle threads.
 *
 * <p>The caller never waits for a thread that has not begun: whoever is free takes the next turn, and where nobody is
 * idle the caller takes them all.
 */
public final class SharedLoop {
    /** One core copies and checksums at a good part of the memory's bandwidth, so more threads gain nothing. */
    private static final int HELPERS = Math.min(3, ForkJoinPool.getCommonPoolParallelism());

    /** The last turn of another is mostly over before a pause would be. */
    private static final int SPINS = 10_000;

    private static final long PAUSE_NANOS = 20_000;

    private final int count;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger helping = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private SharedLoop(int count, IntConsumer body) {
        this.count = count;
        this.body = body;
    }

    /**
     * Calls the body with each number from 0 to below the count, on several threads in any order.
     *
     * @throws RuntimeException if the body throws it; the turns not yet begun are left out then
     */
    public static void run(int count, IntConsumer body) {
        SharedLoop loop = new SharedLoop(count, body);
        for (int i = 0; i < Math.min(HELPERS, count - 1); i++) {
            ForkJoinPool.commonPool().execute(loop::help);
        }
        loop.takeTurns();
        loop.finish();
    }

    private void help() {
        helping.incrementAndGet();
        try {
            takeTurns();
        } finally {
            helping.decrementAndGet();
        }
    }

    private void takeTurns() {
        try {
            for (int turn = next.getAndIncrement(); turn < count; turn = next.getAndIncrement()) {
                body.accept(turn);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(count);
        }
    }

    /** Who begins to help from now on finds no turn left, so only those who help already are waited for. */
    private void finish() {
        for (int spins = 0; helping.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
        }
        Throwable thrown = failure.get();
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
    }
}
