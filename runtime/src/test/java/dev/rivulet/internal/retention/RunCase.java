package dev.rivulet.internal.retention;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.policy.PolicyViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Replays a recorded case of successive runs in one folder, hook by hook. */
final class RunCase {
    private final JsonObject json;
    private final UnaryOperator<List<TraceEvent>> view;

    RunCase(JsonObject json) {
        this(json, UnaryOperator.identity());
    }

    /**
     * A case.
     *
     * @param view transforms the trace that streams see
     */
    RunCase(JsonObject json, UnaryOperator<List<TraceEvent>> view) {
        this.json = json;
        this.view = view;
    }

    /**
     * The result of a run.
     *
     * @param source the position of the checkpoint from which the run resumed
     * @param refusal the position at which a metric was missing; empty if none was
     * @param actions operations at each hook
     * @param outcomes the retention state at the end
     * @param files the files at the end
     */
    record Replayed(
            String source,
            String refusal,
            List<List<Action>> actions,
            Map<String, Outcome> outcomes,
            List<String> files) {}

    Verdict verdict() {
        List<PolicyViolation> violations = violations();
        return violations.isEmpty() ? replayed() : TemplateDifferences.refusalBeforeTraining(fails(), violations);
    }

    /** The violations of the first stream whose policy is invalid. */
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

    /** Whether a run ended with an error in Lightning. */
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
            return Verdict.failed("the oracle does not behave like Lightning" + contrast(recorded, lightning));
        }
        Set<Difference> all = EnumSet.allOf(Difference.class);
        List<Replayed> intended = replay(Optional.of(all));
        int comparable = comparable(recorded, intended);
        if (!intended.subList(0, comparable).equals(rivulet.subList(0, comparable))) {
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

    /**
     * The number of runs that can be compared. By the rules, later runs resume from another checkpoint or from none, or
     * a metric is missing elsewhere, so that the number of hook calls differs.
     */
    static int comparable(List<Replayed> recorded, List<Replayed> intended) {
        int run = 0;
        while (run < recorded.size()
                && recorded.get(run).source().equals(intended.get(run).source())
                && recorded.get(run).refusal().equals(intended.get(run).refusal())) {
            run++;
        }
        return run;
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

    /** The runs as recorded from Lightning. */
    List<Replayed> recorded() {
        List<Replayed> runs = new ArrayList<>();
        Disk disk = new Disk(true);
        String stop = "";
        for (RecordedRun run : runs()) {
            String source = run.usesTrainerAgain() ? stop : disk.origin(run.resumedFrom());
            List<List<Action>> actions = new ArrayList<>();
            for (int i = 0; i < run.events().size(); i++) {
                actions.add(
                        removalsLast(disk.perform(run.actions(i), run.events().get(i))));
            }
            runs.add(new Replayed(source, run.refusal(), actions, run.outcomes(), disk.listing()));
            stop = run.stop();
            if (!run.files().equals(disk.listing())) {
                throw new IllegalStateException(
                        "The recorded trace leads to " + disk.listing() + ", not to the recorded files " + run.files());
            }
        }
        return runs;
    }

    /** Replays the streams of all runs: the real policy, or the oracle with differences. */
    List<Replayed> replay(Optional<Set<Difference>> oracle) {
        return new CaseReplay(oracle, view).replay(runs());
    }

    private List<RecordedRun> runs() {
        return json.getAsJsonArray("runs").asList().stream()
                .map(run -> new RecordedRun(run.getAsJsonObject()))
                .toList();
    }

    /** Parses a number; NaN and infinities are strings, because JSON does not have them. */
    static double number(JsonElement value) {
        return value.isJsonNull() ? Double.NaN : Double.parseDouble(value.getAsString());
    }

    /**
     * Ignores the order of deletions in a hook: Lightning deletes before it moves {@code last}, Rivulet after the
     * commit.
     */
    static List<Action> removalsLast(List<Action> actions) {
        List<Action> sorted = new ArrayList<>(actions);
        sorted.sort(Comparator.comparing((Action action) -> action.kind() == Action.Kind.REMOVE)
                .thenComparing(action -> action.kind() == Action.Kind.REMOVE ? action.file() : ""));
        return sorted;
    }
}
