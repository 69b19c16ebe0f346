package dev.rivulet.internal.retention;

import dev.rivulet.policy.StreamPolicy;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The checkpoints that a stream keeps: the best k, the newest n, and every n-th one permanently. A checkpoint is
 * evicted when it is in none of these groups, or when its file is overwritten. Mutable; not thread-safe.
 */
final class Retention {
    private final TopK topK;
    private final int keepLast;
    /** By name, the oldest first. */
    private final Map<String, KeptCheckpoint> newest = new LinkedHashMap<>();

    private final Map<String, KeptCheckpoint> everyNth = new LinkedHashMap<>();

    private Retention(TopK topK, int keepLast) {
        this.topK = topK;
        this.keepLast = keepLast;
    }

    /** The checkpoints of an earlier run under a policy: all of them, until the next one is put. */
    static Retention of(StreamPolicy policy, RetentionSnapshot retained) {
        Retention retention = new Retention(TopK.of(policy, retained.topK()), policy.keepLast());
        retained.newest().forEach(checkpoint -> retention.newest.put(checkpoint.name(), checkpoint));
        retained.everyNth().forEach(checkpoint -> retention.everyNth.put(checkpoint.name(), checkpoint));
        return retention;
    }

    Retention copy() {
        Retention copy = new Retention(topK.copy(), keepLast);
        copy.newest.putAll(newest);
        copy.everyNth.putAll(everyNth);
        return copy;
    }

    /**
     * Adds a checkpoint.
     *
     * @param permanent whether it is never evicted
     * @param evicted receives the names of the checkpoints evicted for it
     */
    void put(KeptCheckpoint checkpoint, boolean permanent, Consumer<String> evicted) {
        String name = checkpoint.name();
        boolean onlyForItsScore = keepLast == 0 && !permanent;
        // A checkpoint that is kept only for its score was admitted when its save was decided.
        if (onlyForItsScore || topK.admits(checkpoint.score())) {
            topK.put(checkpoint).forEach(other -> evicted.accept(other.name()));
        } else {
            topK.remove(name);
        }
        newest.remove(name);
        newest.put(name, checkpoint);
        Iterator<String> oldest = newest.keySet().iterator();
        while (newest.size() > keepLast) {
            evicted.accept(oldest.next());
            oldest.remove();
        }
        if (permanent) {
            everyNth.put(name, checkpoint);
        }
    }

    /** The file that the next checkpoint replaces, whose name it may reuse. */
    Optional<String> replacedNext(boolean admitted) {
        return topK.replacedNext()
                .filter(name -> admitted && !everyNth.containsKey(name) && !staysAmongNewest(name))
                .or(() -> oldestOfNewest().filter(name -> !everyNth.containsKey(name) && !topK.contains(name)));
    }

    private boolean staysAmongNewest(String name) {
        return newest.containsKey(name)
                && !oldestOfNewest().filter(name::equals).isPresent();
    }

    /** The checkpoint that the next one evicts from the newest n; empty if there is room. */
    private Optional<String> oldestOfNewest() {
        return keepLast > 0 && newest.size() >= keepLast
                ? Optional.of(newest.keySet().iterator().next())
                : Optional.empty();
    }

    /**
     * Evicts the worst checkpoints, without a monitor the oldest, until the rest fits; never the best, nor permanent
     * ones.
     *
     * @param exempt which others stay
     * @param evicted receives the names of the evicted checkpoints
     */
    void evictToFit(long bytes, Predicate<String> exempt, Consumer<String> evicted) {
        Map<String, KeptCheckpoint> all = new LinkedHashMap<>(newest);
        topK.kept().forEach(checkpoint -> all.put(checkpoint.name(), checkpoint));
        all.putAll(everyNth);
        long surplus = all.values().stream().mapToLong(KeptCheckpoint::bytes).sum() - bytes;
        if (surplus <= 0) {
            return;
        }
        Optional<String> best = topK.best().map(KeptCheckpoint::name);
        Iterator<KeptCheckpoint> worstFirst = all.values().stream()
                .filter(checkpoint -> checkpoint.bytes() > 0
                        && !everyNth.containsKey(checkpoint.name())
                        && !best.equals(Optional.of(checkpoint.name()))
                        && !exempt.test(checkpoint.name()))
                .sorted(topK.worstFirst())
                .iterator();
        while (surplus > 0 && worstFirst.hasNext()) {
            KeptCheckpoint worst = worstFirst.next();
            topK.remove(worst.name());
            newest.remove(worst.name());
            evicted.accept(worst.name());
            surplus -= worst.bytes();
        }
    }

    boolean contains(String name) {
        return topK.contains(name) || newest.containsKey(name) || everyNth.containsKey(name);
    }

    boolean keepsPermanently(String name) {
        return everyNth.containsKey(name);
    }

    TopK topK() {
        return topK;
    }

    /** In the order of their saves. */
    Collection<KeptCheckpoint> newest() {
        return newest.values();
    }

    /** In the order of their saves. */
    Collection<KeptCheckpoint> everyNth() {
        return everyNth.values();
    }
}
