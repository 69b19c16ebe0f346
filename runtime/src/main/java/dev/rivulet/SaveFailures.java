package dev.rivulet;

import dev.rivulet.snapshot.LostWeightsException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the failures of saves known, and decides which of them end the run. On the training thread. */
final class SaveFailures {
    private static final Logger LOG = LoggerFactory.getLogger(SaveFailures.class);

    private boolean weightsLost;

    /** Whether foreign code has destroyed weights of the model, so that nothing good can be saved any more. */
    boolean weightsAreLost() {
        return weightsLost;
    }

    /** Makes what failed at a save event known; the result is what ends the run because of it, if anything does. */
    Optional<FitException> note(SaveReport report) {
        @Nullable FitException fatal = null;
        for (SaveReport.Failed failed : report.failed()) {
            fatal = combine(fatal, note(failed.saver(), report.moment(), failed.cause()));
        }
        return Optional.ofNullable(fatal);
    }

    /** Makes a failure known; the result is what ends the run because of it, if anything does. */
    Optional<FitException> note(StreamSaver stream, SaveMoment at, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        StreamFailure noted = new StreamFailure(stream.name(), at.epoch(), at.globalStep(), failure);
        stream.note(noted);
        boolean lost = leavesWeightsLost(failure);
        weightsLost |= lost;
        if (failure instanceof SkippedSaveException || (stream.isDispensable() && !lost)) {
            LOG.error("A save failed; training goes on: {}", noted, failure);
            return Optional.empty();
        }
        return Optional.of(new FitException("Not saved: " + noted, failure));
    }

    /** Notes that a save was due in vain. */
    void noteMissed(StreamSaver stream, String metric, LoopMoment moment) {
        note(
                stream,
                moment.at(Phase.TRAIN_END),
                new IllegalStateException("A save was due when the monitored metric \"" + metric
                        + "\" had not been logged; call log(\"" + metric
                        + "\", value), give fit validation data, or monitor a metric that is logged."));
    }

    /** Whether training would go on with weights that nobody computed. */
    private static boolean leavesWeightsLost(Throwable failure) {
        return failure instanceof LostWeightsException
                || Stream.of(failure.getSuppressed()).anyMatch(LostWeightsException.class::isInstance);
    }

    static @Nullable FitException combine(@Nullable FitException first, Optional<FitException> further) {
        if (first == null) {
            return further.orElse(null);
        }
        further.ifPresent(first::addSuppressed);
        return first;
    }
}
