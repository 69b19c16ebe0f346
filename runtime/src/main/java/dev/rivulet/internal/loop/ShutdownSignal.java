package dev.rivulet.internal.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and Ctrl-C into a {@link dev.rivulet.checkpoint.ShutdownException} on the training thread, at the next
 * boundary between batches, and delays the end of the JVM until the run has ended, up to a time limit.
 */
final class ShutdownSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);

    private final LoopState state;
    private final Duration budget;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::awaitRun, "rivulet-shutdown");

    /**
     * Listens for signals until closed.
     *
     * @param budget time limit from the signal to the end of the run
     */
    ShutdownSignal(LoopState state, Duration budget) {
        this.state = state;
        this.budget = budget;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitRun() {
        state.shutDown();
        try {
            if (!ended.await(budget.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error("The run did not end within {} of the signal; pending saves are lost.", budget);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes that the run has ended. */
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
            LOG.debug("The JVM started to shut down when the run had already ended.", e);
        }
    }
}
