package dev.rivulet.internal.concurrent;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop with independent iterations, run by the caller with the help of idle threads.
 *
 * <p>The caller never waits for a thread that has not started: any free thread takes the next iteration, and if no
 * thread is idle the caller runs them all.
 */
public final class SharedLoop {
    /**
     * A single core already uses a large part of the memory bandwidth for copies and checksums, so more threads bring
     * no gain.
     */
    private static final int HELPERS = Math.min(3, ForkJoinPool.getCommonPoolParallelism());

    /** The last iteration of another thread usually ends before a pause would. */
    private static final int SPINS = 10_000;

    private static final long PAUSE_NANOS = 20_000;

    private final int count;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger activeHelpers = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private SharedLoop(int count, IntConsumer body) {
        this.count = count;
        this.body = body;
    }

    /**
     * Calls the body with each number from 0 to below the count, on several threads in any order.
     *
     * @throws RuntimeException if the body throws it; then iterations that have not started are skipped
     */
    public static void run(int count, IntConsumer body) {
        run(count, 1 + HELPERS, body);
    }

    /**
     * Calls the body like {@link #run(int, IntConsumer)}, on at most this many threads.
     *
     * @throws RuntimeException if the body throws it; then iterations that have not started are skipped
     */
    public static void run(int count, int maxThreads, IntConsumer body) {
        SharedLoop loop = new SharedLoop(count, body);
        for (int i = 0; i < Math.min(Math.min(HELPERS, maxThreads - 1), count - 1); i++) {
            ForkJoinPool.commonPool().execute(loop::help);
        }
        loop.runIterations();
        loop.finish();
    }

    private void help() {
        activeHelpers.incrementAndGet();
        try {
            runIterations();
        } finally {
            activeHelpers.decrementAndGet();
        }
    }

    private void runIterations() {
        try {
            for (int iteration = next.getAndIncrement(); iteration < count; iteration = next.getAndIncrement()) {
                body.accept(iteration);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(count);
        }
    }

    /** Waits for active helpers only: a helper that starts later finds no iteration left. */
    private void finish() {
        for (int spins = 0; activeHelpers.get() > 0; spins++) {
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
