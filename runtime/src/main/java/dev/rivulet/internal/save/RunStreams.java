package dev.rivulet.internal.save;

import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(RunStreams.class);

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

    /**
     * Deletes, at the end of training, what a rollback has undone and no stream has saved again. A file that cannot be
     * deleted only takes disk space.
     */
    void deleteRolledBack(SaveContext context) {
        List<String> files = savers.stream()
                .flatMap(stream -> stream.passRolledBack(context.globalStep()).stream())
                .toList();
        if (files.isEmpty()) {
            return;
        }
        try (Group group = directory.begin()) {
            group.commit(new Manifest(
                    group.number(), lineage.origin(context), List.of(), List.of(), files, retainedGroups()));
            group.publish();
        } catch (IOException e) {
            LOG.error("Not all of {}, which the run no longer keeps, could be deleted.", files, e);
        }
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
