package dev.rivulet.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint holds in addition to its weights: where it comes from, and the user's entries.
 *
 * <p>An entry is a string, a boolean, a number, or a list or map (with strings as keys) of such; numbers are kept as
 * {@code Long} or {@code Double}. Entries are copied when they are put. They can be put until the checkpoint is saved,
 * in a method annotated with {@code @OnSaveCheckpoint} or in {@code Callback.onSaveCheckpoint}; what describes a saved
 * one cannot be changed.
 *
 * @since 0.1
 */
public final class Checkpoint {
    /** Keys of a {@code .ckpt} that mean something to Lightning or to Rivulet. */
    private static final Set<String> RESERVED = Set.of(
            "epoch",
            "global_step",
            "pytorch-lightning_version",
            "legacy_pytorch-lightning_version",
            "state_dict",
            "loops",
            "callbacks",
            "optimizer_states",
            "lr_schedulers",
            "hparams_name",
            "hyper_parameters",
            "hparams_type",
            "datamodule_hparams_name",
            "datamodule_hyper_parameters",
            "datamodule_hparams_type",
            "rivulet");

    private final Provenance provenance;
    private final Map<String, Object> entries;
    private final boolean saved;

    private Checkpoint(Provenance provenance, Map<String, Object> entries, boolean saved) {
        this.provenance = provenance;
        this.entries = new LinkedHashMap<>(entries);
        this.saved = saved;
    }

    /** A checkpoint that is about to be saved, as hooks get it: without entries, which can be {@link #put}. */
    public static Checkpoint toSave(Provenance provenance) {
        return new Checkpoint(provenance, Map.of(), false);
    }

    /**
     * A checkpoint that has been saved, which cannot be changed.
     *
     * @throws IllegalArgumentException if {@link #put} would refuse one of the entries
     */
    public static Checkpoint saved(Provenance provenance, Map<String, ? extends @Nullable Object> entries) {
        Checkpoint checkpoint = toSave(provenance);
        entries.forEach(checkpoint::put);
        return checkpoint.copy();
    }

    /** Whether Lightning or Rivulet uses a key in a {@code .ckpt}, so that an entry cannot have it. */
    public static boolean isReserved(String key) {
        return RESERVED.contains(key);
    }

    /** A copy that cannot be changed while it is written. */
    public Checkpoint copy() {
        return new Checkpoint(provenance, entries, true);
    }

    /** The same checkpoint of derived weights, now that their source is known to the byte. */
    public Checkpoint withSourceDigest(String digest) {
        return new Checkpoint(provenance.withSourceDigest(digest), entries, true);
    }

    /** Where the checkpoint comes from. */
    public Provenance provenance() {
        return provenance;
    }

    /** Name of the stream that the checkpoint belongs to. */
    public String stream() {
        return provenance.stream();
    }

    /** Index of the epoch in which it was saved. */
    public int epoch() {
        return provenance.epoch();
    }

    /** Optimizer steps until it was saved. */
    public long globalStep() {
        return provenance.globalStep();
    }

    /** All metrics when it was saved, exact, by name. */
    public Map<String, Double> metrics() {
        return provenance.metrics();
    }

    /**
     * Adds an entry, or replaces it.
     *
     * @throws IllegalArgumentException if the value, or something in it, is of no type that an entry can have, or the
     *     key is one of those that Lightning or Rivulet uses in a {@code .ckpt}, such as {@code epoch} or
     *     {@code state_dict}
     * @throws UnsupportedOperationException if the checkpoint has already been saved
     */
    public void put(String key, Object value) {
        if (saved) {
            throw new UnsupportedOperationException("The entry \"" + key
                    + "\" cannot be put into a checkpoint that has been saved: its file would not have it. Put entries in a"
                    + " method annotated with @OnSaveCheckpoint, or in a callback's onSaveCheckpoint.");
        }
        if (isReserved(key)) {
            throw new IllegalArgumentException("A checkpoint entry cannot be called \"" + key
                    + "\": a .ckpt has something of Lightning's or Rivulet's under that key. Choose another one.");
        }
        entries.put(key, plain(key, value));
    }

    /** The names of all entries, in the order in which they were put. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** Whether there is an entry. */
    public boolean contains(String key) {
        return entries.containsKey(key);
    }

    /**
     * An entry.
     *
     * @throws NoSuchElementException if there is none
     */
    public Object get(String key) {
        Object value = entries.get(key);
        if (value == null) {
            throw new NoSuchElementException(
                    "The checkpoint has no entry \"" + key + "\", only " + entries.keySet() + ".");
        }
        return value;
    }

    /**
     * An entry of a known type.
     *
     * @param type {@code String}, {@code Boolean}, {@code Long}, {@code Double}, {@code List} or {@code Map}
     * @throws NoSuchElementException if there is none
     * @throws ClassCastException if it is of another type
     */
    public <T> T get(String key, Class<T> type) {
        Object value = get(key);
        if (!type.isInstance(value)) {
            throw new ClassCastException("The entry \"" + key + "\" is a "
                    + value.getClass().getSimpleName() + ", not a " + type.getSimpleName() + ".");
        }
        return type.cast(value);
    }

    public Map<String, Object> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** Whether an entry can hold a value that was read from a file. */
    public static boolean isEntry(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Checkpoint::isEntry);
        }
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().allMatch(Checkpoint::isEntry);
        }
        return value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double;
    }

    private static Object plain(String key, @Nullable Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(plain(key, element)));
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, element) -> copy.put(String.valueOf(name), plain(key, element)));
            return Collections.unmodifiableMap(copy);
        }
        throw new IllegalArgumentException("The checkpoint entry \"" + key + "\" holds "
                + (value == null ? "null" : "a " + value.getClass().getName())
                + "; an entry is a text, a boolean, a number, or a list or map of such.");
    }
}
