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
 * The provenance and the user's entries of a checkpoint.
 *
 * <p>An entry is a string, a boolean, a number, or a list or map (with string keys) of these; numbers are stored as
 * {@code Long} or {@code Double}. Lists and maps may be nested 126 levels deep. Values are copied when they are put.
 * Entries can be put until the checkpoint is saved, in a method annotated with {@code @OnSaveCheckpoint} or in
 * {@code Callback.onSaveCheckpoint}; a saved checkpoint is immutable. Not thread-safe before that.
 *
 * @since 0.1
 */
public final class Checkpoint {
    /** Keys of a {@code .ckpt} that Lightning or Rivulet uses. */
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

    /** Of the 128 levels of a .ckpt, the outermost holds the entries, and the innermost one value. */
    private static final int MAX_DEPTH = 126;

    private final Provenance provenance;
    private final Map<String, Object> entries;
    private volatile boolean saved;

    private Checkpoint(Provenance provenance, Map<String, Object> entries, boolean saved) {
        this.provenance = provenance;
        this.entries = new LinkedHashMap<>(entries);
        this.saved = saved;
    }

    /** A checkpoint that is about to be saved: without entries, modifiable, as passed to hooks. */
    public static Checkpoint toSave(Provenance provenance) {
        return new Checkpoint(provenance, Map.of(), false);
    }

    /**
     * A saved, immutable checkpoint.
     *
     * @throws IllegalArgumentException if {@link #put} refuses an entry
     */
    public static Checkpoint saved(Provenance provenance, Map<String, ? extends @Nullable Object> entries) {
        Checkpoint checkpoint = toSave(provenance);
        entries.forEach(checkpoint::put);
        return checkpoint.seal();
    }

    /** Whether Lightning or Rivulet uses a key in a {@code .ckpt}, so that entries cannot use it. */
    public static boolean isReserved(String key) {
        return RESERVED.contains(key);
    }

    /**
     * Ends the time in which entries can be put, and returns an immutable copy for the writer. From then on, {@link
     * #put} refuses the entries of a hook that has kept a reference to this one.
     */
    public synchronized Checkpoint seal() {
        saved = true;
        return new Checkpoint(provenance, entries, true);
    }

    /** An immutable copy of a derived checkpoint, with the digest of its source. */
    public Checkpoint withSourceDigest(String digest) {
        return new Checkpoint(provenance.withSourceDigest(digest), entries, true);
    }

    /** Stream, derivation and training progress of the checkpoint. */
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

    /** All metrics at the save, exact, by name. */
    public Map<String, Double> metrics() {
        return provenance.metrics();
    }

    /**
     * Adds an entry, or replaces it.
     *
     * @throws IllegalArgumentException if the value, or a value or key inside it, has a type that an entry cannot have, if
     *     it is nested too deep, or if Lightning or Rivulet uses the key in a {@code .ckpt}, such as {@code epoch} or {@code state_dict}
     * @throws UnsupportedOperationException if the checkpoint has already been saved
     */
    public synchronized void put(String key, Object value) {
        if (saved) {
            throw new UnsupportedOperationException("The entry \"" + key
                    + "\" cannot be put into a checkpoint that has been saved: its file would not have it. Put entries"
                    + " in a method annotated with @OnSaveCheckpoint, or in a callback's onSaveCheckpoint.");
        }
        if (isReserved(key)) {
            throw new IllegalArgumentException("A checkpoint entry cannot be called \"" + key
                    + "\": Lightning or Rivulet uses that key in a .ckpt. Choose another one.");
        }
        entries.put(key, plain(key, value, MAX_DEPTH));
    }

    /** The keys of all entries, in insertion order. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** Whether the checkpoint has an entry. */
    public boolean contains(String key) {
        return entries.containsKey(key);
    }

    /**
     * The value of an entry.
     *
     * @throws NoSuchElementException if the entry does not exist
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
     * The value of an entry of a known type.
     *
     * @param type {@code String}, {@code Boolean}, {@code Long}, {@code Double}, {@code List} or {@code Map}
     * @throws NoSuchElementException if the entry does not exist
     * @throws ClassCastException if the value has another type
     */
    public <T> T get(String key, Class<T> type) {
        Object value = get(key);
        if (!type.isInstance(value)) {
            throw new ClassCastException("The entry \"" + key + "\" is a "
                    + value.getClass().getSimpleName() + ", not a " + type.getSimpleName() + ".");
        }
        return type.cast(value);
    }

    /** All entries by key, in insertion order; unmodifiable. */
    public Map<String, Object> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** Whether a value that was read from a file is a valid entry. */
    public static boolean isEntry(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Checkpoint::isEntry);
        }
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().allMatch(Checkpoint::isEntry);
        }
        return value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double;
    }

    private static Object plain(String key, @Nullable Object value, int levels) {
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (levels == 0 && (value instanceof List || value instanceof Map)) {
            throw new IllegalArgumentException("The checkpoint entry \"" + key + "\" contains itself, or is nested more"
                    + " than " + MAX_DEPTH + " levels deep; flatten it.");
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(plain(key, element, levels - 1)));
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, element) -> copy.put(string(key, name), plain(key, element, levels - 1)));
            return Collections.unmodifiableMap(copy);
        }
        throw new IllegalArgumentException("The checkpoint entry \"" + key + "\" holds "
                + (value == null ? "null" : "a " + value.getClass().getName())
                + "; an entry is a string, a boolean, a number, or a list or map of these.");
    }

    private static String string(String key, @Nullable Object name) {
        if (name instanceof String string) {
            return string;
        }
        throw new IllegalArgumentException("The checkpoint entry \"" + key + "\" holds a map with the key " + name
                + ", which is not a string; convert it with String.valueOf.");
    }
}
