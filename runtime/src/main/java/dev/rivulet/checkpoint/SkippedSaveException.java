package dev.rivulet.checkpoint;

/**
 * Why a due save was left out: the writer was behind, and the trainer is built not to wait for it.
 *
 * @since 0.1
 */
public final class SkippedSaveException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public SkippedSaveException(int pending) {
        super("The writer still had " + pending + " save events to write, and backpressure is SKIP."
                + " Save less often, allow more with Trainer.builder().maxPendingSaves(…), or let training WAIT.");
    }
}
