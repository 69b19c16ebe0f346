package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.SaveTrigger;

/**
 * What a stream is told of the moment at which a hook is called. A view that the training loop implements once; it is
 * read during the call only, so that nothing is allocated where nothing is due.
 */
public interface TrainerView extends SaveTrigger.Progress {

    /** Logged metrics; {@code epoch} and {@code step} only if the user logged them. */
    MetricValues metrics();

    /** After a training batch: whether a validation runs now, before the next batch. */
    boolean validationRunsNow();

    /** Whether a validation has run to its end in this fit; the sanity check does not count. */
    boolean validationHasRun();

    /** Whether a stream of this setting saves at the end of the training epoch; see {@link ValidationSchedule}. */
    boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting);

    /** Whether this is the check before training, during which nothing is saved. */
    boolean sanityChecking();

    /** Whether this is a trial run, during which nothing is saved. */
    boolean fastDevRun();
}
