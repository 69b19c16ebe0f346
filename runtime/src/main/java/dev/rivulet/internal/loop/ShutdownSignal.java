package dev.rivulet.internal.loop;

import dev.rivulet.checkpoint.ShutdownException;
import dev.rivulet.internal.concurrent.UserThread;
import dev.rivulet.internal.engine.GradientMode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and Ctrl-C into a {@link ShutdownException} on the training thread, at the next boundary between
 * batches, and delays the end of the JVM until the run has ended, up to a time limit. If the training thread itself
 * calls {@code System.exit}, which never returns, another thread saves the exception checkpoints. User code that runs
 * on other threads fails instead: {@link dev.rivulet.internal.concurrent.UserThread}.
 */
final class ShutdownSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);

    private static final long CHECK_MILLIS = 50;

    private final Thread training = Thread.currentThread();
    private final LoopState state;
    private final Duration budget;
    private final Consumer<ShutdownException> onException;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::awaitRun, "rivulet-shutdown");

    /**
     * Listens for signals until closed. For the training thread.
     *
     * @param budget time limit from the signal to the end of the run
     * @param onException saves exception checkpoints; called on a thread of its own if the training thread cannot
     */
    ShutdownSignal(LoopState state, Duration budget, Consumer<ShutdownException> onException) {
        this.state = state;
        this.budget = budget;
        this.onException = onException;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitRun() {
        state.shutDown();
        try {
            if (!endsInTime()) {
                LOG.error("The run did not end within {} of the signal; pending saves are lost.", budget);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean endsInTime() throws InterruptedException {
        long end = System.nanoTime() + budget.toNanos();
        boolean isSaving = false;
        while (!ended.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (!isSaving && UserThread.isExiting(training)) {
                isSaving = true;
                saveOnAnotherThread();
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
        }
        return true;
    }

    private void saveOnAnotherThread() {
        Thread thread = new Thread(this::saveExceptionCheckpoints, "rivulet-exit");
        thread.setDaemon(true);
        thread.start();
    }

    /** User code that this calls may call {@code System.exit} again. */
    private void saveExceptionCheckpoints() {
        try (UserThread saving = new UserThread("rivulet-exception-checkpoint", GradientMode::off)) {
            saving.call("What saves the exception checkpoints", () -> {
                onException.accept(new ShutdownException());
                return saving;
            });
        } catch (Exception e) {
            LOG.error("Not all exception checkpoints were saved.", e);
        } finally {
            ended.countDown();
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
