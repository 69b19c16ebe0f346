package dev.rivulet.stream;

import dev.rivulet.policy.StreamPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The books of a stream under a sequence of plans. {@link #apply} is the only change, so that books are a function of
 * the plans applied and of nothing else.
 */
final class Books {
    private final TopK topK;
    private OptionalDouble currentScore;
    private Optional<LastCheckpoint> last;
    private Optional<KeptCheckpoint> rescue;
    private long lastStepSaved;
    private boolean savedInThisRun;

    private Books(
            TopK topK, StreamBooks start, long lastStepSaved, boolean savedInThisRun, OptionalDouble currentScore) {
        this.topK = topK;
        this.currentScore = currentScore;
        this.last = start.last();
        this.rescue = start.rescue();
        this.lastStepSaved = lastStepSaved;
        this.savedInThisRun = savedInThisRun;
    }

    /** Books that go on from those of an earlier run, whose state at a step may be saved already. */
    static Books resumed(StreamPolicy policy, StreamBooks books, long globalStep) {
        // A policy that keeps fewer than before evicts the surplus when the next checkpoint commits.
        TopK topK = TopK.of(policy, books.kept());
        return new Books(topK, books, books.holds(globalStep) ? globalStep : 0, false, OptionalDouble.empty());
    }

    Books copy() {
        return new Books(topK.copy(), snapshot(), lastStepSaved, savedInThisRun, currentScore);
    }

    /** Enters a plan as committed; the result is no longer named by the books, so that its files are of no more use. */
    Set<String> apply(SavePlan plan) {
        Set<String> dropped = new LinkedHashSet<>();
        if (plan.purpose() == SavePlan.Purpose.RESCUE) {
            rescue.ifPresent(previous -> dropped.add(previous.name()));
            rescue = plan.checkpoint();
        } else {
            plan.checkpoint().ifPresent(checkpoint -> {
                topK.put(checkpoint).forEach(evicted -> dropped.add(evicted.name()));
                currentScore = checkpoint.score().isPresent() ? checkpoint.score() : currentScore;
            });
            rescue.ifPresent(previous -> dropped.add(previous.name()));
            rescue = Optional.empty();
        }
        plan.last().ifPresent(pointer -> {
            last.flatMap(LastCheckpoint::target).ifPresent(dropped::add);
            last.ifPresent(previous -> dropped.add(previous.name()));
            last = Optional.of(pointer);
        });
        lastStepSaved = plan.globalStep();
        savedInThisRun = true;
        dropped.removeIf(this::names);
        return dropped;
    }

    /** Whether the books name a file, so that it must stay. */
    boolean names(String file) {
        return topK.contains(file)
                || rescue.filter(entry -> entry.name().equals(file)).isPresent()
                || last.filter(entry -> entry.name().equals(file)
                                || entry.target().filter(file::equals).isPresent())
                        .isPresent();
    }

    TopK topK() {
        return topK;
    }

    Optional<LastCheckpoint> last() {
        return last;
    }

    long lastStepSaved() {
        return lastStepSaved;
    }

    boolean savedInThisRun() {
        return savedInThisRun;
    }

    StreamBooks snapshot() {
        List<KeptCheckpoint> kept = topK.kept();
        return new StreamBooks(kept, topK.best(), topK.kthBest(), currentScore, last, rescue);
    }
}
