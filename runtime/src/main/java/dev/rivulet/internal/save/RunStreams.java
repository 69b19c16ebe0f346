package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.RetainedGroups;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The streams of a run and the directory that they save to. Shared by the training thread and the writer thread; does
 * not own the directory.
 *
 * @param lineage which run this is, and what it has adopted from the directory
 * @param savers the streams, sources before derived streams
 * @param unreported number of committed groups of which callbacks have not been notified yet
 */
record RunStreams(
        CheckpointDirectory directory, RunLineage lineage, List<StreamSaver> savers, AtomicInteger unreported) {

    RunStreams(CheckpointDirectory directory, RunLineage lineage, List<StreamSaver> savers) {
        this(directory, lineage, savers, new AtomicInteger());
    }

    /** What each stream keeps, including streams that the run no longer has, so that their files stay known. */
    Map<String, RetainedGroups> retainedGroups() {
        Map<String, RetainedGroups> retainedGroups = new LinkedHashMap<>(lineage.adopted());
        savers.forEach(stream -> retainedGroups.put(stream.name(), stream.retainedGroups()));
        return retainedGroups;
    }

    /** The decision state of each stream. */
    Map<String, DecisionState> decisions(long globalStep) {
        Map<String, DecisionState> decisions = new LinkedHashMap<>();
        savers.forEach(stream -> decisions.put(stream.name(), stream.decisionState(globalStep)));
        return decisions;
    }

    /** Whether a file waits to be deleted. */
    boolean hasOrphans() {
        return savers.stream().anyMatch(stream -> !stream.orphans().isEmpty());
    }

    /** Deletes, on the writer thread, the superseded files that were held for callbacks, unless one is still due. */
    void deleteReported() {
        if (unreported.get() == 0) {
            deleteOrphans();
        }
    }

    /** Deletes the superseded files that no later group will delete. */
    void deleteOrphans() {
        savers.forEach(StreamSaver::deleteOrphans);
    }
}
