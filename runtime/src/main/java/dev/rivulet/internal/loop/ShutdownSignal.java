package dev.rivulet.internal.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and Ctrl-C into a {@link dev.rivulet.checkpoint.ShutdownException} on the training thread, at the next boundary between batches,
 * and holds the end of the JVM up until the run has cleaned up, but no longer than a time budget.
 */
final class ShutdownSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);

    private final LoopState state;
    private final Duration budget;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::holdUp, "rivulet-shutdown");

    /**
     * Listens until it is closed.
     *
     * @param budget time from the signal to the end of the run
     */
    ShutdownSignal(LoopState state, Duration budget) {
        this.state = state;
        this.budget = budget;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void holdUp() {
        state.shutDown();
        try {
            if (!ended.await(budget.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error("The run did not end within {} of the signal; what it was about to save is lost.", budget);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The run has ended. */
    @Override
    public void close() {
        ended.countDown();
        if (!state.isShutDown()) {
            removeHook();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("The JVM has just begun to end; the run was faster.", e);
        }
    }
}
