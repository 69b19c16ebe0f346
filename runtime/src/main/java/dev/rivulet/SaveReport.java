package dev.rivulet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the writer tells the training thread of a save event. Filled by the one, then read by the other. */
final class SaveReport {
    private final SaveMoment moment;
    private final List<CommittedCheckpoint> committed = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();

    SaveReport(SaveMoment moment) {
        this.moment = moment;
    }

    /** A stream whose save failed. */
    record Failed(StreamSaver saver, Throwable cause) {}

    SaveMoment moment() {
        return moment;
    }

    void commit(CommittedCheckpoint checkpoint) {
        committed.add(checkpoint);
    }

    void fail(StreamSaver saver, Throwable cause) {
        failed.add(new Failed(saver, cause));
    }

    List<CommittedCheckpoint> committed() {
        return Collections.unmodifiableList(committed);
    }

    List<Failed> failed() {
        return Collections.unmodifiableList(failed);
    }
}
