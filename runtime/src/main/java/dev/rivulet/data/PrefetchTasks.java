package dev.rivulet.data;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The tasks that one pass gives to an executor of the user's.
 *
 * <p>A pass may end while batches are loaded ahead. Closing waits for those being loaded and keeps the others from
 * starting, so that none touches arrays, of the pass or of the data set, that are closed afterwards.
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

    /** A task that runs whole or not at all, and holds its own lock while it runs. */
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

        /** Returns when the task does not run, and never will if it has not begun. */
        synchronized void awaitEnd() {}
    }
}
