package dev.rivulet.internal.concurrent;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of what takes long in a run, and perhaps never ends: calls of user code, writing, and waits of training for the
 * writer. Says where the thread is; warns of the same call again when twice the time has passed. Watching a call costs
 * two accesses to a map. Thread-safe.
 */
public final class SlowCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlowCalls.class);

    private static final Duration LONGEST = Duration.ofDays(10_000);

    private static final int SHOWN_FRAMES = 16;

    private final long limitNanos;
    private final Thread training = Thread.currentThread();

    /** The innermost call of each thread. */
    private final Map<Thread, Call> running = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(SlowCalls::timerThread);

    /**
     * Watches until closed. For the training thread.
     *
     * @param limit time after which the first warning comes; positive
     */
    public SlowCalls(Duration limit) {
        limitNanos = (limit.compareTo(LONGEST) < 0 ? limit : LONGEST).toNanos();
        long period = Math.max(1, limitNanos / 4);
        // It ends with the timer.
        Future<?> unused = timer.scheduleWithFixedDelay(this::warn, period, period, TimeUnit.NANOSECONDS);
    }

    private static Thread timerThread(Runnable work) {
        Thread thread = new Thread(work, "rivulet-slow-calls");
        thread.setDaemon(true);
        return thread;
    }

    /** A call that has not returned yet. */
    private final class Call {
        private final String who;
        private final boolean waits;
        private final @Nullable Call outer;

        /** The thread that runs the code, which may run it for the thread that waits. */
        private final Thread runner = Thread.currentThread();

        private volatile long startNanos = System.nanoTime();
        private volatile long warnAfterNanos = limitNanos;

        private Call(String who, boolean waits, @Nullable Call outer) {
            this.who = who;
            this.waits = waits;
            this.outer = outer;
        }

        private void restart() {
            startNanos = System.nanoTime();
            warnAfterNanos = limitNanos;
        }
    }

    /** Code that is watched. */
    @FunctionalInterface
    public interface Code<T, E extends Exception> {
        T call() throws E;
    }

    /**
     * Watches a call by this thread.
     *
     * @param who named in the warning
     */
    public <T, E extends Exception> T watch(String who, Code<T, E> code) throws E {
        return call(who, false, code);
    }

    /** Measures the call that this thread is in from now on, because it made progress. */
    public void restart() {
        Call call = running.get(UserThread.caller());
        if (call != null) {
            call.restart();
        }
    }

    /** Waits for the writer as {@link Uninterruptibly} does; a warning names what the writer does. */
    public <E extends Exception> void await(Uninterruptibly.Wait<E> wait) throws E {
        get(() -> {
            Uninterruptibly.await(wait);
            return wait;
        });
    }

    /** Waits, by code that an interrupt does not end, for what the writer frees; a warning names what the writer does. */
    public <T, E extends Exception> T get(Code<T, E> wait) throws E {
        return call("Waiting for the writer", true, wait);
    }

    private <T, E extends Exception> T call(String who, boolean waits, Code<T, E> code) throws E {
        Call call = begin(who, waits);
        try {
            return code.call();
        } finally {
            end(call);
        }
    }

    private Call begin(String who, boolean waits) {
        Thread thread = UserThread.caller();
        Call call = new Call(who, waits, running.get(thread));
        running.put(thread, call);
        return call;
    }

    private void end(Call call) {
        if (call.outer == null) {
            running.remove(UserThread.caller());
        } else {
            running.put(UserThread.caller(), call.outer);
        }
    }

    private void warn() {
        long now = System.nanoTime();
        running.forEach((thread, call) -> {
            if (now - call.startNanos >= call.warnAfterNanos) {
                call.warnAfterNanos *= 2;
                warn(thread, call, Duration.ofNanos(now - call.startNanos));
            }
        });
    }

    private void warn(Thread thread, Call call, Duration elapsed) {
        if (call.waits) {
            Optional<Map.Entry<Thread, Call>> awaited = running.entrySet().stream()
                    .filter(other -> other.getKey() != thread)
                    .findFirst();
            LOG.warn(
                    "Training has waited for the writer for {}.{}",
                    elapsed,
                    awaited.map(other -> " " + other.getValue().who + " has not returned and is here:"
                                    + place(other.getValue().runner))
                            .orElse(""));
        } else {
            LOG.warn(
                    "{} has not returned for {}.{} It is here:{}",
                    call.who,
                    elapsed,
                    thread == training ? " Training waits for it." : "",
                    place(call.runner));
        }
    }

    private static String place(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .limit(SHOWN_FRAMES)
                .map(frame -> "\n\tat " + frame)
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
