package dev.rivulet.stream;

import java.util.Optional;

/**
 * A save that a stream has decided on: tentative until {@link ModelCheckpoint#committed} or
 * {@link ModelCheckpoint#failed} is told of it.
 *
 * @param purpose why it is saved
 * @param checkpoint the file under a name of its own; empty if only {@code last} is written
 * @param last what {@code last} is to name: a link to the checkpoint's file, or a file of the same content; empty if it
 *     is left alone
 * @param epoch index of the epoch
 * @param globalStep optimizer steps so far
 */
public record SavePlan(
        Purpose purpose,
        Optional<KeptCheckpoint> checkpoint,
        Optional<LastCheckpoint> last,
        int epoch,
        long globalStep) {

    /** Why a checkpoint is saved. */
    public enum Purpose {
        /** It was due. */
        REGULAR,

        /** Training ends with an exception. */
        RESCUE
    }

    /** Whether a file of this name is written, or a link made. */
    boolean writes(String name) {
        return checkpoint.filter(kept -> kept.name().equals(name)).isPresent()
                || last.filter(pointer -> pointer.name().equals(name)).isPresent();
    }
}
