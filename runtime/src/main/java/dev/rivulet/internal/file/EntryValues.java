package dev.rivulet.internal.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Converts entry values for JSON, which cannot represent NaN and infinities: each becomes an object with one member,
 * such as {@code {"$double": "NaN"}}. An entry that looks like this gets one more {@code $}.
 */
final class EntryValues {
    private static final String DOUBLE = "$double";
    private static final String ESCAPE = "$";

    private EntryValues() {}

    /** Converts a value for JSON. */
    static @Nullable Object encode(@Nullable Object value) {
        if (value instanceof Double number && !Double.isFinite(number)) {
            return Map.of(DOUBLE, number.toString());
        }
        if (isMarked(value, DOUBLE)) {
            return renamed(value, key -> ESCAPE + key, EntryValues::encode);
        }
        return withParts(value, EntryValues::encode);
    }

    /** Restores the value that {@link #encode} converted. */
    static @Nullable Object decode(@Nullable Object value) {
        if (value instanceof Map<?, ?> map && map.size() == 1 && map.get(DOUBLE) instanceof String number) {
            return Double.valueOf(number);
        }
        if (isMarked(value, ESCAPE + DOUBLE)) {
            return renamed(value, key -> key.substring(ESCAPE.length()), EntryValues::decode);
        }
        return withParts(value, EntryValues::decode);
    }

    /** The same value, where keys that are not strings become strings, as in JSON. */
    static @Nullable Object withStringKeys(@Nullable Object value) {
        return withParts(value, EntryValues::withStringKeys);
    }

    /** Whether a value is a map with one key: {@code $double}, or this with more {@code $} in front of it. */
    private static boolean isMarked(@Nullable Object value, String mark) {
        return value instanceof Map<?, ?> map
                && map.size() == 1
                && map.keySet().iterator().next() instanceof String key
                && key.endsWith(mark)
                && key.substring(0, key.length() - mark.length()).chars().allMatch(c -> c == '$');
    }

    private static @Nullable Object withParts(@Nullable Object value, UnaryOperator<@Nullable Object> change) {
        return renamed(value, UnaryOperator.identity(), change);
    }

    private static @Nullable Object renamed(
            @Nullable Object value, UnaryOperator<String> rename, UnaryOperator<@Nullable Object> change) {
        if (value instanceof List<?> list) {
            return list.stream().map(change).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> changed = new LinkedHashMap<>();
            map.forEach((name, part) -> changed.put(rename.apply(String.valueOf(name)), change.apply(part)));
            return changed;
        }
        return value;
    }
}
