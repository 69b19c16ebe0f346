package dev.rivulet.internal.retention;

import com.google.gson.JsonElement;
import dev.rivulet.checkpoint.MissingMetricException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Replays the streams of successive runs in one folder: the real policies, or the oracle with differences. */
final class CaseReplay {
    private final Optional<Set<Difference>> oracle;
    private final UnaryOperator<List<TraceEvent>> view;
    private final Disk disk;

    /** Settings and streams by tag, from the last run that used the tag. */
    private final Map<String, CaseConfig> configs = new HashMap<>();

    private final Map<String, StreamReplay> streams = new HashMap<>();

    /** The latest streams of a chain of resumed runs, by each file that one of the runs saved. */
    private final Map<String, Map<String, StreamReplay>> lineages = new HashMap<>();

    private Map<String, StreamReplay> lineage = new HashMap<>();
    private String stop = "";
    private String newest = "";

    /**
     * A replay that has not started.
     *
     * @param oracle the differences of the oracle; empty for the real policies
     * @param view transforms the trace that streams see
     */
    CaseReplay(Optional<Set<Difference>> oracle, UnaryOperator<List<TraceEvent>> view) {
        this.oracle = oracle;
        this.view = view;
        this.disk = new Disk(!differs(Difference.DANGLING_LINKS_ARE_DELETED));
    }

    /** Whether a rule applies; for the real policies, all do. */
    private boolean differs(Difference difference) {
        return oracle.map(differences -> differences.contains(difference)).orElse(true);
    }

    List<RunCase.Replayed> replay(List<RecordedRun> runs) {
        return runs.stream().map(this::replay).toList();
    }

    private RunCase.Replayed replay(RecordedRun run) {
        String source = source(run);
        if (!run.usesTrainerAgain()) {
            lineage = lineages.getOrDefault(run.resumedFrom(), new HashMap<>());
        }
        Map<String, StreamReplay> asked = streams(run);
        List<TraceEvent> events = events(run);
        boolean refused = run.isRefused() && differs(Difference.REFUSED_RUNS_SAVE_NOTHING);
        List<List<Action>> actions = new ArrayList<>();
        String refusal = "";
        for (int i = 0; i < events.size(); i++) {
            StreamReplay stream = Objects.requireNonNull(asked.get(run.tag(i)), run.tag(i));
            List<Action> decided = List.of();
            try {
                decided = refused ? decided : stream.hook(events.get(i));
            } catch (MissingMetricException missing) {
                refusal = refusal.isEmpty() ? events.get(i).position() : refusal;
            }
            notifyOthers(asked, stream, decided);
            actions.add(RunCase.removalsLast(disk.perform(decided, events.get(i))));
            note(stream, decided);
        }
        Map<String, Outcome> outcomes = new TreeMap<>();
        asked.forEach((tag, stream) -> outcomes.put(tag, stream.outcome()));
        stop = run.stop();
        lineage.putAll(asked);
        streams.putAll(asked);
        return new RunCase.Replayed(source, refusal, actions, outcomes, disk.listing());
    }

    /** The position from which a run resumes. */
    private String source(RecordedRun run) {
        if (run.usesTrainerAgain()) {
            return differs(Difference.TRAINERS_HOLD_NO_STATE) ? newest : stop;
        }
        return disk.origin(run.resumedFrom());
    }

    private List<TraceEvent> events(RecordedRun run) {
        Map<String, Double> known =
                differs(Difference.METRICS_ARE_RESTORED) ? disk.metrics(run.resumedFrom()) : Map.of();
        return view.apply(run.events()).stream()
                .map(event -> event.sanityChecking() ? event : event.knowing(known))
                .toList();
    }

    private static void notifyOthers(Map<String, StreamReplay> asked, StreamReplay stream, List<Action> decided) {
        for (StreamReplay other : asked.values()) {
            if (!other.equals(stream) && other instanceof LightningOracle callback) {
                decided.forEach(callback::observe);
            }
        }
    }

    private void note(StreamReplay stream, List<Action> decided) {
        for (Action action : decided) {
            lineages.put(action.file(), lineage);
            if (action.kind() == Action.Kind.SAVE && stream.isResumable()) {
                newest = disk.origin(action.file());
            }
        }
    }

    private Map<String, StreamReplay> streams(RecordedRun run) {
        Map<String, StreamReplay> asked = new LinkedHashMap<>();
        boolean inMemory = run.resumedFrom().isEmpty() || !differs(Difference.RETENTION_STATE_IS_ALWAYS_CURRENT);
        for (JsonElement element : run.json().getAsJsonArray("callbacks")) {
            CaseConfig given = new CaseConfig(element.getAsJsonObject());
            String tag = given.text("tag").orElse("mc" + asked.size());
            Optional<StreamReplay> reused = given.text("reuse").map(streams::get);
            CaseConfig config = given.text("reuse").map(configs::get).orElse(given);
            configs.put(tag, config);
            if (reused.isPresent() && inMemory) {
                if (reused.get() instanceof LightningOracle callback) {
                    callback.load(run.resumedFrom());
                }
                asked.put(tag, reused.get());
            } else {
                Optional<StreamReplay> before = reused.or(() -> Optional.ofNullable(lineage.get(tag)));
                asked.put(tag, oracle.isPresent() ? oracle(config, run, before) : policy(config, run, before));
            }
        }
        return asked;
    }

    private StreamReplay oracle(CaseConfig config, RecordedRun run, Optional<StreamReplay> before) {
        return new LightningOracle(
                config.directory(),
                config.extension(),
                config.policy().build(),
                disk,
                oracle.orElseThrow(),
                run.resumedFrom(),
                run.firstStep(),
                before.map(LightningOracle.class::cast).stream().toList());
    }

    private StreamReplay policy(CaseConfig config, RecordedRun run, Optional<StreamReplay> before) {
        String directory = config.directory() + "/";
        RetentionSnapshot.Restored restored = RetentionSnapshot.Restored.NOTHING;
        if (!run.resumedFrom().isEmpty()) {
            RetentionSnapshot retained = before.map(PolicyReplay.class::cast)
                    .filter(stream -> stream.directory().equals(config.directory()))
                    .map(PolicyReplay::retained)
                    .orElse(RetentionSnapshot.EMPTY);
            Optional<String> local = Optional.of(run.resumedFrom())
                    .filter(file -> file.startsWith(directory))
                    .map(file -> file.substring(directory.length()));
            restored = new RetentionSnapshot.Restored(retained, run.firstStep(), local);
        }
        return new PolicyReplay(
                config.directory(), config.extension(), config.policy().build(), disk, restored);
    }
}
