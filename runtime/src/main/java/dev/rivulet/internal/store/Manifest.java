package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one group consists of, and what is kept once it is committed: the checkpoints of all streams that one save request
 * saved. The group exists from the moment at which its manifest has its name.
 *
 * <p>Paths are relative to the directory, with {@code /} between names. Plain data; {@link ManifestWriter} documents its
 * form on disk, whose keys are the components' names, or those given with them.
 *
 * @param group number of the group in its directory, ascending from 1 over all runs
 * @param origin what saved it, and when
 * @param checkpoints the files of this group, sources before what is derived from them
 * @param pointers what {@code last} and {@code best} name once the group is committed, where that changes
 * @param superseded files that are not kept any longer once the group is committed, in the order of their deletion
 * @param retained what every stream of the run keeps once the group is committed, by stream
 */
public record Manifest(
        long group,
        Origin origin,
        List<StoredCheckpoint> checkpoints,
        List<Pointer> pointers,
        @SerializedName("retired") List<String> superseded,
        @SerializedName("ledgers") Map<String, RetainedGroups> retained) {

    /** Holds copies that do not change; maps keep their order. */
    public Manifest {
        checkpoints = List.copyOf(checkpoints);
        pointers = List.copyOf(pointers);
        superseded = List.copyOf(superseded);
        retained = Collections.unmodifiableMap(new LinkedHashMap<>(retained));
    }

    /**
     * The run that saved a group, and the moment in it.
     *
     * @param run the run, whose retention state continues from group to group
     * @param savedAt when the group was committed, by the machine's clock
     * @param epoch index of the epoch
     * @param globalStep optimizer steps before the save
     * @param version version of the framework that wrote it
     * @param metrics all metrics at that moment, exact, by name
     */
    public record Origin(
            UUID run,
            @SerializedName("saved_at") Instant savedAt,
            int epoch,
            @SerializedName("global_step") long globalStep,
            String version,
            Map<String, Double> metrics) {

        /** Holds a copy that does not change and keeps the order. */
        public Origin {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /**
     * An alias of a checkpoint's file: {@code last} or {@code best}.
     *
     * @param name path of the pointer
     * @param target path of the file that it names, of this group or an earlier one
     * @param linked whether it is a symbolic link; otherwise a file of the same content, which outlives its target
     */
    public record Pointer(String name, String target, boolean linked) {}
}
