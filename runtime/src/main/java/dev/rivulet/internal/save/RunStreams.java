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
 * @param continuation which run this is, and what it has adopted of the directory
 * @param savers sources before what is derived from them
 */
record RunStreams(CheckpointDirectory directory, RunLineage continuation, List<StreamSaver> savers) {

    /** What is kept, by stream; also by streams that the run no longer has, so that their files stay known. */
    Map<String, RetainedGroups> ledgers() {
        Map<String, RetainedGroups> ledgers = new LinkedHashMap<>(continuation.ledgers());
        savers.forEach(stream -> ledgers.put(stream.name(), stream.ledger()));
        return ledgers;
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
