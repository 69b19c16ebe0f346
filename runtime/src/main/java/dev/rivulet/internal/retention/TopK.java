package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The best k checkpoints of a stream, ranked by score; without a monitor by age, the newest first. Mutable; not
 * thread-safe.
 *
 * <p>Among equal scores, the one inserted first is both the best and the first to be evicted. A checkpoint never evicts
 * one of equal score.
 */
final class TopK {
    private final int k;
    private final boolean monitored;
    private final Mode mode;
    /** Worst first. A sorted list has better locality than a tree and is copied quickly. */
    private final List<Ranked> ranking = new ArrayList<>();

    private final Map<String, Ranked> byName = new HashMap<>();
    private long sequence;

    /**
     * An empty ranking.
     *
     * @param k number of checkpoints to keep; −1 for all
     * @param monitored whether checkpoints have scores
     */
    private TopK(int k, boolean monitored, Mode mode) {
        this.k = k;
        this.monitored = monitored;
        this.mode = mode;
    }

    /** A ranking with the checkpoints of an earlier run in the order of saves, possibly more than the policy keeps. */
    static TopK of(StreamPolicy policy, List<KeptCheckpoint> kept) {
        TopK topK = new TopK(policy.saveTopK(), policy.monitor().isPresent(), policy.mode());
        kept.forEach(checkpoint -> topK.add(checkpoint, topK.sequence++));
        return topK;
    }

    TopK copy() {
        TopK copy = new TopK(k, monitored, mode);
        copy.ranking.addAll(ranking);
        copy.byName.putAll(byName);
        copy.sequence = sequence;
        return copy;
    }

    /**
     * Whether a checkpoint with this score is kept: there is room, or it is strictly better than the worst. With a
     * monitor, a checkpoint without a score is not kept.
     */
    boolean admits(OptionalDouble score) {
        if (k == 0 || !monitored) {
            return k != 0;
        }
        return score.isPresent()
                && (k < 0 || ranking.size() < k || badness(score.getAsDouble()) < ranking.get(0).badness);
    }

    /** The score to store: NaN becomes the worst infinity. */
    double stored(double score) {
        if (!Double.isNaN(score)) {
            return score;
        }
        return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    /** The file that the next checkpoint replaces, whose name it may reuse. */
    Optional<String> replacedNext() {
        if (!monitored) {
            return best().map(KeptCheckpoint::name);
        }
        return kthBest().filter(kth -> k > 0).map(KeptCheckpoint::name);
    }

    /**
     * Adds a checkpoint and returns those that it evicts. If it overwrites a file of the same name, it evicts nothing
     * else.
     */
    List<KeptCheckpoint> put(KeptCheckpoint checkpoint) {
        List<KeptCheckpoint> evicted = new ArrayList<>();
        @Nullable Ranked overwritten = byName.get(checkpoint.name());
        boolean full = k > 0 && ranking.size() >= k;
        if (overwritten != null) {
            boolean newest = !monitored || (full && overwritten.equals(ranking.get(0)));
            remove(overwritten);
            evicted.add(overwritten.checkpoint);
            add(checkpoint, newest ? sequence++ : overwritten.sequence);
            return evicted;
        }
        while (k > 0 && ranking.size() >= k) {
            Ranked worst = ranking.remove(0);
            byName.remove(worst.checkpoint.name());
            evicted.add(worst.checkpoint);
        }
        add(checkpoint, sequence++);
        return evicted;
    }

    private void add(KeptCheckpoint checkpoint, long position) {
        Ranked ranked = new Ranked(checkpoint, badness(checkpoint.score().orElse(Double.NaN)), position);
        ranking.add(position(ranked), ranked);
        byName.put(checkpoint.name(), ranked);
    }

    void clear() {
        ranking.clear();
        byName.clear();
    }

    void remove(String name) {
        @Nullable Ranked ranked = byName.get(name);
        if (ranked != null) {
            remove(ranked);
        }
    }

    /** The index of a checkpoint, or its insertion point. */
    private int position(Ranked ranked) {
        int found = Collections.binarySearch(ranking, ranked);
        return found < 0 ? -found - 1 : found;
    }

    private void remove(Ranked ranked) {
        ranking.remove(position(ranked));
        byName.remove(ranked.checkpoint.name());
    }

    private double badness(double score) {
        if (!monitored) {
            return 0;
        }
        return ScoreOrder.badness(mode, stored(score));
    }

    /** The order of eviction for lack of space, also for checkpoints that are not in the ranking. */
    Comparator<KeptCheckpoint> worstFirst() {
        return Comparator.<KeptCheckpoint>comparingDouble(
                        checkpoint -> -badness(checkpoint.score().orElse(Double.NaN)))
                .thenComparingLong(KeptCheckpoint::globalStep);
    }

    boolean contains(String name) {
        return byName.containsKey(name);
    }

    Optional<KeptCheckpoint> best() {
        if (ranking.isEmpty()) {
            return Optional.empty();
        }
        Ranked newestOfBest = ranking.get(ranking.size() - 1);
        Ranked best = monitored
                ? ranking.get(position(new Ranked(newestOfBest.checkpoint, newestOfBest.badness, -1)))
                : newestOfBest;
        return Optional.of(best.checkpoint);
    }

    Optional<KeptCheckpoint> kthBest() {
        boolean full = k < 0 ? !ranking.isEmpty() : k > 0 && ranking.size() >= k;
        return full && monitored ? Optional.of(ranking.get(0).checkpoint) : Optional.empty();
    }

    /** The checkpoints in order of insertion. */
    List<KeptCheckpoint> kept() {
        return ranking.stream()
                .sorted(Comparator.comparingLong(ranked -> ranked.sequence))
                .map(ranked -> ranked.checkpoint)
                .toList();
    }

    /** A ranked checkpoint: larger badness is worse, then the earlier is worse. */
    private record Ranked(KeptCheckpoint checkpoint, double badness, long sequence) implements Comparable<Ranked> {

        /** Worst first. Written without a comparator chain, because each decision compares about twenty times. */
        @Override
        public int compareTo(Ranked other) {
            int worse = Double.compare(other.badness, badness);
            return worse != 0 ? worse : Long.compare(sequence, other.sequence);
        }
    }
}
