package dev.rivulet.data;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The tasks that one pass submits to the user's executor.
 *
 * <p>A pass may end while batches are being prefetched. Closing waits for the running tasks and prevents the others
 * from starting, so that none uses arrays of the pass or the data set that are closed afterwards.
 */
final class PrefetchTasks extends AbstractExecutorService implements AutoCloseable {
    private final ExecutorService executor;
    private final Queue<Task> pending = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    PrefetchTasks(ExecutorService executor) {
        this.executor = executor;
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
        pending.forEach(Task::awaitEnd);
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

    /** A task that runs completely or not at all, and holds its own lock while it runs. */
    private final class Task implements Runnable {
        private final Runnable command;

        Task(Runnable command) {
            this.command = command;
        }

        @Override
        public synchronized void run() {
            if (!closed) {
                command.run();
            }
            pending.remove(this);
        }

        /** Waits until the task is not running; a task that has not started yet never runs. */
        synchronized void awaitEnd() {}
    }
}
