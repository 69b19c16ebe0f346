package dev.rivulet;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries that this framework adds to a checkpoint, by name and type.
 *
 * @param file for messages
 */
record OwnEntries(Path file, Map<?, ?> entries) {

    /** A map; empty if there is no such entry. */
    Optional<Map<?, ?>> map(String name) {
        return entry(name, Map.class).map(map -> (Map<?, ?>) map);
    }

    /** A list; empty if there is no such entry. */
    Optional<List<?>> list(String name) {
        return entry(name, List.class).map(list -> (List<?>) list);
    }

    /** A text; empty if there is no such entry. */
    Optional<String> text(String name) {
        return entry(name, String.class);
    }

    /** A whole number; empty if there is no such entry. */
    Optional<Long> number(String name) {
        return entry(name, Long.class);
    }

    /**
     * Gives all entries, by name.
     *
     * @throws NotResumableException if one has no value, or is of another type
     */
    <T> void forEach(Class<T> type, BiConsumer<String, T> consumer) {
        entries.keySet().forEach(key -> {
            String name = String.valueOf(key);
            consumer.accept(
                    name,
                    entry(name, type)
                            .orElseThrow(() -> new NotResumableException("The entry \"" + name + "\" of " + file
                                    + " is missing; resume from another checkpoint.")));
        });
    }

    /**
     * An entry of a type.
     *
     * @throws NotResumableException if it is of another
     */
    private <T> Optional<T> entry(String name, Class<T> type) {
        @Nullable Object value = entries.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new NotResumableException("The entry \"" + name + "\" of " + file + " is a "
                    + value.getClass().getSimpleName() + ", not a " + type.getSimpleName()
                    + "; resume from another checkpoint.");
        }
        return Optional.of(type.cast(value));
    }
}
