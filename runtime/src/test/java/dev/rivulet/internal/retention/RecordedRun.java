package dev.rivulet.internal.retention;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A run of a recorded case: the hook calls that its callbacks saw, its start and its end. */
final class RecordedRun {
    private final JsonObject json;
    private final List<TraceEvent> events;

    RecordedRun(JsonObject json) {
        this.json = json;
        this.events = events(json, usesTrainerAgain());
    }

    JsonObject json() {
        return json;
    }

    /** All hook calls, as its callbacks saw them. */
    List<TraceEvent> events() {
        return events;
    }

    /** The callback that was called. */
    String tag(int event) {
        return json.getAsJsonArray("trace")
                .get(event)
                .getAsJsonObject()
                .get("cb")
                .getAsString();
    }

    /** File operations at a hook call, without links to themselves. */
    List<Action> actions(int event) {
        return json.getAsJsonArray("trace").get(event).getAsJsonObject().getAsJsonArray("actions").asList().stream()
                .map(action -> action(action.getAsJsonArray()))
                .filter(action -> !action.file().equals(action.target()))
                .toList();
    }

    private static Action action(JsonArray recorded) {
        String file = recorded.get(1).getAsString();
        return switch (recorded.get(0).getAsString()) {
            case "save" -> Action.save(file);
            case "remove" -> Action.remove(file);
            case "link" -> Action.link(file, recorded.get(2).getAsString());
            default -> throw new IllegalArgumentException("unknown action " + recorded);
        };
    }

    /** The position at which a missing metric ended the run; empty if none did. */
    String refusal() {
        boolean missing = new CaseConfig(json.getAsJsonObject("expected"))
                .text("error")
                .filter(error -> error.contains("could not find the monitored key"))
                .isPresent();
        return events.stream()
                .filter(event -> missing && !event.hook().equals(TraceEvent.EXCEPTION))
                .reduce((earlier, later) -> later)
                .map(TraceEvent::position)
                .orElse("");
    }

    /** Whether the trainer of the previous run is used again. */
    boolean usesTrainerAgain() {
        return json.getAsJsonObject("trainer").has("reuse_trainer");
    }

    /** The position after the run; no checkpoint is saved there unless an epoch has ended. */
    String stop() {
        boolean ended =
                !events.isEmpty() && events.get(events.size() - 1).hook().equals(TraceEvent.TRAIN_END);
        return events.stream()
                .filter(event -> ended && event.hook().equals(TraceEvent.EPOCH_END))
                .reduce((earlier, later) -> later)
                .map(TraceEvent::position)
                .orElse("in memory");
    }

    /** The file from which the run resumes; empty if it starts fresh or fails before that. */
    String resumedFrom() {
        CaseConfig expected = new CaseConfig(json.getAsJsonObject("expected"));
        return new CaseConfig(json).failsToResume()
                ? ""
                : expected.text("resolved_ckpt_path")
                        .or(() -> new CaseConfig(json).text("ckpt_path").filter(path -> !path.matches("last|best")))
                        .orElse("");
    }

    /** Whether Lightning could not resume from the file. */
    boolean isRefused() {
        return new CaseConfig(json).failsToResume();
    }

    /** The global step at the start. */
    long firstStep() {
        JsonArray trace = json.getAsJsonArray("trace");
        return trace.isEmpty()
                ? 0
                : trace.get(0).getAsJsonObject().get("global_step").getAsLong();
    }

