package dev.rivulet.random;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Random generators by name, whose states are saved with the training state.
 *
 * <pre>{@code
 * RandomGenerator noise = randoms.generator("noise");                           // goes on where it stood
 * RandomGenerator crop = randoms.generatorAt("crop", epoch, recordIndex);       // the same in any order
 * }</pre>
 *
 * <p>{@link #generator} is for what happens in order on the training thread. Data loaded ahead by other threads is
 * drawn for before it is used, and in no certain order: take {@link #generatorAt} there, which has no state.
 *
 * <p>All of it depends on the seed and the name alone, never on which generators there are besides. Safe for several
 * threads, but each generator is for one thread at a time, and {@link #capture} and {@link #restore} want them at rest.
 */
public final class NamedRandoms {
    private final long seed;
    private final Map<String, SplitMix64> generators = new ConcurrentHashMap<>();

    /** Generators none of which has been used. */
    public NamedRandoms(long seed) {
        this.seed = seed;
    }

    /** The seed of the run. */
    public long seed() {
        return seed;
    }

    /** The one generator of this name; a new one at its beginning if the name is new. */
    public RandomGenerator generator(String name) {
        return named(name);
    }

    /** A generator of its own for this place in the run, always from its beginning. */
    public RandomGenerator generatorAt(String name, long... coordinates) {
        return SplitMix64.of(seed, name, coordinates);
    }

    /** The states of all generators of {@link #generator}, by name. */
    public Map<String, SplitMix64.State> capture() {
        Map<String, SplitMix64.State> states = new TreeMap<>();
        generators.forEach((name, generator) -> states.put(name, generator.state()));
        return states;
    }

    /**
     * Sets all generators, those that somebody already holds included, to states. One that has none here was not used
     * before the capture, so it begins anew.
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
