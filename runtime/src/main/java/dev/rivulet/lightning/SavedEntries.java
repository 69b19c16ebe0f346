package dev.rivulet.lightning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary of a checkpoint, read with errors that say where it is wrong.
 *
 * @param path its place in the checkpoint, such as {@code loops.fit_loop}; empty for the checkpoint itself
 */
record SavedEntries(String path, Map<?, ?> values) {

    boolean has(String key) {
        return values.containsKey(key);
    }

    SavedEntries entries(String key) {
        if (values.get(key) instanceof Map<?, ?> map) {
            return new SavedEntries(path(key), map);
        }
        throw wrong(key, "a dictionary");
    }

    /** A number that is at least 0. */
    long count(String key) {
        if (values.get(key) instanceof Long count && count >= 0) {
            return count;
        }
        throw wrong(key, "a count");
    }

    boolean flag(String key) {
        if (values.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    /** Dictionaries with texts for keys. */
    List<Map<String, @Nullable Object>> dictionaries(String key) {
        if (!(values.get(key) instanceof List<?> list)) {
            throw wrong(key, "a list");
        }
        List<Map<String, @Nullable Object>> dictionaries = new ArrayList<>();
        for (Object element : list) {
            String place = path(key) + "[" + dictionaries.size() + "]";
            if (!(PythonTypes.plain(element) instanceof Map<?, ?> map)) {
                throw wrong(key, "a list of dictionaries");
            }
            dictionaries.add(new SavedEntries(place, map).named());
        }
        return dictionaries;
    }

    /** The entries, if all keys are texts. */
    Map<String, @Nullable Object> named() {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new NoTrainingStateException("The checkpoint's \"" + path + "\" has the key " + key
                        + " where a text belongs; resume from another checkpoint.");
            }
            named.put(name, value);
        });
        return named;
    }

    NoTrainingStateException wrong(String key, String expected) {
        return new NoTrainingStateException("The checkpoint "
                + (has(key) ? "has \"" + path(key) + "\" = " + values.get(key) : "has no \"" + path(key) + "\"")
                + " where " + expected + " belongs; resume from another checkpoint, or load its weights alone.");
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
