package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.SavePlan;

/**
 * The save of one stream, from the decision that it is due until its file is written or the save is aborted. Created on
 * the training thread, completed on either thread.
 */
record PendingSave(StreamSaver saver, SavePlan plan) {

    String stream() {
        return saver.name();
    }

    /** Leaves the plan to the writer, which carries it out or aborts it. */
    void handOver() {
        saver.handOver(plan);
    }

    /** Makes the step count as not saved; otherwise an exception checkpoint of the same step would be left out. */
    void abort() {
        saver.abort(plan);
    }

    /** Reports a failure, and aborts the save. */
    void fail(SaveOutcome outcome, Throwable failure) {
        outcome.fail(saver, failure);
        try {
            abort();
        } catch (Throwable another) {
            // If it were thrown on the writer thread, the save would end without an outcome.
            failure.addSuppressed(another);
        }
    }
}
