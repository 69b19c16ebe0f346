package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often something was started and completed: the trackers of Lightning's {@code loops/progress.py}. They are
 * incremented in this order, so a later number is smaller than an earlier one if the file was saved in between.
 */
record SavedCount(long ready, long started, long processed, long completed) {

    static SavedCount done(long count) {
        return new SavedCount(count, count, count, count);
    }

    /** The last one has ended, but not all of its end hooks have run. */
    static SavedCount ending(long count) {
        return new SavedCount(count, count, count, count - 1);
    }

    /** The last one is running. */
    static SavedCount running(long count) {
        return new SavedCount(count, count, count - 1, count - 1);
    }

    static SavedCount read(DictReader entries) {
        return new SavedCount(
                entries.count("ready"),
                entries.count("started"),
                entries.count("processed"),
                entries.count("completed"));
    }

    Map<String, @Nullable Object> toEntries() {
        Map<String, @Nullable Object> entries = toStartedEntries();
        entries.put("processed", processed);
        return entries;
    }

    Map<String, @Nullable Object> toStartedEntries() {
        Map<String, @Nullable Object> entries = toReadyEntries();
        entries.put("started", started);
        return entries;
    }

    Map<String, @Nullable Object> toReadyEntries() {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("ready", ready);
        entries.put("completed", completed);
        return entries;
    }
}
