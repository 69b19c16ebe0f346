package dev.rivulet.internal.retention;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.PolicyViolation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Judges what a trainer made of a recorded case: as Lightning, or as the rules of {@link Difference} say. */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public final class TrainerVerdict {
    private static final Set<Difference> ALL = EnumSet.allOf(Difference.class);

    /** Where Lightning leaves out what is left of an epoch, or counts it as ended though it was cut short. */
    private static final Pattern LEFT_OUT =
            Pattern.compile(TraceEvent.BATCH_END + ", last batch|" + TraceEvent.EXCEPTION + "|end of epoch$");

    private final JsonObject json;

    /** A verdict on a case of the kind {@code run}. */
    public TrainerVerdict(JsonObject json) {
        this.json = json;
    }

    /** Judges runs by their ends. */
    public Verdict of(List<RunEnd> actual) {
        if (!violations().isEmpty() || wouldShareFiles()) {
            return Verdict.failed("was to be refused before training");
        }
        int comparable = comparable();
        List<RunEnd> recorded = ends(new RunCase(json).recorded());
        if (actual.equals(recorded)) {
            return Verdict.same();
        }
        List<RunEnd> intended = intended(ALL);
        if (actual.equals(intended.subList(0, comparable))) {
            return Verdict.different(reasons(recorded, intended).toString());
        }
        int whole = wholeRuns();
        return whole < actual.size() && actual.subList(0, whole).equals(intended.subList(0, whole))
                ? Verdict.different(Difference.INTERRUPTED_EPOCHS_ARE_COMPLETED)
                : Verdict.failed("recorded " + recorded + "\n  intended " + intended + "\n  actual   " + actual);
    }

    /** How many runs there are before one that goes on in an epoch of which Lightning leaves something out. */
    public int wholeRuns() {
        List<RunCase.Replayed> runs = new RunCase(json).recorded();
        int run = 0;
        while (run < runs.size() && !leavesOut(runs.get(run).source(), run)) {
            run++;
        }
        return run;
    }

    /** A trainer that counts steps goes on in the epoch that was over. */
    private boolean leavesOut(String source, int run) {
        JsonObject trainer =
                json.getAsJsonArray("runs").get(run).getAsJsonObject().getAsJsonObject("trainer");
        return LEFT_OUT.matcher(source).find() || (trainer.has("max_steps") && source.contains("end of epoch"));
    }

    /** How many runs can be judged: those behind them go on from what is another checkpoint by the rules, or none. */
    public int comparable() {
        return violations().isEmpty()
                ? RunCase.comparable(new RunCase(json).recorded(), replayed(ALL))
                : json.getAsJsonArray("runs").size();
    }

    /** The rules without which, or with which alone, the runs would have ended otherwise. */
    private List<Difference> reasons(List<RunEnd> recorded, List<RunEnd> intended) {
        return Stream.of(Difference.values())
                .filter(difference ->
                        !intended(EnumSet.complementOf(EnumSet.of(difference))).equals(intended)
                                || !intended(EnumSet.of(difference)).equals(recorded))
                .toList();
    }

    /** Judges a refusal before training. */
    public Verdict ofRefusal(IllegalArgumentException refused) {
        List<PolicyViolation> violations = violations();
        if (!violations.isEmpty()) {
            return TemplateDifferences.refusalBeforeTraining(new RunCase(json).fails(), violations);
        }
        return wouldShareFiles() && String.valueOf(refused.getMessage()).contains("would write the same files")
                ? Verdict.different(Difference.STREAMS_OWN_THEIR_FILES)
                : Verdict.failed("refused: " + refused.getMessage());
    }

    private List<PolicyViolation> violations() {
        return configs()
                .flatMap(config -> config.policyInDirectory().violations().stream())
                .toList();
    }

    /** Whether two streams have one template in one directory. */
    private boolean wouldShareFiles() {
        for (JsonElement run : json.getAsJsonArray("runs")) {
            Set<List<String>> templates = new HashSet<>();
            for (JsonElement callback : run.getAsJsonObject().getAsJsonArray("callbacks")) {
                CaseConfig config = new CaseConfig(callback.getAsJsonObject());
                if (config.get("reuse").isPresent()) {
                    continue;
                }
                Set<String> own = new HashSet<>();
                own.add(config.policy()
                        .build()
                        .naming()
                        .filename()
                        .orElseThrow()
                        .toString());
                if (config.policy().build().saveLast() != SaveLast.OFF) {
                    own.add(config.style().last());
                }
                if (own.stream().anyMatch(template -> !templates.add(List.of(config.directory(), template)))) {
                    return true;
                }
            }
        }
        return false;
    }

    private Stream<CaseConfig> configs() {
        return json.getAsJsonArray("runs").asList().stream()
                .flatMap(run -> run.getAsJsonObject().getAsJsonArray("callbacks").asList().stream())
                .map(callback -> new CaseConfig(callback.getAsJsonObject()));
    }

    private List<RunEnd> intended(Set<Difference> differences) {
        return ends(replayed(differences));
    }

    private List<RunCase.Replayed> replayed(Set<Difference> differences) {
        JsonObject seen = json;
        if (differences.contains(Difference.OTHER_STREAMS_STILL_SAVE)) {
            seen = CompletedTrace.in(seen);
        }
        if (differences.contains(Difference.FRESH_RUNS_START_WITH_EMPTY_RETENTION_STATE)) {
            seen = withFreshCallbacks(seen);
        }
        UnaryOperator<List<TraceEvent>> view = differences.contains(Difference.FINAL_EPOCH_IS_NOT_INCREMENTED)
                ? TrainerVerdict::epochsThatRan
                : UnaryOperator.identity();
        return new RunCase(seen, view).replay(Optional.of(differences));
    }

    /** The case with new callbacks where a callback is used again by a trainer that begins. */
    private static JsonObject withFreshCallbacks(JsonObject json) {
        JsonObject changed = json.deepCopy();
        Map<String, JsonObject> known = new TreeMap<>();
        for (JsonElement element : changed.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject();
            boolean begins =
                    !run.has("ckpt_path") && !run.getAsJsonObject("trainer").has("reuse_trainer");
            List<JsonElement> callbacks = run.getAsJsonArray("callbacks").asList();
            for (int i = 0; i < callbacks.size(); i++) {
                JsonObject callback = callbacks.get(i).getAsJsonObject();
                CaseConfig config = new CaseConfig(callback);
                String tag = config.text("tag").orElse("mc" + i);
                JsonObject original = config.text("reuse").map(known::get).orElse(callback);
                if (begins && callback.has("reuse")) {
                    JsonObject fresh = original.deepCopy();
                    fresh.addProperty("tag", tag);
                    callbacks.set(i, fresh);
                }
                known.put(tag, original);
            }
        }
        return changed;
    }

    private static List<TraceEvent> epochsThatRan(List<TraceEvent> trace) {
        List<TraceEvent> seen = new ArrayList<>();
        boolean epochEnded = false;
        boolean over = false;
        for (TraceEvent event : trace) {
            epochEnded |= event.hook().equals(TraceEvent.EPOCH_END);
            over |= epochEnded && event.hook().equals(TraceEvent.TRAIN_END);
            seen.add(over ? event.inEpoch(event.epoch() - 1) : event);
        }
        return seen;
    }

    private List<RunEnd> ends(List<RunCase.Replayed> runs) {
        List<RunEnd> ends = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            boolean failed = !json.getAsJsonArray("runs")
                    .get(i)
                    .getAsJsonObject()
                    .getAsJsonObject("expected")
                    .get("error")
                    .isJsonNull();
            Map<String, RunEnd.Retained> retained = new TreeMap<>();
            if (!failed) {
                runs.get(i).outcomes().forEach((tag, outcome) -> retained.put(tag, retained(outcome)));
            }
            ends.add(new RunEnd(failed, retained, runs.get(i).files()));
        }
        return ends;
    }

    private static RunEnd.Retained retained(Outcome outcome) {
        return new RunEnd.Retained(outcome.best(), outcome.bestScore(), outcome.last(), outcome.kept());
    }
}
