package dev.rivulet.store;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one group consists of, and what is kept once it is committed: the checkpoints of all streams that one save event
 * saved. The group exists from the moment at which its manifest has its name.
 *
 * <p>Paths are relative to the directory, with {@code /} between names. Plain data; {@link ManifestText} is its form on
 * disk.
 *
 * @param group number of the group in its directory, ascending from 1 over all runs
 * @param run the run, whose books go on from group to group
 * @param savedAt when the group was committed, by the machine's clock
 * @param epoch index of the epoch
 * @param globalStep optimizer steps before the save
 * @param version version of the framework that wrote it
 * @param metrics all metrics at that moment, exact, by name
 * @param checkpoints the files of this group, sources before what is derived from them
 * @param pointers what {@code last} and {@code best} name once the group is committed, where that changes
 * @param retired files that are kept no longer once the group is committed, in the order of their deletion
 * @param ledgers what every stream of the run keeps once the group is committed, by stream
 */
public record Manifest(
        long group,
        UUID run,
        Instant savedAt,
        int epoch,
        long globalStep,
        String version,
        Map<String, Double> metrics,
        List<StoredCheckpoint> checkpoints,
        List<Pointer> pointers,
        List<String> retired,
        Map<String, Ledger> ledgers) {

    /** Holds copies that do not change; maps keep their order. */
    public Manifest {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        checkpoints = List.copyOf(checkpoints);
        pointers = List.copyOf(pointers);
        retired = List.copyOf(retired);
        ledgers = Collections.unmodifiableMap(new LinkedHashMap<>(ledgers));
    }
}
