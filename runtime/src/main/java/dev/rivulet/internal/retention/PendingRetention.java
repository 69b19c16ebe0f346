package dev.rivulet.internal.retention;

import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The committed retention state of a stream, its pending plans, and the tentative state: the committed state with the
 * pending plans applied in order. Not thread-safe.
 */
final class PendingRetention {
    private final String stream;
    private final StreamPolicy policy;
    /** Files that are never deleted, whatever is kept. */
    private final Set<String> exempt = new HashSet<>();

    private final Deque<SavePlan> pending = new ArrayDeque<>();
    private Set<String> displaced = new LinkedHashSet<>();
    private final RetentionState committed;
    private RetentionState tentative;

    PendingRetention(String stream, StreamPolicy policy, RetentionSnapshot.Restored restored) {
        this.stream = stream;
        this.policy = policy;
        restored.source().ifPresent(exempt::add);
        this.committed = RetentionState.resumed(policy, restored.retained(), restored.globalStep());
        this.tentative = committed.copy();
    }

    /** Forgets the best k of an earlier run, whose files stay. */
    void clearRanking() {
        TopK ranking = committed.retention().topK();
        ranking.kept().forEach(checkpoint -> exempt.add(checkpoint.name()));
        ranking.clear();
        tentative = committed.copy();
    }

    /** The retention state as of the last commit. */
    RetentionSnapshot committed() {
        return committed.snapshot();
    }

    /** The retention state when all pending plans have committed. */
    RetentionState tentative() {
        return tentative;
    }

    /** The plans that have neither committed nor failed, oldest first. */
    Collection<SavePlan> pending() {
        return Collections.unmodifiableCollection(pending);
    }

    /** Adds a plan that has been applied to the tentative state. */
    void add(SavePlan plan) {
        pending.add(plan);
    }

    /** See {@link ModelCheckpoint#commitEffects}. */
    RetentionSnapshot.CommitEffects commitEffects(SavePlan plan, long bytes) {
        RetentionState ahead = committed.copy();
        Applied applied = applyTo(plan, bytes, ahead);
        return new RetentionSnapshot.CommitEffects(ahead.snapshot(), applied.superseded());
    }

    /** See {@link ModelCheckpoint#committed}. */
    List<String> committed(SavePlan plan, long bytes) {
        Applied applied = applyTo(plan, bytes, committed);
        pending.removeFirst();
        displaced = applied.displaced();
        if (applied.surplus()) {
            replayPending();
        }
        return applied.superseded();
    }

    /**
     * The effects of a commit on files.
     *
     * @param surplus whether checkpoints were evicted on which the decisions for pending plans were based
     */
    private record Applied(Set<String> displaced, List<String> superseded, boolean surplus) {}

    /** Applies a plan to the committed state, or to a copy of it. */
    private Applied applyTo(SavePlan plan, long bytes, RetentionState state) {
        if (!pending.contains(plan)) {
            throw notPending(plan);
        }
        if (!pending.getFirst().equals(plan)) {
            throw new IllegalStateException("The stream \"" + stream + "\" has an earlier plan pending, of step "
                    + pending.getFirst().globalStep() + "; plans commit in the order in which they were made.");
        }
        Set<String> dropped = new LinkedHashSet<>(displaced);
        dropped.addAll(state.apply(plan, bytes));
        Set<String> surplus =
                policy.maxTotalBytes() > 0 ? state.evictToFit(policy.maxTotalBytes(), exempt(plan)) : Set.of();
        dropped.addAll(surplus);
        List<SavePlan> later = pending.stream().skip(1).toList();
        List<String> superseded = takeSuperseded(dropped, state, later);
        return new Applied(dropped, superseded, !surplus.isEmpty());
    }

    private Set<String> exempt(SavePlan plan) {
        Set<String> names = new HashSet<>(exempt);
        plan.checkpoint().ifPresent(newest -> names.add(newest.name()));
        return names;
    }

    /** See {@link ModelCheckpoint#failed}. */
    List<String> failed(SavePlan plan) {
        if (!pending.remove(plan)) {
            throw notPending(plan);
        }
        replayPending();
        return takeSuperseded(displaced, committed, pending);
    }

    private void replayPending() {
        tentative = committed.copy();
        pending.forEach(plan -> tentative.apply(plan, 0));
    }

    /**
     * Removes the files to delete now from those that are no longer referenced. A file that a pending plan will
     * overwrite stays until that plan has ended.
     */
    private List<String> takeSuperseded(Set<String> dropped, RetentionState state, Collection<SavePlan> later) {
        dropped.removeIf(name -> state.refersTo(name) || exempt.contains(name));
        List<String> superseded = dropped.stream()
                .filter(name -> later.stream().noneMatch(plan -> plan.needs(name)))
                .toList();
        superseded.forEach(dropped::remove);
        return superseded;
    }

    private IllegalStateException notPending(SavePlan plan) {
        return new IllegalStateException("The stream \"" + stream + "\" has no pending plan of step "
                + plan.globalStep() + "; report each plan once.");
    }
}
