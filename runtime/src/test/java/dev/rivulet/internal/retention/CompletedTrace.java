package dev.rivulet.internal.retention;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Completes recorded runs that ended at a missing metric with the hook calls of the remaining callbacks. */
final class CompletedTrace {
    private CompletedTrace() {}

    /** The case with the hook calls that Lightning omitted. */
    static JsonObject of(JsonObject json) {
        JsonObject changed = json.deepCopy();
        for (JsonElement element : changed.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject();
            if (new CaseConfig(run.getAsJsonObject("expected"))
                    .text("error")
                    .filter(error -> error.contains("could not find the monitored key"))
                    .isPresent()) {
                run.add("trace", completed(run));
            }
        }
        return changed;
    }

    private static JsonArray completed(JsonObject run) {
        List<JsonObject> trace = new ArrayList<>();
        run.getAsJsonArray("trace").forEach(event -> trace.add(event.getAsJsonObject()));
        List<String> tags = new ArrayList<>();
        for (JsonElement callback : run.getAsJsonArray("callbacks")) {
            tags.add(new CaseConfig(callback.getAsJsonObject()).text("tag").orElse("mc" + tags.size()));
        }
        int refused = trace.size() - 1;
        while (refused > 0 && hook(trace.get(refused)).equals(TraceEvent.EXCEPTION)) {
            refused--;
        }
        JsonArray all = new JsonArray();
        for (int i = 0; i < trace.size(); i++) {
            all.add(trace.get(i));
            if (i == refused) {
                JsonObject refusal = trace.get(i);
                int from = tags.indexOf(refusal.get("cb").getAsString()) + 1;
                tags.subList(from, tags.size()).forEach(tag -> all.add(call(tag, trace, refusal)));
            }
        }
        return all;
    }

    /** The same hook call of another callback, with the save setting of its earlier calls. */
    private static JsonObject call(String tag, List<JsonObject> trace, JsonObject like) {
        JsonObject call = like.deepCopy();
        call.addProperty("cb", tag);
        call.add("actions", new JsonArray());
        String resolved = "save_on_train_epoch_end_resolved";
        trace.stream()
                .filter(event -> event.get("cb").getAsString().equals(tag) && event.has(resolved))
                .findFirst()
                .ifPresent(event -> call.add(resolved, event.get(resolved)));
        return call;
    }

    private static String hook(JsonObject event) {
        return event.get("hook").getAsString();
    }
}
