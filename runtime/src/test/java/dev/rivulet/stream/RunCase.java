package dev.rivulet.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.policy.PolicyViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A recorded case of successive runs in one folder, replayed hook by hook. */
final class RunCase {
    private final JsonObject json;
    private final UnaryOperator<List<TraceEvent>> view;

    RunCase(JsonObject json) {
        this(json, UnaryOperator.identity());
    }

    /**
     * A case.
     *
     * @param view changes what the streams see of a run's trace
     */
    RunCase(JsonObject json, UnaryOperator<List<TraceEvent>> view) {
        this.json = json;
        this.view = view;
    }

    /** What happened in a run: operations at each hook, the books at its end, and the files then. */
    record Replayed(List<List<Action>> actions, Map<String, Outcome> outcomes, List<String> files) {}

    Verdict verdict() {
        List<PolicyViolation> violations = violations();
        return violations.isEmpty() ? replayed() : TemplateDifferences.refusalBeforeTraining(fails(), violations);
    }

    /** What is wrong with the policy of the first stream that has something wrong. */
    List<PolicyViolation> violations() {
        for (JsonElement run : json.getAsJsonArray("runs")) {
            for (JsonElement callback : run.getAsJsonObject().getAsJsonArray("callbacks")) {
                List<PolicyViolation> violations =
                        new CaseConfig(callback.getAsJsonObject()).policy().violations();
                if (!violations.isEmpty()) {
                    return violations;
                }
            }
        }
        return List.of();
    }

    /** Whether a run ended by an error in Lightning. */
    boolean fails() {
        return json.getAsJsonArray("runs").asList().stream()
                .anyMatch(run -> !run.getAsJsonObject()
                        .getAsJsonObject("expected")
                        .get("error")
                        .isJsonNull());
    }

    private Verdict replayed() {
        List<Replayed> recorded = recorded();
        List<Replayed> rivulet = replay(Optional.empty());
        if (rivulet.equals(recorded)) {
            return Verdict.same();
        }
        List<Replayed> lightning = replay(Optional.of(EnumSet.noneOf(Difference.class)));
        if (!lightning.equals(recorded)) {
            return Verdict.failed("the oracle does not behave as Lightning" + contrast(recorded, lightning));
        }
        Set<Difference> all = EnumSet.allOf(Difference.class);
        List<Replayed> intended = replay(Optional.of(all));
        if (!intended.equals(rivulet)) {
            return Verdict.failed("differs from Lightning" + contrast(recorded, rivulet) + "\n  and from the rules"
                    + contrast(intended, rivulet));
        }
        List<Difference> reasons = Arrays.stream(Difference.values())
                .filter(difference -> {
                    Set<Difference> others = EnumSet.copyOf(all);
                    others.remove(difference);
                    return !replay(Optional.of(others)).equals(intended);
                })
                .toList();
        return Verdict.different(reasons.toString());
    }

    private static String contrast(List<Replayed> expected, List<Replayed> actual) {
        for (int run = 0; run < expected.size(); run++) {
            for (int i = 0; i < expected.get(run).actions().size(); i++) {
                String there = expected.get(run).actions().get(i).toString();
                String here = actual.get(run).actions().get(i).toString();
                if (!there.equals(here)) {
                    return "\n  run " + run + " hook " + i + "\n    expected " + there + "\n    actual   " + here;
                }
            }
            Replayed there = expected.get(run);
            Replayed here = actual.get(run);
            if (!there.equals(here)) {
                return "\n  run " + run + "\n    expected " + there.outcomes() + " " + there.files() + "\n    actual   "
                        + here.outcomes() + " " + here.files();
            }
        }
        return "";
    }

    /** The runs as Lightning ran them. */
    List<Replayed> recorded() {
        List<Replayed> runs = new ArrayList<>();
        Disk disk = new Disk(true);
        for (JsonElement element : json.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject();
            List<List<Action>> actions = new ArrayList<>();
            List<TraceEvent> events = events(run);
            for (int i = 0; i < events.size(); i++) {
                List<Action> recorded = new ArrayList<>();
                run.getAsJsonArray("trace")
                        .get(i)
                        .getAsJsonObject()
                        .getAsJsonArray("actions")
                        .forEach(a -> recorded.add(action(a.getAsJsonArray())));
                actions.add(removalsLast(disk.perform(recorded, events.get(i))));
            }
            Map<String, Outcome> outcomes = new TreeMap<>();
            run.getAsJsonObject("expected")
                    .getAsJsonObject("callbacks")
                    .entrySet()
                    .forEach(entry -> outcomes.put(
                            entry.getKey(), outcome(entry.getValue().getAsJsonObject())));
            runs.add(new Replayed(actions, outcomes, disk.listing()));
            if (!files(run.getAsJsonObject("expected")).equals(disk.listing())) {
                throw new IllegalStateException("The recorded trace leads to " + disk.listing()
                        + ", not to the recorded files " + files(run.getAsJsonObject("expected")));
            }
        }
        return runs;
    }

