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
 * What a stream keeps at one moment, and which of it is the best and the newest. Plain data, which a later run adopts.
 *
 * @param kept the checkpoints that the policy keeps
 * @param ranking how they compare
 * @param pointers what {@code last} and {@code best} name
 * @param onException the exception checkpoint; kept in addition to the others until a later save commits
 * @param saves how many saves the stream has carried out, exception checkpoints apart; where every n-th is kept, also
 *     those that wrote nothing
 */
public record RetentionSnapshot(
        Kept kept, Ranking ranking, Pointers pointers, Optional<KeptCheckpoint> onException, long saves) {
    /** Of a stream that has saved nothing. */
    public static final RetentionSnapshot EMPTY = new RetentionSnapshot(
            new Kept(List.of(), List.of(), List.of()),
            Ranking.UNKNOWN,
            new Pointers(Optional.empty(), Optional.empty()),
            Optional.empty(),
            0);

    /**
     * The checkpoints that a policy keeps, each list in the order of the saves. A checkpoint may be in several of them.
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
        /** Of nothing, or of checkpoints that are still to be ranked. */
        public static final Ranking UNKNOWN = new Ranking(Optional.empty(), Optional.empty(), OptionalDouble.empty());
    }

    /**
     * The names that move from checkpoint to checkpoint.
     *
     * @param last what {@code last} names
     * @param best what {@code best} names; after a failed write it may lag behind the best until the next save
     */
    public record Pointers(Optional<LastCheckpoint> last, Optional<BestCheckpoint> best) {}

    /**
     * What a later run adopts.
     *
     * @param retained of files that still exist; empty for another directory
     * @param globalStep the step from which training resumes; 0 for a fresh run
     * @param source the file from which training resumes, if it is in the stream's directory; never deleted in this run
     */
    public record Restored(RetentionSnapshot retained, long globalStep, Optional<String> source) {
        /** Nothing: a fresh run. */
        public static final Restored NOTHING = new Restored(EMPTY, 0, Optional.empty());
    }

    /**
     * What the commit of a plan changes.
     *
     * @param retained what the stream keeps after it
     * @param superseded names of the files to delete after it, in this order
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

    /** All checkpoints under names of their own but the exception checkpoint, each once, the oldest first. */
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
     * Whether the save of a step was carried out, be it due at that step's end or after a validation. An exception
     * checkpoint does not count: what is due at its step is still to be saved when training resumes from it.
     */
    boolean holds(long globalStep) {
        if (onException.filter(entry -> entry.globalStep() == globalStep).isPresent()) {
            return false;
        }
        return kept.all().anyMatch(entry -> entry.globalStep() == globalStep)
                || last().filter(entry -> entry.globalStep() == globalStep).isPresent();
    }
}
