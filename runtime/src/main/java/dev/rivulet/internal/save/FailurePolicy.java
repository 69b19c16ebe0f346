package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.LostWeightsException;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.checkpoint.SkippedSaveException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.state.LoopView;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and records the failures of saves, and decides which of them end the run. On the training thread. */
final class FailurePolicy {
    private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

    private boolean weightsLost;

    /** Whether user code has destroyed weights of the model, so that nothing good can be saved any more. */
    boolean weightsAreLost() {
        return weightsLost;
    }

    /**
     * Notes what failed at a save.
     *
     * @param fatal gets what ends the run because of it
     */
    void note(SaveOutcome outcome, Throwables fatal) {
        for (SaveOutcome.Failed failed : outcome.failed()) {
            note(failed.saver(), outcome.context(), failed.cause()).ifPresent(fatal::add);
        }
    }

    /** Notes a failure; the result is what ends the run because of it, if anything does. */
    Optional<FitException> note(StreamSaver stream, SaveContext context, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        StreamFailure noted = new StreamFailure(stream.name(), context.epoch(), context.globalStep(), failure);
        stream.note(noted);
        boolean lost = leavesWeightsLost(failure);
        weightsLost |= lost;
        if (failure instanceof SkippedSaveException || (stream.toleratesFailure() && !lost)) {
            LOG.error("A save failed; training goes on: {}", noted, failure);
            return Optional.empty();
        }
        return Optional.of(new FitException("Not saved: " + noted, failure));
    }

    /** Notes that a save was due without effect. */
    void noteMissingMetric(StreamSaver stream, String metric, LoopView view) {
        note(
                stream,
                view.at(Phase.TRAIN_END),
                new IllegalStateException("A save was due when the monitored metric \"" + metric
                        + "\" had not been logged; call log(\"" + metric
                        + "\", value), give fit validation data, or monitor a metric that is logged."));
    }

    /** Whether training would continue with weights that nobody computed. */
    private static boolean leavesWeightsLost(Throwable failure) {
        return failure instanceof LostWeightsException
                || Stream.of(failure.getSuppressed()).anyMatch(LostWeightsException.class::isInstance);
    }
}
