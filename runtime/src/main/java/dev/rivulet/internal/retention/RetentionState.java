package dev.rivulet.internal.retention;

import dev.rivulet.policy.StreamPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The retention state of a stream under a sequence of plans. Only {@link #apply} and {@link #evictToFit} change it, so
 * it is a function of the applied plans alone. Mutable; not thread-safe.
 */
final class RetentionState {
    private final Retention retention;
    private OptionalDouble currentScore;
    private Optional<LastCheckpoint> last;
    private Optional<BestCheckpoint> bestPointer;
    private Optional<KeptCheckpoint> exceptionCheckpoint;
    private long saves;
    private long lastStepSaved;
    private boolean hasSaved;

    private RetentionState(
            Retention retention,
            RetentionSnapshot start,
            long lastStepSaved,
            boolean hasSaved,
            OptionalDouble currentScore) {
        this.retention = retention;
        this.currentScore = currentScore;
        this.last = start.last();
        this.bestPointer = start.bestPointer();
        this.exceptionCheckpoint = start.onException();
        this.saves = start.saves();
        this.lastStepSaved = lastStepSaved;
        this.hasSaved = hasSaved;
    }

    /** The state in which an earlier run left a stream; the step at which training resumes may be saved already. */
    static RetentionState resumed(StreamPolicy policy, RetentionSnapshot retained, long globalStep) {
        // If the policy keeps fewer than before, the next commit evicts the surplus.
        Retention retention = Retention.of(policy, retained);
        boolean saved = retained.saves() > 0 || retained.onException().isPresent();
        return new RetentionState(
                retention, retained, retained.holds(globalStep) ? globalStep : 0, saved, OptionalDouble.empty());
    }

    RetentionState copy() {
        return new RetentionState(retention.copy(), snapshot(), lastStepSaved, hasSaved, currentScore);
    }

    /**
     * Applies a committed plan.
     *
     * @param bytes size of the written file; 0 if unknown
     * @return names of the files that are no longer referenced
     */
    Set<String> apply(SavePlan plan, long bytes) {
        Set<String> dropped = new LinkedHashSet<>();
        exceptionCheckpoint.ifPresent(previous -> dropped.add(previous.name()));
        if (plan.purpose() == SavePlan.Purpose.EXCEPTION) {
            exceptionCheckpoint = plan.checkpoint().map(checkpoint -> checkpoint.withBytes(bytes));
        } else {
            exceptionCheckpoint = Optional.empty();
            plan.checkpoint().ifPresent(checkpoint -> {
                retention.put(checkpoint.withBytes(bytes), plan.permanent(), dropped::add);
                currentScore = checkpoint.score().isPresent() ? checkpoint.score() : currentScore;
            });
            saves += plan.skipped() + 1;
        }
        plan.last().ifPresent(pointer -> {
            last.flatMap(LastCheckpoint::target).ifPresent(dropped::add);
            last.ifPresent(previous -> dropped.add(previous.name()));
            last = Optional.of(pointer.withBytes(bytes));
        });
        plan.best().ifPresent(pointer -> pointBest(pointer, dropped));
        lastStepSaved = plan.globalStep();
        hasSaved = true;
        dropped.removeIf(this::refersTo);
        return dropped;
    }

    private void pointBest(BestCheckpoint pointer, Set<String> dropped) {
        bestPointer.ifPresent(previous -> {
            dropped.add(previous.name());
            if (previous.linked()) {
                dropped.add(previous.checkpoint());
            }
        });
        long bytes = retention
                .topK()
                .best()
                .filter(pointer::pointsTo)
                .map(KeptCheckpoint::bytes)
                .orElse(0L);
        bestPointer = Optional.of(pointer.withBytes(bytes));
    }

    /** Moves {@code best}, as part of the plan that was applied last. */
    void pointBest(BestCheckpoint pointer) {
        pointBest(pointer, new LinkedHashSet<>());
    }

    /**
     * Evicts checkpoints until all files together fit, as far as possible.
     *
     * @param exempt names of checkpoints that stay
     * @return names of the evicted checkpoints
     */
    Set<String> evictToFit(long maxTotalBytes, Set<String> exempt) {
        long otherBytes = last.map(LastCheckpoint::bytes).orElse(0L)
                + bestPointer.map(BestCheckpoint::bytes).orElse(0L)
                + exceptionCheckpoint.map(KeptCheckpoint::bytes).orElse(0L);
        Set<String> dropped = new LinkedHashSet<>();
        retention.evictToFit(
                maxTotalBytes - otherBytes, name -> exempt.contains(name) || isPointedAt(name), dropped::add);
        return dropped;
    }

    /** Whether a file is referenced and must stay. */
    boolean refersTo(String file) {
        return retention.contains(file)
                || exceptionCheckpoint
                        .filter(entry -> entry.name().equals(file))
                        .isPresent()
                || last.filter(entry -> entry.name().equals(file)).isPresent()
                || bestPointer.filter(entry -> entry.name().equals(file)).isPresent()
                || isPointedAt(file);
    }

    private boolean isPointedAt(String file) {
        return last.flatMap(LastCheckpoint::target).filter(file::equals).isPresent()
                || bestPointer
                        .filter(pointer ->
                                pointer.linked() && pointer.checkpoint().equals(file))
                        .isPresent();
    }

    Retention retention() {
        return retention;
    }

    Optional<LastCheckpoint> last() {
        return last;
    }

    Optional<BestCheckpoint> bestPointer() {
        return bestPointer;
    }

    /** The best checkpoint, if {@code best} names another one. */
    Optional<KeptCheckpoint> bestWithoutPointer() {
        return retention
                .topK()
                .best()
                .filter(best ->
                        !bestPointer.filter(pointer -> pointer.pointsTo(best)).isPresent());
    }

    long saves() {
        return saves;
    }

    long lastStepSaved() {
        return lastStepSaved;
    }

    boolean hasSaved() {
        return hasSaved;
    }

    RetentionSnapshot snapshot() {
        TopK topK = retention.topK();
        return new RetentionSnapshot(
                new RetentionSnapshot.Kept(
                        topK.kept(), List.copyOf(retention.newest()), List.copyOf(retention.everyNth())),
                new RetentionSnapshot.Ranking(topK.best(), topK.kthBest(), currentScore),
                new RetentionSnapshot.Pointers(last, bestPointer),
                exceptionCheckpoint,
                saves);
    }
}
