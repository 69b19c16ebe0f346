package dev.rivulet.internal.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A save that a stream has decided on: tentative until {@link ModelCheckpoint#committed} or
 * {@link ModelCheckpoint#failed} reports what became of it.
 *
 * @param purpose why it is saved
 * @param files what is written
 * @param permanent whether the checkpoint is kept permanently
 * @param skipped how many saves of the stream came before it, after the plan before, that wrote nothing
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
     * The file that a plan writes, and the names that move to it.
     *
     * @param checkpoint the file under a name of its own; empty if only {@code last} is written
     * @param last what {@code last} is to name: a link to the checkpoint's file, or a file of the same content; empty if
     *     it is left alone
     * @param best what {@code best} is to name: nearly always this plan's checkpoint, else one that is committed; empty
     *     if it is left alone
     */
    public record Files(
            Optional<KeptCheckpoint> checkpoint, Optional<LastCheckpoint> last, Optional<BestCheckpoint> best) {}

    SavePlan withBest(BestCheckpoint pointer) {
        Files moved = new Files(checkpoint(), last(), Optional.of(pointer));
        return new SavePlan(purpose, moved, permanent, skipped, epoch, globalStep);
    }

    /** The file under a name of its own; empty if only {@code last} is written. */
    public Optional<KeptCheckpoint> checkpoint() {
        return files.checkpoint();
    }

    /** What {@code last} is to name; empty if it is left alone. */
    public Optional<LastCheckpoint> last() {
        return files.last();
    }

    /** What {@code best} is to name; empty if it is left alone. */
    public Optional<BestCheckpoint> best() {
        return files.best();
    }

    /** Name of the file that is written; other names are aliases of it, or of one that is there. */
    public String file() {
        return checkpoint()
                .map(KeptCheckpoint::name)
                .orElseGet(() -> last().orElseThrow().name());
    }

    /** All names that are given: to the file, to {@code last} and to {@code best}. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        checkpoint().ifPresent(kept -> names.add(kept.name()));
        last().ifPresent(pointer -> names.add(pointer.name()));
        best().ifPresent(pointer -> names.add(pointer.name()));
        return names;
    }

    /** Whether a file of this name is written, or a link made. */
    boolean writes(String name) {
        return names().contains(name);
    }

    /** Whether a file of this name is written, or must be there for the plan to be carried out. */
    boolean needs(String name) {
        return writes(name)
                || best().filter(pointer -> pointer.checkpoint().equals(name)).isPresent();
    }
}
