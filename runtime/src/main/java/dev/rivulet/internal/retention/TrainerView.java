package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.SaveTrigger;
import java.util.Set;

/**
 * A view of the training loop at a hook. Streams read it only during the call, so nothing is allocated if no save is
 * due.
 */
public interface TrainerView extends SaveTrigger.Progress {

    /** Logged metrics, with {@code epoch} and {@code step} only if the user logged them. */
    MetricValues metrics();

    /** The names of the logged metrics. */
    Set<String> metricNames();

    /** After a training batch: whether a validation follows before the next batch. */
    boolean validationRunsNow();

    /** Whether a validation has completed in this fit; the sanity check does not count. */
    boolean validationHasRun();

    /** Whether validations run in this fit. */
    boolean validates();

    /** Whether a stream with this setting saves at the end of the training epoch; see {@link ValidationSchedule}. */
    boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting);

    /** Whether this is the sanity check before training, which saves nothing. */
    boolean sanityChecking();

    /** Whether this is a dry run ({@code fastDevRun}), which saves nothing. */
    boolean fastDevRun();
}