    private static List<String> files(JsonObject expected) {
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

    /** Replays the streams of all runs: the real policy, or the oracle with differences. */
    List<Replayed> replay(Optional<Set<Difference>> oracle) {
        List<Replayed> runs = new ArrayList<>();
        Disk disk = new Disk(oracle.filter(differences -> !differences.contains(Difference.DANGLING_LINKS_ARE_DELETED))
                .isPresent());
        Map<String, StreamReplay> previous = new HashMap<>();
        for (JsonElement element : json.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject();
            Map<String, StreamReplay> streams = streams(run, disk, oracle, previous);
            List<List<Action>> actions = new ArrayList<>();
            List<TraceEvent> events = view.apply(events(run));
            JsonArray trace = run.getAsJsonArray("trace");
            for (int i = 0; i < events.size(); i++) {
                String tag = trace.get(i).getAsJsonObject().get("cb").getAsString();
                actions.add(removalsLast(disk.perform(hook(run, streams.get(tag), events.get(i)), events.get(i))));
            }
            Map<String, Outcome> outcomes = new TreeMap<>();
            streams.forEach((tag, stream) -> outcomes.put(tag, stream.outcome()));
            runs.add(new Replayed(actions, outcomes, disk.listing()));
            previous.putAll(streams);
        }
        return runs;
    }

    private static List<Action> hook(JsonObject run, @Nullable StreamReplay stream, TraceEvent event) {
        if (stream == null) {
            throw new IllegalStateException("The trace names an unknown callback.");
        }
        try {
            return stream.hook(event);
        } catch (IllegalStateException missingMetric) {
            boolean recorded = !run.getAsJsonObject("expected").get("error").isJsonNull();
            if (recorded) {
                return List.of();
            }
            throw missingMetric;
        }
    }

    private static Map<String, StreamReplay> streams(
            JsonObject run, Disk disk, Optional<Set<Difference>> oracle, Map<String, StreamReplay> previous) {
        Map<String, StreamReplay> streams = new LinkedHashMap<>();
        String source = resumedFrom(run);
        for (JsonElement element : run.getAsJsonArray("callbacks")) {
            CaseConfig config = new CaseConfig(element.getAsJsonObject());
            String tag = config.text("tag").orElse("mc" + streams.size());
            Optional<StreamReplay> before =
                    Optional.ofNullable(previous.get(config.text("reuse").orElse(tag)));
            streams.put(
                    tag,
                    config.get("reuse").isPresent()
                            ? before.orElseThrow()
                            : oracle.isPresent()
                                    ? oracle(config, disk, oracle.get(), run, before)
                                    : policy(config, disk, source, before, run));
        }
        return streams;
    }

    private static StreamReplay oracle(
            CaseConfig config, Disk disk, Set<Difference> differences, JsonObject run, Optional<StreamReplay> before) {
        return new LightningOracle(
                config.directory(),
                config.extension(),
                config.policy().build(),
                disk,
                differences,
                resumedFrom(run),
                firstStep(run),
                before.map(LightningOracle.class::cast).stream().toList());
    }

    private static StreamReplay policy(
            CaseConfig config, Disk disk, String source, Optional<StreamReplay> before, JsonObject run) {
        String directory = config.directory() + "/";
        Resumption resumption = Resumption.NONE;
        if (!source.isEmpty()) {
            StreamBooks books = before.map(PolicyReplay.class::cast)
                    .filter(stream -> stream.directory().equals(config.directory()))
                    .map(PolicyReplay::books)
                    .orElse(StreamBooks.EMPTY);
            Optional<String> local = Optional.of(source)
                    .filter(file -> file.startsWith(directory))
                    .map(file -> file.substring(directory.length()));
            resumption = new Resumption(books, firstStep(run), local);
        }
        return new PolicyReplay(
                config.directory(), config.extension(), config.policy().build(), disk, resumption);
    }

    private static String resumedFrom(JsonObject run) {
        CaseConfig expected = new CaseConfig(run.getAsJsonObject("expected"));
        return expected.text("resolved_ckpt_path")
                .or(() -> new CaseConfig(run).text("ckpt_path"))
                .orElse("");
    }

    private static long firstStep(JsonObject run) {
        JsonArray trace = run.getAsJsonArray("trace");
        return trace.isEmpty()
                ? 0
                : trace.get(0).getAsJsonObject().get("global_step").getAsLong();
    }

    private static List<TraceEvent> events(JsonObject run) {
        CaseConfig trainer = new CaseConfig(run.getAsJsonObject("trainer"));
        boolean trial = trainer.get("fast_dev_run")
                .filter(value -> !value.getAsString().equals("false")
                        && !value.getAsString().equals("0"))
                .isPresent();
        long perBatch = CaseConfig.nanos(new CaseConfig(run)
                .get("seconds_per_batch")
                .map(JsonElement::getAsDouble)
                .orElse(0.0));
        List<JsonObject> trace = new ArrayList<>();
        run.getAsJsonArray("trace").forEach(event -> trace.add(event.getAsJsonObject()));
        List<TraceEvent> events = new ArrayList<>();
        Map<String, Long> clocks = new HashMap<>();
        int everyEpochs = trainer.get("check_val_every_n_epoch")
                .map(JsonElement::getAsInt)
                .orElse(1);
        RecordedValidations validations = new RecordedValidations(run, trace);
        boolean seen = trainer.get("reuse_trainer").isPresent();
        boolean validated = false;
        for (int i = 0; i < trace.size(); i++) {
            CaseConfig event = new CaseConfig(trace.get(i));
            String hook = event.text("hook").orElseThrow();
            String tag = event.text("cb").orElseThrow();
            boolean validation = hook.equals(TraceEvent.VALIDATION_END);
            seen |= validation;
            validated |= validation && !flag(event, "sanity_checking");
            long now = clocks.merge(tag, hook.equals(TraceEvent.BATCH_END) ? perBatch : 0, Long::sum);
            events.add(new TraceEvent(
                    hook,
                    trace.get(i).get("epoch").getAsInt(),
                    trace.get(i).get("global_step").getAsLong(),
                    metrics(event),
                    flag(event, "is_last_batch"),
                    validations.follows(i),
                    seen && (trace.get(i).get("epoch").getAsInt() + 1) % everyEpochs == 0,
                    validated,
                    flag(event, "save_on_train_epoch_end_resolved"),
                    flag(event, "sanity_checking"),
                    trial,
                    now));
        }
        return events;
    }

    private static boolean flag(CaseConfig event, String name) {
        return event.get(name).map(JsonElement::getAsBoolean).orElse(false);
    }

    private static Map<String, Double> metrics(CaseConfig event) {
        Map<String, Double> metrics = new HashMap<>();
        event.get("metrics")
                .ifPresent(values -> values.getAsJsonObject()
                        .entrySet()
                        .forEach(entry -> metrics.put(entry.getKey(), number(entry.getValue()))));
        return metrics;
    }

    /** JSON has no NaN and no infinities: they are strings, which Java parses. */
    static double number(JsonElement value) {
        return value.isJsonNull() ? Double.NaN : Double.parseDouble(value.getAsString());
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

    /** Lightning deletes before it moves {@code last}, Rivulet after the commit: within a hook the order is not compared. */
    private static List<Action> removalsLast(List<Action> actions) {
        List<Action> sorted = new ArrayList<>(actions);
        sorted.sort(Comparator.comparing((Action action) -> action.kind() == Action.Kind.REMOVE)
                .thenComparing(action -> action.kind() == Action.Kind.REMOVE ? action.file() : ""));
        return sorted;
    }

    private static Outcome outcome(JsonObject books) {
        Map<String, Double> kept = new HashMap<>();
        books.getAsJsonObject("best_k_models")
                .entrySet()
                .forEach(entry -> kept.put(entry.getKey(), number(entry.getValue())));
        return new Outcome(
                books.get("best_model_path").getAsString(),
                number(books.get("best_model_score")),
                books.get("kth_best_model_path").getAsString(),
                number(books.get("kth_value")),
                number(books.get("current_score")),
                books.get("last_model_path").getAsString(),
                kept);
    }
}
