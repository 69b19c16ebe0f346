package dev.rivulet.random;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Named random generators whose states are saved with the training state.
 *
 * <pre>{@code
 * RandomGenerator noise = randoms.generator("noise");                           // continues after resuming
 * RandomGenerator crop = randoms.generatorAt("crop", epoch, recordIndex);       // the same in any order
 * }</pre>
 *
 * <p>Use {@link #generator} for draws in a fixed order on the training thread. Prefetching threads draw before a batch
 * is used and in no fixed order; use {@link #generatorAt} there, which has no state.
 *
 * <p>The numbers depend only on the seed and the name, not on other generators. This class is thread-safe, but each
 * generator is confined to one thread at a time, and no generator may be in use during {@link #capture} and {@link
 * #restore}.
 *
 * @since 0.1
 */
public final class NamedRandoms {
    private final long seed;
    private final Map<String, SplitMix64> generators = new ConcurrentHashMap<>();

    /** Creates generators in their initial states. */
    public NamedRandoms(long seed) {
        this.seed = seed;
    }

    /** The seed of the run. */
    public long seed() {
        return seed;
    }

    /** The generator of this name, created in its initial state on first use. */
    public RandomGenerator generator(String name) {
        return named(name);
    }

    /** A new generator for this position in the run, always in its initial state. */
    public RandomGenerator generatorAt(String name, long... coordinates) {
        return SplitMix64.of(seed, name, coordinates);
    }

    /** The states of all generators created by {@link #generator}, by name. */
    public Map<String, SplitMix64.State> capture() {
        Map<String, SplitMix64.State> states = new TreeMap<>();
        generators.forEach((name, generator) -> states.put(name, generator.state()));
        return states;
    }

    /**
     * Sets all generators to saved states, including those already in use. A generator without a saved state was not
     * used before the capture, so it is reset.
     */
    public void restore(Map<String, SplitMix64.State> states) {
        generators.forEach(
                (name, generator) -> generator.set(SplitMix64.of(seed, name).state()));
        states.forEach((name, state) -> named(name).set(state));
    }

    private SplitMix64 named(String name) {
        return generators.computeIfAbsent(name, fresh -> SplitMix64.of(seed, fresh));
    }
}
