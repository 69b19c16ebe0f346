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

/** Compares a trainer's replay of a recorded case with Lightning and with the rules of {@link Difference}. */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public final class TrainerVerdict {
    private static final Set<Difference> ALL = EnumSet.allOf(Difference.class);

    /**
     * Positions from which Lightning omits the rest of an epoch, or counts it as complete although it was interrupted.
     */
    private static final Pattern INCOMPLETE =
            Pattern.compile(TraceEvent.BATCH_END + ", last batch|" + TraceEvent.EXCEPTION + "|end of epoch$");

    private final JsonObject json;

    /** A verdict on a case of the kind {@code run}. */
    public TrainerVerdict(JsonObject json) {
        this.json = json;
    }

    /** Judges runs by their results. */
    public Verdict of(List<RunEnd> actual) {
        if (!violations().isEmpty() || wouldShareFiles()) {
            return Verdict.failed("should have been refused before training");
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

    /** The number of runs before one that resumes in an epoch of which Lightning omits a part. */
    public int wholeRuns() {
        List<RunCase.Replayed> runs = new RunCase(json).recorded();
        int run = 0;
        while (run < runs.size() && !omitsPart(runs.get(run).source(), run)) {
            run++;
        }
        return run;
    }

    /** A trainer with a step limit resumes in the epoch that has ended. */
    private boolean omitsPart(String source, int run) {
        JsonObject trainer =
                json.getAsJsonArray("runs").get(run).getAsJsonObject().getAsJsonObject("trainer");
        return INCOMPLETE.matcher(source).find() || (trainer.has("max_steps") && source.contains("end of epoch"));
    }

    /** The number of runs that can be judged. By the rules, later runs resume from another checkpoint, or from none. */
    public int comparable() {
        return violations().isEmpty()
                ? RunCase.comparable(new RunCase(json).recorded(), replayed(ALL))
                : json.getAsJsonArray("runs").size();
    }

    /** The rules that change the results if they are removed, or if they are the only ones. */
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

    /** Whether two streams have the same template in the same directory. */
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
            seen = CompletedTrace.of(seen);
        }
        if (differences.contains(Difference.FRESH_RUNS_START_WITH_EMPTY_RETENTION_STATE)) {
            seen = withFreshCallbacks(seen);
        }
        UnaryOperator<List<TraceEvent>> view = differences.contains(Difference.FINAL_EPOCH_IS_NOT_INCREMENTED)
                ? TrainerVerdict::withoutFinalIncrement
                : UnaryOperator.identity();
        return new RunCase(seen, view).replay(Optional.of(differences));
    }

    /** The case with new callbacks wherever a fresh trainer reuses a callback. */
    private static JsonObject withFreshCallbacks(JsonObject json) {
        JsonObject changed = json.deepCopy();
        Map<String, JsonObject> known = new TreeMap<>();
        for (JsonElement element : changed.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject();
            boolean startsFresh =
                    !run.has("ckpt_path") && !run.getAsJsonObject("trainer").has("reuse_trainer");
            List<JsonElement> callbacks = run.getAsJsonArray("callbacks").asList();
            for (int i = 0; i < callbacks.size(); i++) {
                JsonObject callback = callbacks.get(i).getAsJsonObject();
                CaseConfig config = new CaseConfig(callback);
                String tag = config.text("tag").orElse("mc" + i);
                JsonObject original = config.text("reuse").map(known::get).orElse(callback);
                if (startsFresh && callback.has("reuse")) {
                    JsonObject fresh = original.deepCopy();
                    fresh.addProperty("tag", tag);
                    callbacks.set(i, fresh);
                }
                known.put(tag, original);
            }
        }
        return changed;
    }

    private static List<TraceEvent> withoutFinalIncrement(List<TraceEvent> trace) {
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
