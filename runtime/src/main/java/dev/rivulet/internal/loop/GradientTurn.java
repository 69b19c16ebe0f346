package dev.rivulet.internal.loop;

import dev.rivulet.checkpoint.ShutdownException;
import dev.rivulet.internal.concurrent.Uninterruptibly;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The engine allows one gradient collector at a time, so fits in one JVM take turns. */
final class GradientTurn {
    private static final ReentrantLock COLLECTING = new ReentrantLock();

    private static final long CHECK_MILLIS = 50;

    private GradientTurn() {}

    /**
     * Waits until no other fit collects gradients.
     *
     * @throws ShutdownException at the end of the JVM: a step of another fit that called {@code System.exit} does not
     *     return
     */
    static void begin(LoopState state) {
        while (!COLLECTING.tryLock()
                && !Uninterruptibly.get(() -> COLLECTING.tryLock(CHECK_MILLIS, TimeUnit.MILLISECONDS))) {
            if (state.isShutDown()) {
                throw new ShutdownException();
            }
        }
    }

    static void end() {
        COLLECTING.unlock();
    }
}
