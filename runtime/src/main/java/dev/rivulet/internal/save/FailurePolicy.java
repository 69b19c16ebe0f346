package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.DirectoryLostException;
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

/** Logs and records failed saves, and decides which of them end the run. For the training thread. */
final class FailurePolicy {
    private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

    private boolean weightsLost;

    /** Whether user code has destroyed weights of the model, so that saving them would be wrong. */
    boolean weightsAreLost() {
        return weightsLost;
    }

    /**
     * Records the failures of a save.
     *
     * @param fatal receives those that end the run
     */
    void note(SaveOutcome outcome, Throwables fatal) {
        for (SaveOutcome.Failed failed : outcome.failed()) {
            note(failed.saver(), outcome.context(), failed.cause()).ifPresent(fatal::add);
        }
    }

    /** Records a failure; returns the exception that ends the run, if the failure does. */
    Optional<FitException> note(StreamSaver stream, SaveContext context, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        StreamFailure recorded = new StreamFailure(stream.name(), context.epoch(), context.globalStep(), failure);
        stream.note(recorded);
        boolean lost = leavesWeightsLost(failure);
        weightsLost |= lost;
        if (failure instanceof SkippedSaveException || (stream.toleratesFailure() && !lost && !(failure instanceof DirectoryLostException))) {
            LOG.error("A save failed; training continues: {}", recorded, failure);
            return Optional.empty();
        }
        return Optional.of(new FitException("Not saved: " + recorded, failure));
    }

    /** Records that a due save was not carried out because its metric was missing. */
    void noteMissingMetric(StreamSaver stream, String metric, LoopView view) {
        note(
                stream,
                view.at(Phase.TRAIN_END),
                new IllegalStateException("A save was due before the monitored metric \"" + metric
                        + "\" was logged; call log(\"" + metric
                        + "\", value), give fit validation data, or monitor a metric that is logged."));
    }

    /** Whether training would continue with corrupted weights. */
    private static boolean leavesWeightsLost(Throwable failure) {
        return failure instanceof LostWeightsException
                || Stream.of(failure.getSuppressed()).anyMatch(LostWeightsException.class::isInstance);
    }
}
