package dev.rivulet.internal.concurrent;

/** Waiting for what must end, whether or not somebody interrupts the waiting thread. */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /**
     * Something to wait for, repeatedly if need be.
     *
     * @param <E> how it fails
     */
    @FunctionalInterface
    public interface Wait<E extends Exception> {
        void end() throws InterruptedException, E;
    }

    /**
     * Waits to the end. An interrupt does not shorten it: the thread is interrupted again afterwards.
     *
     * @throws E if the wait fails
     */
    public static <E extends Exception> void await(Wait<E> wait) throws E {
        // Else the first wait would end before it has begun.
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    wait.end();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
