package dev.rivulet.checkpoint;

/**
 * The cause of a skipped save: the writer was behind, and the trainer does not wait for it.
 *
 * @since 0.1
 */
public final class SkippedSaveException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Names the number of pending saves. */
    public SkippedSaveException(int pending) {
        super("The writer still had " + pending + " saves to write, and backpressure is SKIP."
                + " Save less often, allow more with Trainer.builder().maxPendingSaves(…), or let training WAIT.");
    }
}
