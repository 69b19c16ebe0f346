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
 * The best k checkpoints of a stream, ranked by score; without a monitor ranked by age, the newest best.
 *
 * <p>Among equal scores the first inserted is the best, and the first inserted is evicted. An equal never displaces.
 */
final class TopK {
    private final int k;
    private final boolean monitored;
    private final Mode mode;
    /** The worst first. Sorted in an array, which takes fewer looks into cold memory than a tree and is copied at once. */
    private final List<Ranked> ranking = new ArrayList<>();

    private final Map<String, Ranked> byName = new HashMap<>();
    private long sequence;

    /**
     * An empty ranking.
     *
     * @param k how many are kept; −1 for all
     * @param monitored whether checkpoints have scores
     */
    private TopK(int k, boolean monitored, Mode mode) {
        this.k = k;
        this.monitored = monitored;
        this.mode = mode;
    }

    /** The ranking of a policy, taken over with checkpoints in the order of their saves, be they more than it keeps. */
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
     * Whether a checkpoint of this score is kept: there is room, or it is strictly better than the worst. Where there is
     * a monitor, one without a score is not.
     */
    boolean admits(OptionalDouble score) {
        if (k == 0 || !monitored) {
            return k != 0;
        }
        return score.isPresent()
                && (k < 0 || ranking.size() < k || badness(score.getAsDouble()) < ranking.get(0).badness);
    }

    /** The score as stored: NaN counts as the worst. */
    double stored(double score) {
        if (!Double.isNaN(score)) {
            return score;
        }
        return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    /** Name of the file that the next checkpoint takes the place of, so that it may take its name too. */
    Optional<String> replacedNext() {
        if (!monitored) {
            return best().map(KeptCheckpoint::name);
        }
        return kthBest().filter(kth -> k > 0).map(KeptCheckpoint::name);
    }

    /**
     * Enters a checkpoint; the result left the ranking for it. A file of the same name is overwritten by it, and then
     * nothing else has to leave.
     */
    List<KeptCheckpoint> put(KeptCheckpoint checkpoint) {
        List<KeptCheckpoint> left = new ArrayList<>();
        @Nullable Ranked overwritten = byName.get(checkpoint.name());
        boolean full = k > 0 && ranking.size() >= k;
        if (overwritten != null) {
            boolean newest = !monitored || (full && overwritten.equals(ranking.get(0)));
            remove(overwritten);
            left.add(overwritten.checkpoint);
            add(checkpoint, newest ? sequence++ : overwritten.sequence);
            return left;
        }
        while (k > 0 && ranking.size() >= k) {
            Ranked worst = ranking.remove(0);
            byName.remove(worst.checkpoint.name());
            left.add(worst.checkpoint);
        }
        add(checkpoint, sequence++);
        return left;
    }

    private void add(KeptCheckpoint checkpoint, long position) {
        Ranked ranked = new Ranked(checkpoint, badness(checkpoint.score().orElse(Double.NaN)), position);
        ranking.add(position(ranked), ranked);
        byName.put(checkpoint.name(), ranked);
    }

    void remove(String name) {
        @Nullable Ranked ranked = byName.get(name);
        if (ranked != null) {
            remove(ranked);
        }
    }

    /** Where a checkpoint stands, or is to stand. */
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

    /** The order in which checkpoints are given up for want of room, be they in the ranking or not. */
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

    /** In order of insertion. */
    List<KeptCheckpoint> kept() {
        return ranking.stream()
                .sorted(Comparator.comparingLong(ranked -> ranked.sequence))
                .map(ranked -> ranked.checkpoint)
                .toList();
    }

    /** A checkpoint with its place: larger badness is worse, then the earlier is worse. */
    private record Ranked(KeptCheckpoint checkpoint, double badness, long sequence) implements Comparable<Ranked> {

        /** The worst first. Written out, because a decision compares some twenty times. */
        @Override
        public int compareTo(Ranked other) {
            int worse = Double.compare(other.badness, badness);
            return worse != 0 ? worse : Long.compare(sequence, other.sequence);
        }
    }
}
