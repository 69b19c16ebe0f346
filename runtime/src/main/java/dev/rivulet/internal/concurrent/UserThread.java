package dev.rivulet.internal.concurrent;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs user code on a thread of its own while the caller waits. If the code calls {@code System.exit}, which never
 * returns, the call fails, so that the caller can complete its work before the JVM ends. One call at a time.
 */
public final class UserThread implements AutoCloseable {
    private static final long CHECK_MILLIS = 50;

    /** What runs on a thread of this class. */
    private static final ThreadLocal<Optional<Running>> RUNNING = ThreadLocal.withInitial(Optional::empty);

    private final String name;
    private final Runnable setUp;
    private ExecutorService executor;

    /**
     * A thread that starts at the first call. The caller closes it.
     *
     * @param setUp called first on the thread
     */
    public UserThread(String name, Runnable setUp) {
        this.name = name;
        this.setUp = setUp;
        this.executor = newExecutor();
    }

    private ExecutorService newExecutor() {
        return Executors.newSingleThreadExecutor(this::newThread);
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    setUp.run();
                    work.run();
                },
                name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * A call that is being run.
     *
     * @param caller the thread that waits, and is itself not of this class
     */
    private record Running(UserThread thread, Thread caller) {}

    /** The thread on whose behalf the current one runs: itself, unless it runs a call for another. */
    static Thread caller() {
        return RUNNING.get().map(Running::caller).orElseGet(Thread::currentThread);
    }

    /** Whether a thread has called {@code System.exit}; it then waits for the end of the JVM. */
    public static boolean isExiting(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Runtime.class.getName())
                        && frame.getMethodName().equals("exit"));
    }

    /**
     * Runs user code, and waits for it. An interrupt does not end the wait.
     *
     * @param who named in the message
     * @throws Exception what the code throws
     * @throws IllegalStateException if it called {@code System.exit}
     */
    public <T> T call(String who, Callable<T> code) throws Exception {
        Call<T> call = new Call<>(new Running(this, caller()), code);
        Future<T> result = executor.submit(call);
        return Uninterruptibly.get(() -> await(who, call, result));
    }

    /**
     * Runs user code: on this thread, or if this thread itself runs a call, like {@link #call}.
     *
     * @param who named in the message
     */
    public static <T> T nested(String who, Callable<T> code) throws Exception {
        Optional<Running> outer = RUNNING.get();
        if (outer.isEmpty()) {
            return code.call();
        }
        try (UserThread thread = new UserThread(outer.get().thread.name, outer.get().thread.setUp)) {
            return thread.call(who, code);
        }
    }

    private <T> T await(String who, Call<T> call, Future<T> result) throws Exception {
        while (true) {
            try {
                return result.get(CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw cause(e);
            } catch (TimeoutException e) {
                if (call.isExiting()) {
                    executor.shutdown();
                    executor = newExecutor();
                    throw new IllegalStateException(who + " called System.exit; return or throw instead.");
                }
            }
        }
    }

    private static Exception cause(ExecutionException failure) {
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof Exception exception ? exception : failure;
    }

    /** User code, and the thread that runs it. */
    private static final class Call<T> implements Callable<T> {
        private final Running running;
        private final Callable<T> code;
        private volatile Optional<Thread> thread = Optional.empty();

        private Call(Running running, Callable<T> code) {
            this.running = running;
            this.code = code;
        }

        private boolean isExiting() {
            return thread.filter(UserThread::isExiting).isPresent();
        }

        @Override
        public T call() throws Exception {
            thread = Optional.of(Thread.currentThread());
            RUNNING.set(Optional.of(running));
            try {
                return code.call();
            } finally {
                RUNNING.remove();
            }
        }
    }

    /** Ends the thread after its last call, without waiting. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
