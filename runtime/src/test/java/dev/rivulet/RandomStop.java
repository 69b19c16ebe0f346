package dev.rivulet;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * When and how a process is stopped: a while after some line of its output.
 *
 * @param line after which line, from 1
 * @param nanos how long after
 * @param signal what it gets
 * @param graceNanos how long after SIGTERM it is killed, if it is
 */
record RandomStop(int line, long nanos, Signal signal, long graceNanos) {

    /** Ways to stop a process. */
    enum Signal {
        SIGKILL,
        SIGTERM,
        SIGTERM_THEN_SIGKILL
    }

    /** Many stops come while the process recovers and restores, or before it has saved anything. */
    static RandomStop of(Random random) {
        boolean early = random.nextInt(4) == 0;
        int kind = random.nextInt(10);
        return new RandomStop(
                early ? 1 : 2 + random.nextInt(60),
                random.nextInt(early ? 500_000_000 : 20_000_000),
                kind < 8 ? Signal.SIGKILL : kind == 8 ? Signal.SIGTERM : Signal.SIGTERM_THEN_SIGKILL,
                random.nextInt(60_000_000));
    }

    /** Whether the process may save before it ends, which it would not have otherwise. */
    boolean letsSave() {
        return signal != Signal.SIGKILL;
    }

    /** Stops it. Unlike the process itself, its handle leaves the pipe open: what was said before can be read. */
    void carryOut(ProcessHandle process) {
        LockSupport.parkNanos(nanos);
        if (letsSave()) {
            process.destroy();
        }
        if (signal == Signal.SIGTERM_THEN_SIGKILL) {
            LockSupport.parkNanos(graceNanos);
        }
        if (signal != Signal.SIGTERM) {
            process.destroyForcibly();
        }
    }
}
