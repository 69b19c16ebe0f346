package dev.rivulet.internal.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A save that a stream has decided on: tentative until {@link ModelCheckpoint#committed} or
 * {@link ModelCheckpoint#failed} is called.
 *
 * @param purpose why it is saved
 * @param files what is written
 * @param permanent whether the checkpoint is kept permanently
 * @param skipped number of saves since the previous plan that wrote nothing
 * @param epoch index of the epoch
 * @param globalStep optimizer steps so far
 */
public record SavePlan(Purpose purpose, Files files, boolean permanent, long skipped, int epoch, long globalStep) {

    /** Why a checkpoint is saved. */
    public enum Purpose {
        /** It was due. */
        REGULAR,

        /** Training ends with an exception. */
        EXCEPTION
    }

    /**
     * The file that a plan writes, and the names that move.
     *
     * @param checkpoint the checkpoint's own file; empty if only {@code last} is written
     * @param last the new {@code last}: a link to the checkpoint's file, or a copy; empty if it does not change
     * @param best the new {@code best}: nearly always this plan's checkpoint, otherwise a committed one; empty if it
     *     does not change
     */
    public record Files(
            Optional<KeptCheckpoint> checkpoint, Optional<LastCheckpoint> last, Optional<BestCheckpoint> best) {}

    SavePlan withBest(BestCheckpoint pointer) {
        Files moved = new Files(checkpoint(), last(), Optional.of(pointer));
        return new SavePlan(purpose, moved, permanent, skipped, epoch, globalStep);
    }

    /** The checkpoint's own file; empty if only {@code last} is written. */
    public Optional<KeptCheckpoint> checkpoint() {
        return files.checkpoint();
    }

    /** The new {@code last}; empty if it does not change. */
    public Optional<LastCheckpoint> last() {
        return files.last();
    }

    /** The new {@code best}; empty if it does not change. */
    public Optional<BestCheckpoint> best() {
        return files.best();
    }

    /** Name of the file that is written; other names refer to it or to an existing file. */
    public String file() {
        return checkpoint()
                .map(KeptCheckpoint::name)
                .orElseGet(() -> last().orElseThrow().name());
    }

    /** The names of the file, of {@code last} and of {@code best}. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        checkpoint().ifPresent(kept -> names.add(kept.name()));
        last().ifPresent(pointer -> names.add(pointer.name()));
        best().ifPresent(pointer -> names.add(pointer.name()));
        return names;
    }

    /** Whether a file or link of this name is written. */
    boolean writes(String name) {
        return names().contains(name);
    }

    /** Whether a file of this name is written, or must exist for the plan to be carried out. */
    boolean needs(String name) {
        return writes(name)
                || best().filter(pointer -> pointer.checkpoint().equals(name)).isPresent();
    }
}
