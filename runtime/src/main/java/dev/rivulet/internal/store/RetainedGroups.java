package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The retained checkpoints of a stream, by the numbers of their groups: a stream has at most one checkpoint in a group,
 * which the group's own manifest describes.
 *
 * @param kept what the stream's policy keeps
 * @param last what {@code last} names
 * @param best what {@code best} names
 * @param onException the checkpoint that was saved on an exception
 * @param saves how many saves the stream has carried out
 */
public record RetainedGroups(
        Kept kept,
        Optional<Pointed> last,
        Optional<Pointed> best,
        @SerializedName("rescue") OptionalLong onException,
        long saves) {

    /** The ledger of a stream that has saved nothing. */
    public static final RetainedGroups EMPTY = new RetainedGroups(
            new Kept(GroupSet.EMPTY, GroupSet.EMPTY, GroupSet.EMPTY),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            0);

    /**
     * What a policy keeps, each for its own reason; a checkpoint may be kept for several.
     *
     * @param topK the best, or all
     * @param newest the newest that are kept in addition to the best
     * @param everyNth every n-th, which are kept permanently
     */
    public record Kept(
            @SerializedName("kept") GroupSet topK,
            GroupSet newest,
            @SerializedName("kept_for_ever") GroupSet everyNth) {

        /** All groups of which a file is kept. */
        public GroupSet groups() {
            return topK.with(newest).with(everyNth);
        }
    }

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
        GroupSet all = kept.groups();
        for (Optional<Pointed> pointer : List.of(last, best)) {
            if (pointer.isPresent()) {
                all = all.with(pointer.get().group());
            }
        }
        return onException.isPresent() ? all.with(onException.getAsLong()) : all;
    }
}
