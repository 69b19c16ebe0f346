package dev.rivulet.internal.format;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dictionary that Java or Python saved, with errors that say which entry is wrong.
 *
 * <pre>{@code
 * DictReader loop = checkpoint.dict("loops").dict("fit_loop");
 * boolean last = loop.dict("epoch_loop.batch_progress").bool("is_last_batch");
 * Optional<String> optimizer = own.optional("optimizer", DictReader::string);
 * }</pre>
 *
 * @param name the dictionary's path, such as {@code loops.fit_loop}; may be empty for the outermost one
 * @param values plain values by key, as {@link dev.rivulet.internal.format.torch.PlainValues} gives them
 * @param wording creates the exception for a wrong entry
 */
public record DictReader(String name, Map<?, ?> values, Wording wording) {
    private static final int SHOWN = 60;

    /** Describes a wrong entry with the caller's wording and exception type. */
    @FunctionalInterface
    public interface Wording {
        /**
         * The exception for an entry.
         *
         * @param expected the expected kind of entry, with an article, such as {@code a dictionary}
         */
        RuntimeException wrong(DictReader dictionary, @Nullable Object key, String expected);
    }

    /** Whether the entry exists, even if it is null. */
    public boolean has(@Nullable Object key) {
        return values.containsKey(key);
    }

    /**
     * An entry that may be missing or null.
     *
     * @param read reads it if it is present, such as {@code DictReader::string}
     */
    public <T> Optional<T> optional(String key, BiFunction<DictReader, String, T> read) {
        return values.get(key) == null ? Optional.empty() : Optional.of(read.apply(this, key));
    }

    /** A string. */
    public String string(String key) {
        return value(key, String.class, "a string");
    }

    /** A string, parsed by a function that throws an {@link IllegalArgumentException} for invalid ones. */
    public <T> T parsed(String key, Function<String, T> parser) {
        String string = string(key);
        try {
            return parser.apply(string);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            RuntimeException wrong = wrong(key, "a valid string");
            wrong.initCause(e);
            throw wrong;
        }
    }

    /** A boolean. */
    public boolean bool(String key) {
        return value(key, Boolean.class, "a boolean");
    }

    /** An integer: a {@link Long}, or what {@link #number} accepts. */
    public long integer(String key) {
        if (values.get(key) instanceof Long value) {
            return value;
        }
        double number = number(key);
        if (number != Math.rint(number)) {
            throw wrong(key, "an integer");
        }
        return (long) number;
    }

    /** A {@link Long} that is at least 0. */
    public long count(String key) {
        if (values.get(key) instanceof Long count && count >= 0) {
            return count;
        }
        throw wrong(key, "a non-negative integer");
    }

    /** A number, or a tensor of one element, as which PyTorch saves some numbers. */
    public double number(String key) {
        return number(key, values.get(key));
    }

    /** A list of what {@link #number} accepts. */
    public List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object element : list(key)) {
            numbers.add(number(key, element));
        }
        return numbers;
    }

    /** A list of strings. */
    public List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (Object element : list(key)) {
            if (!(element instanceof String string)) {
                throw wrong(key, "a list of strings");
            }
            strings.add(string);
        }
        return strings;
    }

    /** A list. */
    public List<?> list(String key) {
        return value(key, List.class, "a list");
    }

    /** A list of dictionaries. */
    public List<DictReader> dicts(String key) {
        List<DictReader> dicts = new ArrayList<>();
        for (Object element : list(key)) {
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(key, "a list of dictionaries");
            }
            dicts.add(new DictReader(path(key) + "[" + dicts.size() + "]", map, wording));
        }
        return dicts;
    }

    /** A dictionary. */
    public DictReader dict(String key) {
        return new DictReader(path(key), value(key, Map.class, "a dictionary"), wording);
    }

    /** A tensor in memory. */
    public Tensor tensor(String key) {
        return value(key, Tensor.class, "a tensor");
    }

    /**
     * All entries, which have the same type, by key.
     *
     * @param read reads each, such as {@code DictReader::number}
     */
    public <T> Map<String, T> all(BiFunction<DictReader, String, T> read) {
        Map<String, T> all = new LinkedHashMap<>();
        named().keySet().forEach(key -> all.put(key, read.apply(this, key)));
        return all;
    }

    /** All entries unchanged; their keys must be strings. */
    public Map<String, @Nullable Object> named() {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (!(key instanceof String string)) {
                throw wrong(key, "an entry with a string key");
            }
            named.put(string, value);
        });
        return named;
    }

    /** An entry's value for a message, truncated if it is long. */
    public String shown(@Nullable Object key) {
        String shown = String.valueOf(values.get(key));
        return shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown;
    }

    /** The path of an entry, such as {@code loops.fit_loop}. */
    public String path(@Nullable Object key) {
        return name.isEmpty() ? String.valueOf(key) : name + "." + key;
    }

    /** The exception for an entry of an unexpected kind. */
    public RuntimeException wrong(@Nullable Object key, String expected) {
        return wording.wrong(this, key, expected);
    }

    private <T> T value(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (!type.isInstance(value)) {
            throw wrong(key, expected);
        }
        return type.cast(value);
    }

    private double number(String key, @Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof NDArray array && array.size() == 1) {
            try (LiveTensors live = new LiveTensors()) {
                return number(key, live.view(array).copy());
            }
        }
        if (value instanceof Tensor tensor && tensor.shape().elementCount() == 1) {
            ByteBuffer bytes = tensor.chunks().get(0);
            if (tensor.dtype() == Dtype.F32) {
                return bytes.getFloat();
            } else if (tensor.dtype() == Dtype.F64) {
                return bytes.getDouble();
            } else if (tensor.dtype() == Dtype.I64) {
                return bytes.getLong();
            }
        }
        throw wrong(key, "a number");
    }
}
