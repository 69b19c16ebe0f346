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

    /**
     * What happened in a run.
     *
     * @param source the place at which the checkpoint was saved from which it went on
     * @param refusal the place at which a metric was missing; empty if none was
     * @param actions operations at each hook
     * @param outcomes books at its end
     * @param files those that are there at its end
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
     * How many runs can be compared: by the rules the others go on from another checkpoint, or from none, or a metric is missing
     * elsewhere, so that more or less hooks are called.
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

    /** The runs as Lightning ran them. */
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

    /** JSON has no NaN and no infinities: they are strings, which Java parses. */
    static double number(JsonElement value) {
        return value.isJsonNull() ? Double.NaN : Double.parseDouble(value.getAsString());
    }

    /** Lightning deletes before it moves {@code last}, Rivulet after the commit: within a hook the order is not compared. */
    static List<Action> removalsLast(List<Action> actions) {
        List<Action> sorted = new ArrayList<>(actions);
        sorted.sort(Comparator.comparing((Action action) -> action.kind() == Action.Kind.REMOVE)
                .thenComparing(action -> action.kind() == Action.Kind.REMOVE ? action.file() : ""));
        return sorted;
    }
}
