package dev.rivulet.internal.lightning;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recording of {@code src/test/python/record_loops.py}.
 *
 * @param fit the settings of the fit
 * @param accumulated number of batches per optimizer step
 * @param progress progress of the loop, as counted by a callback
 * @param saved the entries that Lightning would save at this position
 */
record RecordedLoops(
        String fit, long accumulated, Map<String, @Nullable Object> progress, Map<String, @Nullable Object> saved) {

    static List<RecordedLoops> all() throws IOException {
        @Nullable InputStream resource = RecordedLoops.class.getResourceAsStream("loops.json.gz");
        try (Reader reader =
                new InputStreamReader(new GZIPInputStream(Objects.requireNonNull(resource)), StandardCharsets.UTF_8)) {
            List<RecordedLoops> all = new ArrayList<>();
            for (JsonElement fit :
                    JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("cases")) {
                JsonObject settings = fit.getAsJsonObject().getAsJsonObject("case");
                long accumulated =
                        settings.has("accumulate") ? settings.get("accumulate").getAsLong() : 1;
                for (JsonElement element : fit.getAsJsonObject().getAsJsonArray("records")) {
                    JsonObject record = element.getAsJsonObject();
                    all.add(new RecordedLoops(
                            settings.toString(),
                            accumulated,
                            map(record.getAsJsonObject("progress")),
                            map(record.getAsJsonObject("saved"))));
                }
            }
            return all;
        }
    }

    boolean isWithinBatch() {
        return progress.get("repeats_batch") == Boolean.TRUE;
    }

    /** Whether Lightning resumed the run after the last batch of an epoch, and has miscounted epochs since then. */
    boolean isResumed() {
        return fit.contains("\"resumed\":true");
    }

    boolean isBetweenBatches() {
        return "BATCH_START".equals(progress.get("place")) && !isWithinBatch();
    }

    private static Map<String, @Nullable Object> map(JsonObject json) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        json.entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
        return map;
    }

    private static @Nullable Object plain(JsonElement json) {
        if (json.isJsonNull()) {
            return null;
        } else if (json.isJsonArray()) {
            return json.getAsJsonArray().asList().stream()
                    .map(RecordedLoops::plain)
                    .toList();
        } else if (json.isJsonObject()) {
            return map(json.getAsJsonObject());
        } else if (json.getAsJsonPrimitive().isBoolean()) {
            return json.getAsBoolean();
        } else if (json.getAsJsonPrimitive().isNumber()) {
            BigDecimal number = json.getAsBigDecimal();
            return json.getAsString().matches("-?\\d+") ? (Object) number.longValueExact() : number.doubleValue();
        }
        return json.getAsString();
    }
}
