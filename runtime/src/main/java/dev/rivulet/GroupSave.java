package dev.rivulet;

import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.store.Group;
import dev.rivulet.store.Ledger;
import dev.rivulet.store.Manifest;
import dev.rivulet.stream.SavePlan;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The writer's part of a save event: computes, writes, commits all files as one group, and enters it in the books. One
 * stream's failure leaves the others alone; if the commit fails, so do all.
 */
final class GroupSave {
    private final CheckpointDirectory directory;
    private final Collection<StreamSaver> streams;
    private final Continuation continuation;
    private final SaveEvent event;
    private final List<Pending> pending;
    private final SaveReport report;

    /**
     * A save to be carried out.
     *
     * @param checkpoint with the entries of hooks
     */
    record Pending(StreamSaver saver, SavePlan plan, Checkpoint checkpoint) {

        /** With a copy of the entries that nobody else knows. */
        Pending sealed() {
            return new Pending(saver, plan, checkpoint.copy());
        }
    }

    /**
     * The saves of an event.
     *
     * @param streams all streams of the run, whose ledgers the manifest repeats
     * @param continuation of which run this is, and what it has taken over
     * @param pending sources before what is derived from them
     */
    GroupSave(
            CheckpointDirectory directory,
            Collection<StreamSaver> streams,
            Continuation continuation,
            SaveEvent event,
            List<Pending> pending) {
        this.directory = directory;
        this.streams = streams;
        this.continuation = continuation;
        this.event = event;
        this.pending = pending;
        this.report = new SaveReport(event.moment());
    }

    /** Carries the saves out; whatever fails is in the report. */
    SaveReport run() {
        CommitEvent recorded = new CommitEvent();
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

    private void carryOut(CommitEvent recorded) {
        List<Pending> open = new ArrayList<>(pending);
        try (event;
                Group group = directory.begin()) {
            recorded.group = group.number();
            event.handOver();
            List<StreamSaver.Written> written = new ArrayList<>();
            for (Pending save : pending) {
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
            open.forEach(save -> fail(save, failure));
            if (open.isEmpty()) {
                report.fail(pending.get(0).saver(), failure);
            }
        }
    }

    private Optional<StreamSaver.Written> write(Pending save, Group group) {
        try {
            StreamSaver.Written written = save.saver().write(save.plan(), event.contents(save.checkpoint()), group);
            event.written(save.saver().name(), group.path(written.blob()));
            return Optional.of(written);
        } catch (Throwable failure) {
            // Transforms are foreign code: whatever they throw, the other streams are saved.
            fail(save, failure);
            return Optional.empty();
        } finally {
            event.release(save.saver().name());
        }
    }

    private void fail(Pending save, Throwable failure) {
        report.fail(save.saver(), failure);
        try {
            save.saver().giveUp(save.plan());
        } catch (Throwable further) {
            // What is thrown here would end the writer's work without a report.
            failure.addSuppressed(further);
        }
    }

    private List<StreamSaver.Outcome> commit(Group group, List<StreamSaver.Written> written) throws IOException {
        // Those of streams that the run no longer has are passed on, so that their files stay known.
        Map<String, Ledger> ledgers = new LinkedHashMap<>(continuation.ledgers());
        streams.forEach(stream -> ledgers.put(stream.name(), stream.ledger()));
        List<StreamSaver.Outcome> outcomes = new ArrayList<>();
        for (StreamSaver.Written file : written) {
            StreamSaver.Outcome outcome = file.saver().outcome(file, group.number());
            ledgers.put(file.saver().name(), outcome.ledger());
            outcomes.add(outcome);
        }
        group.commit(manifest(group, written, outcomes, ledgers));
        outcomes.forEach(outcome -> outcome.written().saver().enter(outcome, group.number()));
        return outcomes;
    }

    private Manifest manifest(
            Group group,
            List<StreamSaver.Written> written,
            List<StreamSaver.Outcome> outcomes,
            Map<String, Ledger> ledgers) {
        SaveMoment at = event.moment();
        return new Manifest(
                group.number(),
                new Manifest.Origin(
                        continuation.run(),
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
