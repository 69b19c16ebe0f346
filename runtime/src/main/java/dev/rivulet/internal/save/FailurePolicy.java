package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.DirectoryLostException;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.SkippedSaveException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.internal.derive.SaveContext;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and records failed saves, and decides which of them end the run. For the training thread. */
final class FailurePolicy {
    private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

    /** The kinds of failures that have been logged, with their origins. */
    private final Set<String> logged = new HashSet<>();

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
        boolean isTolerated = stream.toleratesFailure() && !(failure instanceof DirectoryLostException);
        if (failure instanceof SkippedSaveException || isTolerated) {
            log(recorded);
            return Optional.empty();
        }
        return Optional.of(new FitException("Not saved: " + recorded, failure));
    }

    /** Logs the stack trace of a failure once for each stream. */
    private void log(StreamFailure failure) {
        StackTraceElement[] stack = failure.cause().getStackTrace();
        String origin = failure.stream() + failure.cause().getClass() + (stack.length == 0 ? "" : stack[0]);
        if (logged.add(origin)) {
            LOG.error("A save failed; training continues: {}", failure, failure.cause());
        } else {
            LOG.error("A save failed again; training continues: {}", failure);
        }
    }

    /** Records that the metric of a due save is missing; returns the exception if it ends the run. */
    Optional<MissingMetricException> note(StreamSaver stream, SaveContext context, MissingMetricException missing) {
        stream.note(new StreamFailure(stream.name(), context.epoch(), context.globalStep(), missing));
        if (stream.toleratesMissingMetric()) {
            LOG.error("Nothing was saved; training continues: {}", missing.getMessage());
            return Optional.empty();
        }
        return Optional.of(missing);
    }
}