    private static List<TraceEvent> events(JsonObject json, boolean again) {
        CaseConfig trainer = new CaseConfig(json.getAsJsonObject("trainer"));
        boolean dryRun = trainer.get("fast_dev_run")
                .filter(value -> !value.getAsString().equals("false")
                        && !value.getAsString().equals("0"))
                .isPresent();
        long perBatch = CaseConfig.nanos(new CaseConfig(json)
                .get("seconds_per_batch")
                .map(JsonElement::getAsDouble)
                .orElse(0.0));
        List<JsonObject> trace = new ArrayList<>();
        json.getAsJsonArray("trace").forEach(event -> trace.add(event.getAsJsonObject()));
        List<TraceEvent> events = new ArrayList<>();
        Map<String, Long> clocks = new HashMap<>();
        int everyEpochs = trainer.get("check_val_every_n_epoch")
                .map(JsonElement::getAsInt)
                .orElse(1);
        RecordedValidations validations = new RecordedValidations(json, trace);
        boolean everValidates =
                trace.stream().anyMatch(event -> event.get("hook").getAsString().equals(TraceEvent.VALIDATION_END));
        boolean seen = again && everValidates;
        Map<String, Boolean> lastBatches = new HashMap<>();
        boolean validates = again
                ? everValidates
                : Stream.of("val_batches", "limit_val_batches", "has_validation")
                        .noneMatch(name -> trainer.text(name)
                                .filter(off -> off.matches("0|false"))
                                .isPresent());
        boolean validated = false;
        for (int i = 0; i < trace.size(); i++) {
            CaseConfig event = new CaseConfig(trace.get(i));
            String hook = event.text("hook").orElseThrow();
            String tag = event.text("cb").orElseThrow();
            boolean validation = hook.equals(TraceEvent.VALIDATION_END);
            if (hook.equals(TraceEvent.BATCH_END)) {
                lastBatches.put(tag, bool(event, "is_last_batch"));
            }
            boolean ends = hook.equals(TraceEvent.EPOCH_END) || hook.equals(TraceEvent.TRAIN_END);
            seen |= validation
                    || (hook.equals(TraceEvent.TRAIN_START)
                            && validates
                            && (trace.get(i).get("epoch").getAsInt() + 1) % everyEpochs == 0);
            validated |= validation && !bool(event, "sanity_checking");
            long now = clocks.merge(tag, hook.equals(TraceEvent.BATCH_END) ? perBatch : 0, Long::sum);
            events.add(new TraceEvent(
                    hook,
                    trace.get(i).get("epoch").getAsInt(),
                    trace.get(i).get("global_step").getAsLong(),
                    metrics(event),
                    ends ? lastBatches.getOrDefault(tag, true) : bool(event, "is_last_batch"),
                    validations.follows(i),
                    seen && (trace.get(i).get("epoch").getAsInt() + 1) % everyEpochs == 0,
                    validated,
                    bool(event, "save_on_train_epoch_end_resolved"),
                    bool(event, "sanity_checking"),
                    dryRun,
                    now));
        }
        return events;
    }

    private static boolean bool(CaseConfig event, String name) {
        return event.get(name).map(JsonElement::getAsBoolean).orElse(false);
    }

    private static Map<String, Double> metrics(CaseConfig event) {
        Map<String, Double> metrics = new HashMap<>();
        event.get("metrics")
                .ifPresent(values -> values.getAsJsonObject()
                        .entrySet()
                        .forEach(entry -> metrics.put(entry.getKey(), RunCase.number(entry.getValue()))));
        return metrics;
    }

    /** Files at the end, described as in {@link RunEnd}. */
    List<String> files() {
        JsonObject expected = json.getAsJsonObject("expected");
        List<String> files = new ArrayList<>();
        for (JsonElement name : expected.getAsJsonArray("files")) {
            String path = name.getAsString();
            CaseConfig info =
                    new CaseConfig(expected.getAsJsonObject("file_info").getAsJsonObject(path));
            files.add(info.text("link_to")
                    .map(target -> RunEnd.link(path, path.substring(0, path.lastIndexOf('/') + 1) + target))
                    .orElseGet(() -> RunEnd.file(
                            path,
                            RunEnd.content(
                                    info.json().get("epoch").getAsInt(),
                                    info.json().get("global_step").getAsLong()))));
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    /** The retention state of all callbacks at the end. */
    Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new TreeMap<>();
        json.getAsJsonObject("expected")
                .getAsJsonObject("callbacks")
                .entrySet()
                .forEach(entry ->
                        outcomes.put(entry.getKey(), outcome(entry.getValue().getAsJsonObject())));
        return outcomes;
    }

    private static Outcome outcome(JsonObject recorded) {
        Map<String, Double> kept = new HashMap<>();
        recorded.getAsJsonObject("best_k_models")
                .entrySet()
                .forEach(entry -> kept.put(entry.getKey(), RunCase.number(entry.getValue())));
        return new Outcome(
                recorded.get("best_model_path").getAsString(),
                RunCase.number(recorded.get("best_model_score")),
                recorded.get("kth_best_model_path").getAsString(),
                RunCase.number(recorded.get("kth_value")),
                RunCase.number(recorded.get("current_score")),
                recorded.get("last_model_path").getAsString(),
                kept);
    }
}
