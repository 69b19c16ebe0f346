package dev.rivulet.stream;

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
 * The books of a stream at one moment: what is kept, and which of it is the best and the newest. Plain data, from which
 * a later run takes over. A checkpoint may stand in several of the lists.
 *
 * @param kept the best k, or all, in the order of their saves
 * @param newest the newest n that are kept beside the best, in the order of their saves
 * @param keptForEver every n-th, in the order of their saves
 * @param best the best of {@code kept}, the earliest of equals; without a monitor the newest
 * @param kthBest the next to be evicted, the earliest of equals; empty while there is room
 * @param currentScore score of the newest save that was kept in this run
 * @param last what {@code last} names
 * @param bestPointer what {@code best} names; after a failed write it may lag behind the best until the next save
 * @param rescue the checkpoint saved on an exception; kept beside the others until a later save commits
 * @param saves how many saves the stream has carried out, rescues apart; where every n-th is kept, also those that wrote
 *     nothing
 */
public record StreamBooks(
        List<KeptCheckpoint> kept,
        List<KeptCheckpoint> newest,
        List<KeptCheckpoint> keptForEver,
        Optional<KeptCheckpoint> best,
        Optional<KeptCheckpoint> kthBest,
        OptionalDouble currentScore,
        Optional<LastCheckpoint> last,
        Optional<BestCheckpoint> bestPointer,
        Optional<KeptCheckpoint> rescue,
        long saves) {
    /** The books of a stream that has saved nothing. */
    public static final StreamBooks EMPTY = new StreamBooks(
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0);

    /** Holds immutable copies of the lists. */
    public StreamBooks {
        kept = List.copyOf(kept);
        newest = List.copyOf(newest);
        keptForEver = List.copyOf(keptForEver);
    }

    /** All checkpoints under names of their own but the rescue, each once, the oldest first. */
    public List<KeptCheckpoint> checkpoints() {
        Map<String, KeptCheckpoint> byName = new LinkedHashMap<>();
        Stream.of(kept, newest, keptForEver)
                .flatMap(Collection::stream)
                .forEach(checkpoint -> byName.put(checkpoint.name(), checkpoint));
        return byName.values().stream()
                .sorted(Comparator.comparingLong(KeptCheckpoint::globalStep))
                .toList();
    }

    /** Names of all files and links. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        checkpoints().forEach(checkpoint -> names.add(checkpoint.name()));
        rescue.ifPresent(checkpoint -> names.add(checkpoint.name()));
        last.ifPresent(pointer -> names.add(pointer.name()));
        bestPointer.ifPresent(pointer -> names.add(pointer.name()));
        return names;
    }

    /**
     * Whether the save of a step was carried out, be it due at that step's end or after a validation. A rescue does not
     * count: what is due at its step is still to be saved when training goes on from it.
     */
    boolean holds(long globalStep) {
        if (rescue.filter(entry -> entry.globalStep() == globalStep).isPresent()) {
            return false;
        }
        return Stream.of(kept, newest, keptForEver)
                        .flatMap(Collection::stream)
                        .anyMatch(entry -> entry.globalStep() == globalStep)
                || last.filter(entry -> entry.globalStep() == globalStep).isPresent();
    }
}
