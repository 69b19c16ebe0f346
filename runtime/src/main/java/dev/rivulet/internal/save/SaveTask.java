package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Completes one save on the writer thread: computes the weights, writes the files, commits them as one group, and
 * records the commit. The failure of one stream does not affect the others; a failed commit fails all. Owns the {@link
 * SaveRequest}.
 */
final class SaveTask {
    private final RunStreams streams;
    private final SaveRequest request;
    private final List<PendingSave> pending;
    private final SaveOutcome outcome;

    /**
     * A save.
     *
     * @param streams all streams of the run; the manifest records what each keeps
     * @param request the content of the checkpoints; closed by {@link #run}
     * @param pending sources before derived streams
     */
    SaveTask(RunStreams streams, SaveRequest request, List<PendingSave> pending) {
        this.streams = streams;
        this.request = request;
        this.pending = pending;
        this.outcome = new SaveOutcome(request.context());
    }

    /** Saves; the outcome holds whatever failed. */
    SaveOutcome run() {
        CommitJfrEvent event = new CommitJfrEvent();
        event.begin();
        outcome.start();
        save(event);
        outcome.end();
        event.globalStep = outcome.context().globalStep();
        event.checkpoints = outcome.committed().size();
        event.failures = outcome.failed().size();
        event.bytes = outcome.bytes();
        event.behind = outcome.behindNanos();
        event.commit();
        return outcome;
    }

    private void save(CommitJfrEvent event) {
        List<PendingSave> open = new ArrayList<>(pending);
        try (request;
                Group group = streams.directory().begin()) {
            event.group = group.number();
            request.handOver();
            List<StreamSaver.Written> written = new ArrayList<>();
            for (PendingSave save : pending) {
                write(save, group).ifPresentOrElse(written::add, () -> open.remove(save));
            }
            request.close();
            if (!written.isEmpty()) {
                Committed committed = commit(group, written);
                open.clear();
                publish(group, committed);
            }
        } catch (Throwable failure) {
            // The streams share one commit, so all of them fail.
            open.forEach(save -> save.fail(outcome, failure));
            if (open.isEmpty()) {
                outcome.fail(pending.get(0).saver(), failure);
            }
        }
    }

    private Optional<StreamSaver.Written> write(PendingSave save, Group group) {
        CheckpointCodec codec = save.saver().codec();
        try {
            SaveRequest.Contents contents = request.contents(save.stream(), codec);
            return Optional.of(save.saver().write(save.plan(), contents.checkpoint(), contents.layout(), group));
        } catch (Throwable failure) {
            // Transforms are user code: whatever one throws, the other streams are saved.
            save.fail(outcome, failure);
            return Optional.empty();
        } finally {
            request.release(save.stream());
        }
    }

    /**
     * A durable group.
     *
     * @param superseded paths of the files to delete; also of streams that it has no checkpoint of, because recovery
     *     looks at the newest group only
     */
    private record Committed(List<StreamSaver.Commit> commits, Set<String> superseded) {}

    private Committed commit(Group group, List<StreamSaver.Written> written) throws IOException {
        Map<String, RetainedGroups> retained = streams.retainedGroups();
        List<StreamSaver.Commit> commits = new ArrayList<>();
        for (StreamSaver.Written file : written) {
            StreamSaver.Commit commit = file.saver().prepareCommit(file, group.number());
            retained.put(file.saver().name(), commit.retainedGroups());
            commits.add(commit);
        }
        Set<String> superseded = new LinkedHashSet<>();
        commits.forEach(commit -> superseded.addAll(commit.superseded()));
        streams.savers().forEach(stream -> superseded.addAll(stream.orphans()));
        group.commit(manifest(group, written, superseded, retained));
        commits.forEach(commit -> commit.written().saver().finishCommit(commit, group.number()));
        return new Committed(commits, superseded);
    }

    private Manifest manifest(
            Group group,
            List<StreamSaver.Written> written,
            Set<String> superseded,
            Map<String, RetainedGroups> retained) {
        return new Manifest(
                group.number(),
                streams.lineage().origin(request.context()),
                written.stream().map(StreamSaver.Written::stored).toList(),
                written.stream().flatMap(file -> file.pointers().stream()).toList(),
                List.copyOf(superseded),
                retained);
    }

    /** A failure here does not undo the commit: the next group, or recovery at the next start, renames the files. */
    private void publish(Group group, Committed committed) {
        try {
            publishFiles(group, committed);
            for (StreamSaver.Commit commit : committed.commits()) {
                CommittedCheckpoint saved = commit.written().committed();
                commit.written().saver().logSaved(saved);
                outcome.commit(saved);
            }
        } catch (Throwable failure) {
            outcome.fail(committed.commits().get(0).written().saver(), failure);
        }
        if (!outcome.committed().isEmpty()) {
            streams.unreported().incrementAndGet();
        }
    }

    /** Superseded files stay until callbacks that are notified of them have returned. */
    private void publishFiles(Group group, Committed committed) throws IOException {
        if (streams.unreported().get() == 0) {
            group.publish();
            streams.savers().forEach(stream -> stream.forgetOrphans(committed.superseded()));
        } else {
            group.publish(committed.superseded());
            committed.commits().forEach(commit -> commit.written().saver().hold(commit));
        }
    }
}
