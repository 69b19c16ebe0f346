package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.RetainedGroups;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All streams of a run, in the directory that they save to.
 *
 * @param directory closed by whoever opened it
 * @param lineage which run this is, and what it has adopted of the directory
 * @param savers sources before what is derived from them
 */
record RunStreams(CheckpointDirectory directory, RunLineage lineage, List<StreamSaver> savers) {

    /** What is kept, by stream; also by streams that the run no longer has, so that their files stay known. */
    Map<String, RetainedGroups> retainedGroups() {
        Map<String, RetainedGroups> retainedGroups = new LinkedHashMap<>(lineage.adopted());
        savers.forEach(stream -> retainedGroups.put(stream.name(), stream.retainedGroups()));
        return retainedGroups;
    }

    /** What decides on the next save of each stream, apart from what it keeps. */
    Map<String, DecisionState> decisions(long globalStep) {
        Map<String, DecisionState> decisions = new LinkedHashMap<>();
        savers.forEach(stream -> decisions.put(stream.name(), stream.decisionState(globalStep)));
        return decisions;
    }

    /** Deletes, when a run ends, what no later group will. */
    void deleteOrphans() {
        savers.forEach(StreamSaver::deleteOrphans);
    }
}
