package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.registry.RuntimeVersion;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The writer's part of a save: computes, writes, commits all files as one group, and records the commit. One stream's
 * failure leaves the others alone; if the commit fails, so do all.
 */
final class SaveTask {
    private final RunStreams streams;
    private final SaveRequest event;
    private final List<PendingSave> pending;
    private final SaveOutcome report;

    /**
     * A group to be written.
     *
     * @param streams all streams of the run; the manifest says what each keeps
     * @param event what the checkpoints hold; closed by this
     * @param pending sources before what is derived from them
     */
    SaveTask(RunStreams streams, SaveRequest event, List<PendingSave> pending) {
        this.streams = streams;
        this.event = event;
        this.pending = pending;
        this.report = new SaveOutcome(event.moment());
    }

    /** Carries the saves out; whatever fails is in the report. */
    SaveOutcome run() {
        CommitJfrEvent recorded = new CommitJfrEvent();
        recorded.begin();
        report.start();
        carryOut(recorded);
        report.end();
        recorded.globalStep = report.moment().globalStep();
        recorded.checkpoints = report.committed().size();
        recorded.failures = report.failed().size();
        recorded.bytes = report.bytes();
        recorded.behind = report.behindNanos();
        recorded.commit();
        return report;
    }

    private void carryOut(CommitJfrEvent recorded) {
        List<PendingSave> open = new ArrayList<>(pending);
        try (event;
                Group group = streams.directory().begin()) {
            recorded.group = group.number();
            event.handOver();
            List<StreamSaver.Written> written = new ArrayList<>();
            for (PendingSave save : pending) {
                write(save, group).ifPresentOrElse(written::add, () -> open.remove(save));
            }
            event.close();
            if (!written.isEmpty()) {
                List<StreamSaver.Outcome> outcomes = commit(group, written);
                open.clear();
                publish(group, outcomes);
            }
        } catch (Throwable failure) {
            // The commit is that of all.
            open.forEach(save -> save.fail(report, failure));
            if (open.isEmpty()) {
                report.fail(pending.get(0).saver(), failure);
            }
        }
    }

    private Optional<StreamSaver.Written> write(PendingSave save, Group group) {
        CheckpointCodec codec = save.saver().codec();
        try {
            SaveRequest.Contents contents = event.contents(save.stream(), codec);
            StreamSaver.Written written =
                    save.saver().write(save.plan(), contents.checkpoint(), contents.layout(), group);
            event.written(save.stream(), codec, group.path(written.blob()));
            return Optional.of(written);
        } catch (Throwable failure) {
            // Transforms are user code: whatever they throw, the other streams are saved.
            save.fail(report, failure);
            return Optional.empty();
        } finally {
            event.release(save.stream());
        }
    }

    private List<StreamSaver.Outcome> commit(Group group, List<StreamSaver.Written> written) throws IOException {
        Map<String, RetainedGroups> ledgers = streams.ledgers();
        List<StreamSaver.Outcome> outcomes = new ArrayList<>();
        for (StreamSaver.Written file : written) {
            StreamSaver.Outcome outcome = file.saver().outcome(file, group.number());
            ledgers.put(file.saver().name(), outcome.ledger());
            outcomes.add(outcome);
        }
        group.commit(manifest(group, written, outcomes, ledgers));
        outcomes.forEach(outcome -> outcome.written().saver().commit(outcome, group.number()));
        return outcomes;
    }

    private Manifest manifest(
            Group group,
            List<StreamSaver.Written> written,
            List<StreamSaver.Outcome> outcomes,
            Map<String, RetainedGroups> ledgers) {
        SaveContext at = event.moment();
        return new Manifest(
                group.number(),
                new Manifest.Origin(
                        streams.continuation().run(),
                        Instant.now(),
                        at.epoch(),
                        at.globalStep(),
                        RuntimeVersion.current(),
                        at.metrics()),
                written.stream().map(StreamSaver.Written::stored).toList(),
                written.stream().flatMap(file -> file.pointers().stream()).toList(),
                outcomes.stream().flatMap(outcome -> outcome.retired().stream()).toList(),
                ledgers);
    }

    /** What fails now has committed all the same: names are given by the next group, or by the next fit's start. */
    private void publish(Group group, List<StreamSaver.Outcome> outcomes) {
        try {
            group.publish();
            for (StreamSaver.Outcome outcome : outcomes) {
                CommittedCheckpoint saved = outcome.written().committed();
                outcome.written().saver().announce(saved);
                report.commit(saved);
            }
        } catch (Throwable failure) {
            report.fail(outcomes.get(0).written().saver(), failure);
        }
    }
}
