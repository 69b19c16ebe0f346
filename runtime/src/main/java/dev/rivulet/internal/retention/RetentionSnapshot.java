package dev.rivulet.internal.retention;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a stream keeps after one commit, and which checkpoint is the best and the newest. Immutable; a later run adopts
 * it.
 *
 * @param kept the checkpoints that the policy keeps
 * @param ranking how they compare
 * @param pointers what {@code last} and {@code best} name
 * @param onException the exception checkpoint, kept in addition to the others until a later save commits
 * @param saves number of completed saves without exception checkpoints; if every n-th is kept, including saves that
 *     wrote nothing
 */
public record RetentionSnapshot(
        Kept kept, Ranking ranking, Pointers pointers, Optional<KeptCheckpoint> onException, long saves) {
    /** That of a stream that has saved nothing. */
    public static final RetentionSnapshot EMPTY = new RetentionSnapshot(
            new Kept(List.of(), List.of(), List.of()),
            Ranking.UNKNOWN,
            new Pointers(Optional.empty(), Optional.empty()),
            Optional.empty(),
            0);

    /**
     * The checkpoints that a policy keeps, each list in the order of saves. A checkpoint may be in several lists.
     *
     * @param topK the best k, or all
     * @param newest the newest n, in addition to the best
     * @param everyNth every n-th
     */
    public record Kept(List<KeptCheckpoint> topK, List<KeptCheckpoint> newest, List<KeptCheckpoint> everyNth) {

        /** Holds immutable copies of the lists. */
        public Kept {
            topK = List.copyOf(topK);
            newest = List.copyOf(newest);
            everyNth = List.copyOf(everyNth);
        }

        private Stream<KeptCheckpoint> all() {
            return Stream.of(topK, newest, everyNth).flatMap(Collection::stream);
        }
    }

    /**
     * How the best k compare.
     *
     * @param best the best, the earliest of equals; without a monitor the newest
     * @param kthBest the next to be evicted, the earliest of equals; empty while there is room
     * @param currentScore score of the newest save that was kept in this run
     */
    public record Ranking(
            Optional<KeptCheckpoint> best, Optional<KeptCheckpoint> kthBest, OptionalDouble currentScore) {
        /** That of no checkpoints, or of checkpoints that are not ranked yet. */
        public static final Ranking UNKNOWN = new Ranking(Optional.empty(), Optional.empty(), OptionalDouble.empty());
    }

    /**
     * The names that move from one checkpoint to the next.
     *
     * @param last what {@code last} names
     * @param best what {@code best} names; after a failed write it may lag behind until the next save
     */
    public record Pointers(Optional<LastCheckpoint> last, Optional<BestCheckpoint> best) {}

    /**
     * What a later run adopts.
     *
     * @param retained the files that still exist; empty for another directory
     * @param globalStep the step from which training resumes; 0 for a fresh run
     * @param source the file from which training resumes, if the user named it and it is in the stream's directory; this
     *     run never deletes it
     */
    public record Restored(RetentionSnapshot retained, long globalStep, Optional<String> source) {
        /** That of a fresh run. */
        public static final Restored NOTHING = new Restored(EMPTY, 0, Optional.empty());
    }

    /**
     * What the commit of a plan changes.
     *
     * @param retained what the stream keeps afterwards
     * @param superseded names of the files to delete afterwards, in this order
     */
    public record CommitEffects(RetentionSnapshot retained, List<String> superseded) {}

    /** The best k, or all, in the order of their saves. */
    public List<KeptCheckpoint> topK() {
        return kept.topK();
    }

    /** The newest n that are kept in addition to the best, in the order of their saves. */
    public List<KeptCheckpoint> newest() {
        return kept.newest();
    }

    /** Every n-th, in the order of their saves. */
    public List<KeptCheckpoint> everyNth() {
        return kept.everyNth();
    }

    /** What {@code last} names. */
    public Optional<LastCheckpoint> last() {
        return pointers.last();
    }

    /** What {@code best} names. */
    public Optional<BestCheckpoint> bestPointer() {
        return pointers.best();
    }

    /** All checkpoints except the exception checkpoint and pointers, without duplicates, the oldest first. */
    public List<KeptCheckpoint> checkpoints() {
        Map<String, KeptCheckpoint> byName = new LinkedHashMap<>();
        kept.all().forEach(checkpoint -> byName.put(checkpoint.name(), checkpoint));
        return byName.values().stream()
                .sorted(Comparator.comparingLong(KeptCheckpoint::globalStep))
                .toList();
    }

    /** Names of all files and links. */
    public Set<String> fileNames() {
        Set<String> names = new LinkedHashSet<>();
        checkpoints().forEach(checkpoint -> names.add(checkpoint.name()));
        onException.ifPresent(checkpoint -> names.add(checkpoint.name()));
        last().ifPresent(pointer -> names.add(pointer.name()));
        bestPointer().ifPresent(pointer -> names.add(pointer.name()));
        return names;
    }

    /**
     * Whether a step has been saved, at its end or after a validation. An exception checkpoint does not count: a save
     * that is due at its step follows when training resumes from it.
     */
    boolean holds(long globalStep) {
        if (onException.filter(entry -> entry.globalStep() == globalStep).isPresent()) {
            return false;
        }
        return kept.all().anyMatch(entry -> entry.globalStep() == globalStep)
                || last().filter(entry -> entry.globalStep() == globalStep).isPresent();
    }
}
