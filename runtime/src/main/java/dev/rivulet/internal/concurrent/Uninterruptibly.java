package dev.rivulet.internal.concurrent;

/** Waits that an interrupt does not end early. */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /**
     * A wait, repeated if it is interrupted.
     *
     * @param <E> type of its failure
     */
    @FunctionalInterface
    public interface Wait<E extends Exception> {
        void end() throws InterruptedException, E;
    }

    /**
     * A wait for a result, repeated if it is interrupted.
     *
     * @param <T> type of the result
     * @param <E> type of its failure
     */
    @FunctionalInterface
    public interface Result<T, E extends Exception> {
        T get() throws InterruptedException, E;
    }

    /**
     * Waits until the end. An interrupt does not end the wait; it is restored afterwards.
     *
     * @throws E if the wait fails
     */
    public static <E extends Exception> void await(Wait<E> wait) throws E {
        Uninterruptibly.<Wait<E>, E>get(() -> {
            wait.end();
            return wait;
        });
    }

    /**
     * Waits for a result, as {@link #await}.
     *
     * @throws E if the wait fails
     */
    public static <T, E extends Exception> T get(Result<T, E> wait) throws E {
        // Otherwise the first wait would end at once.
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return wait.get();
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
