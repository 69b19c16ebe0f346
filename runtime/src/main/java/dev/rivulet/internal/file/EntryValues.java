package dev.rivulet.internal.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Converts entry values for JSON, which cannot represent NaN and infinities: each becomes an object with one member,
 * such as {@code {"$double": "NaN"}}.
 */
final class EntryValues {
    private static final String DOUBLE = "$double";

    private EntryValues() {}

    /** Converts a value for JSON. */
    static @Nullable Object encode(@Nullable Object value) {
        if (value instanceof Double number && !Double.isFinite(number)) {
            return Map.of(DOUBLE, number.toString());
        }
        return withParts(value, EntryValues::encode);
    }

    /** Restores the value that {@link #encode} converted. */
    static @Nullable Object decode(@Nullable Object value) {
        if (value instanceof Map<?, ?> map && map.size() == 1 && map.get(DOUBLE) instanceof String number) {
            return Double.valueOf(number);
        }
        return withParts(value, EntryValues::decode);
    }

    private static @Nullable Object withParts(@Nullable Object value, UnaryOperator<@Nullable Object> change) {
        if (value instanceof List<?> list) {
            return list.stream().map(change).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> changed = new LinkedHashMap<>();
            map.forEach((name, part) -> changed.put(String.valueOf(name), change.apply(part)));
            return changed;
        }
        return value;
    }
}
