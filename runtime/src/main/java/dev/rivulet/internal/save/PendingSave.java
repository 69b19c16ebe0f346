package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.SavePlan;

/** A stream's save from the decision that it is due until its file is written, or the save is aborted. */
record PendingSave(StreamSaver saver, SavePlan plan) {

    String stream() {
        return saver.name();
    }

    /** Has the stream count as not saved at this step, because an exception checkpoint would be left out otherwise. */
    void abort() {
        saver.abort(plan);
    }

    /** Reports a failure, and aborts the save. */
    void fail(SaveOutcome outcome, Throwable failure) {
        outcome.fail(saver, failure);
        try {
            abort();
        } catch (Throwable another) {
            // Thrown on the writer's thread, it would end the work there without a report.
            failure.addSuppressed(another);
        }
    }
}
