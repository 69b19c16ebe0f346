package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The retained checkpoints of a stream, by the numbers of their groups: a stream has at most one checkpoint in a group,
 * which the group's own manifest describes.
 *
 * @param kept groups that the stream's policy keeps
 * @param last target of {@code last}
 * @param best target of {@code best}
 * @param onException the checkpoint that was saved on an exception
 * @param saves the number of saves of the stream
 * @param rolledBack groups that a rollback has undone, also the exception checkpoint from which the run has resumed;
 *     their files stay until the stream has saved their steps again, or the fit ends
 */
public record RetainedGroups(
        Kept kept,
        Optional<Pointed> last,
        Optional<Pointed> best,
        @SerializedName("rescue") OptionalLong onException,
        long saves,
        @SerializedName("rolled_back") GroupSet rolledBack) {

    /** The state of a stream that has saved nothing. */
    public static final RetainedGroups EMPTY = new RetainedGroups(
            new Kept(GroupSet.EMPTY, GroupSet.EMPTY, GroupSet.EMPTY),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            0);

    /** The state of a stream of which no group was undone. */
    public RetainedGroups(
            Kept kept, Optional<Pointed> last, Optional<Pointed> best, OptionalLong onException, long saves) {
        this(kept, last, best, onException, saves, GroupSet.EMPTY);
    }

    /** The same state without the groups that do not match. */
    RetainedGroups only(LongPredicate matches) {
        return new RetainedGroups(
                new Kept(
                        kept.topK().only(matches),
                        kept.newest().only(matches),
                        kept.everyNth().only(matches)),
                last.filter(pointer -> matches.test(pointer.group())),
                best.filter(pointer -> matches.test(pointer.group())),
                onException.isPresent() && matches.test(onException.getAsLong()) ? onException : OptionalLong.empty(),
                saves,
                rolledBack.only(matches));
    }

    /** The same state with other undone groups. */
    public RetainedGroups withRolledBack(GroupSet groups) {
        return new RetainedGroups(kept, last, best, onException, saves, groups);
    }

    /** {@code last} and {@code best}, where they exist. */
    List<Pointed> pointers() {
        return Stream.of(last, best).flatMap(Optional::stream).toList();
    }

    /**
     * Groups that a policy keeps, by reason; a checkpoint may be kept for several reasons.
     *
     * @param topK the best, or all
     * @param newest the newest that are kept in addition to the best
     * @param everyNth every n-th, which are kept permanently
     */
    public record Kept(
            @SerializedName("kept") GroupSet topK,
            GroupSet newest,
            @SerializedName("kept_for_ever") GroupSet everyNth) {

        /** All groups with a retained file. */
        public GroupSet groups() {
            return topK.with(newest).with(everyNth);
        }
    }

    /**
     * The target of a pointer.
     *
     * @param name path of the pointer
     * @param group group of the target
     * @param linked whether it is a symbolic link to the checkpoint's own file; otherwise it is a file with the same
     *     content
     */
    public record Pointed(String name, long group, boolean linked) {}

    /** All groups with a retained file. */
    public GroupSet groups() {
        GroupSet all = kept.groups().with(rolledBack);
        for (Pointed pointer : pointers()) {
            all = all.with(pointer.group());
        }
        return onException.isPresent() ? all.with(onException.getAsLong()) : all;
    }
}
