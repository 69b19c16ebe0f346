package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Describes one group, that is the checkpoints of all streams that one save request saved, and what is retained once it
 * is committed. The group exists as soon as its manifest has its final name.
 *
 * <p>Paths are relative to the directory, with {@code /} between names. Plain data; {@link ManifestWriter} documents
 * the on-disk format, whose keys are the names of the components unless {@link SerializedName} gives another one.
 *
 * @param group number of the group in its directory, ascending from 1 across all runs
 * @param origin which run saved it, and when
 * @param checkpoints the files of this group, each source before the files derived from it
 * @param pointers new targets of {@code last} and {@code best}, where the group changes them
 * @param superseded files to delete once the group is committed, in the order of deletion
 * @param retained what each stream of the run retains once the group is committed, by stream
 */
public record Manifest(
        long group,
        Origin origin,
        List<StoredCheckpoint> checkpoints,
        List<Pointer> pointers,
        @SerializedName("retired") List<String> superseded,
        @SerializedName("ledgers") Map<String, RetainedGroups> retained) {

    /** Makes immutable copies; maps keep their order. */
    public Manifest {
        checkpoints = List.copyOf(checkpoints);
        pointers = List.copyOf(pointers);
        superseded = List.copyOf(superseded);
        retained = Collections.unmodifiableMap(new LinkedHashMap<>(retained));
    }

    /** Whether this is a rollback or the end of one, which changes what is retained and adds no checkpoint. */
    boolean isRollback() {
        return checkpoints.isEmpty();
    }

    /** Whether its checkpoints were saved on an exception. */
    boolean isOnException() {
        return retained.values().stream().anyMatch(this::isOnException);
    }

    private boolean isOnException(RetainedGroups stream) {
        return stream.onException().equals(OptionalLong.of(group));
    }

    /**
     * The same group if the run is to resume from its exception checkpoints: what streams retained before it, and the
     * exception checkpoints as rolled back, because their step is trained again.
     *
     * @param before the group of the run before this one, if it is known
     */
    Manifest withoutException(Optional<Manifest> before) {
        Map<String, RetainedGroups> resumed = new LinkedHashMap<>();
        retained.forEach((stream, now) -> {
            RetainedGroups then = before.flatMap(earlier -> Optional.ofNullable(earlier.retained.get(stream)))
                    .orElseGet(() -> now.only(number -> number != group));
            GroupSet undone = isOnException(now) ? now.rolledBack().with(group) : now.rolledBack();
            resumed.put(stream, then.withRolledBack(undone));
        });
        return new Manifest(group, origin, checkpoints, pointers, superseded, resumed);
    }

    /** Paths that publishing writes or deletes. */
    List<String> paths() {
        List<String> paths = new ArrayList<>(superseded);
        checkpoints.forEach(checkpoint -> paths.add(checkpoint.file()));
        pointers.forEach(pointer -> paths.add(pointer.name()));
        return paths;
    }

    /**
     * The run that saved a group, and when it did.
     *
     * @param run the run, whose retention state continues from group to group
     * @param savedAt when the group was committed, by the system clock
     * @param epoch index of the epoch
     * @param globalStep optimizer steps before the save
     * @param version version of the framework that wrote it
     * @param metrics all metrics at that time, exact, by name
     */
    public record Origin(
            UUID run,
            @SerializedName("saved_at") Instant savedAt,
            int epoch,
            @SerializedName("global_step") long globalStep,
            String version,
            Map<String, Double> metrics) {

        /** Makes an immutable copy that keeps the order. */
        public Origin {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /**
     * An alias of a checkpoint's file: {@code last} or {@code best}.
     *
     * @param name path of the pointer
     * @param target path of the file that it names, of this group or an earlier one
     * @param linked whether it is a symbolic link; otherwise it is a file with the same content, which outlives its
     *     target
     */
    public record Pointer(String name, String target, boolean linked) {}
}
