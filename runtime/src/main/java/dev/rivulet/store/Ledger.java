package dev.rivulet.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a stream keeps, by the numbers of the groups that its checkpoints belong to: a stream has at most one checkpoint in
 * a group, which the group's own manifest describes.
 *
 * @param kept the best, or all
 * @param newest the newest that are kept beside the best
 * @param keptForEver every n-th
 * @param last what {@code last} names
 * @param best what {@code best} names
 * @param rescue the checkpoint that was saved on an exception
 * @param saves how many saves the stream has carried out
 */
public record Ledger(
        GroupSet kept,
        GroupSet newest,
        GroupSet keptForEver,
        Optional<Pointed> last,
        Optional<Pointed> best,
        OptionalLong rescue,
        long saves) {

    /** The ledger of a stream that has saved nothing. */
    public static final Ledger EMPTY = new Ledger(
            GroupSet.EMPTY,
            GroupSet.EMPTY,
            GroupSet.EMPTY,
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            0);

    /**
     * What a pointer names.
     *
     * @param name path of the pointer
     * @param group group of the checkpoint that it names
     * @param linked whether it is a symbolic link to the checkpoint's own file; otherwise a file of the same content
     */
    public record Pointed(String name, long group, boolean linked) {}

    /** All groups of which a file is kept. */
    public GroupSet groups() {
        GroupSet all = kept.with(newest).with(keptForEver);
        for (Optional<Pointed> pointer : List.of(last, best)) {
            if (pointer.isPresent()) {
                all = all.with(pointer.get().group());
            }
        }
        return rescue.isPresent() ? all.with(rescue.getAsLong()) : all;
    }
}
