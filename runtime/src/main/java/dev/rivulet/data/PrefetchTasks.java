package dev.rivulet.data;

import dev.rivulet.internal.concurrent.Uninterruptibly;
import dev.rivulet.internal.concurrent.UserThread;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that one pass submits to the user's executor.
 *
 * <p>A pass may end while batches are being prefetched. Closing waits for the running tasks and prevents the others
 * from starting, so that none uses arrays of the pass or the data set that are closed afterwards.
 */
final class PrefetchTasks extends AbstractExecutorService implements AutoCloseable {
    private static final long CHECK_MILLIS = 50;

    private final ExecutorService executor;
    private final Queue<Task> pending = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    PrefetchTasks(ExecutorService executor) {
        this.executor = executor;
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> code) {
        return new Result<>(code);
    }

    @Override
    public void execute(Runnable command) {
        Task task = new Task(command);
        pending.add(task);
        executor.execute(task);
    }

    @Override
    public void close() {
        closed = true;
        pending.forEach(task -> Uninterruptibly.await(task::awaitEnd));
        pending.clear();
    }

    @Override
    public void shutdown() {
        close();
    }

    @Override
    public List<Runnable> shutdownNow() {
        close();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return closed;
    }

    /** A result; waiting for it fails if the user code that computes it calls {@code System.exit}. */
    private static final class Result<T> extends FutureTask<T> {
        private volatile @Nullable Thread runner;

        Result(Callable<T> code) {
            super(code);
        }

        @Override
        public void run() {
            runner = Thread.currentThread();
            super.run();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            while (true) {
                try {
                    return get(CHECK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (isExiting(runner)) {
                        throw new IllegalStateException(
                                "The data set called System.exit while it loaded a batch;"
                                        + " let it throw an exception instead.",
                                e);
                    }
                }
            }
        }
    }

    private static boolean isExiting(@Nullable Thread runner) {
        return runner != null && UserThread.isExiting(runner);
    }

    /** A task that runs completely or not at all, and holds its lock while it runs. */
    private final class Task implements Runnable {
        private final Runnable command;
        private final ReentrantLock running = new ReentrantLock();
        private volatile @Nullable Thread runner;

        Task(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            running.lock();
            try {
                runner = Thread.currentThread();
                if (!closed) {
                    command.run();
                }
            } finally {
                running.unlock();
            }
            pending.remove(this);
        }

        /** Waits until the task is not running; a task that has not started yet never runs. */
        void awaitEnd() throws InterruptedException {
            while (!running.tryLock(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (isExiting(runner)) {
                    return; // It uses no array any more.
                }
            }
            running.unlock();
        }
    }
}
