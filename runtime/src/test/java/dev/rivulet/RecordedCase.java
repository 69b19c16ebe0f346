package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.fixture.Points;
import dev.rivulet.internal.retention.CaseConfig;
import dev.rivulet.internal.retention.Difference;
import dev.rivulet.internal.retention.RunEnd;
import dev.rivulet.internal.retention.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A recorded case of successive runs in one folder, replayed by real training. Each recorded callback is a stream, the
 * first one the original.
 */
final class RecordedCase {
    private static final List<String> STREAMS = List.of("original", "second", "third", "fourth", "another");

    private final JsonObject json;
    private final Path root;
    private final RecordedFolder folder;
    private Verdict resumeVerdict = Verdict.same();

    /**
     * A case.
     *
     * @param root an empty folder for its runs
     */
    RecordedCase(JsonObject json, Path root) {
        this.json = json;
        this.root = root;
        this.folder = new RecordedFolder(root);
    }

    /** Thrown when a run is refused before training starts. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final IllegalArgumentException refusal;

        RefusedException(IllegalArgumentException refusal) {
            super(refusal);
            this.refusal = refusal;
        }

        IllegalArgumentException refusal() {
            return refusal;
        }
    }

    /** A setting of the case that the trainer does not have; empty if the case can be replayed. */
    Optional<String> missing() {
        return runs().stream()
                .flatMap(run -> RecordedTrainer.unknownSetting(settings(run)).stream())
                .findFirst()
                .map(name -> "needs " + name);
    }

    /**
     * Trains the first runs, one after the other.
     *
     * @param whole number of runs before one that resumes in an epoch of which Lightning skips a part; from there on,
     *     files may differ
     * @throws RefusedException if a run is refused before it starts
     */
    List<RunEnd> replay(int count, int whole) throws IOException, RefusedException {
        List<RunEnd> ends = new ArrayList<>();
        for (CaseConfig run : runs().subList(0, count)) {
            folder.expect(callbacks(run));
            Optional<Path> source = source(run);
            if (ends.size() > whole && source.filter(Files::notExists).isPresent()) {
                return ends;
            }
            ends.add(replay(run, ends.size() == whole ? source : Optional.empty()));
        }
        return ends;
    }

    /** The file from which Lightning resumed. */
    private Optional<Path> source(CaseConfig run) {
        return new CaseConfig(run.json().getAsJsonObject("expected"))
                .text("resolved_ckpt_path")
                .or(() -> run.text("ckpt_path").filter(path -> !path.matches("last|best")))
                .map(folder::file);
    }

    /** Whether {@code "last"} named the same files as in Lightning, in the replayed runs. */
    Verdict resumeVerdict() {
        return resumeVerdict;
    }

    private RunEnd replay(CaseConfig run, Optional<Path> unfinished) throws IOException, RefusedException {
        AtomicLong clock = new AtomicLong();
        ResumeFrom from = from(run);
        int epoch =
                unfinished.isPresent() ? Checkpoints.describe(unfinished.get()).epoch() : -1;
        try (RecordedModule module = new RecordedModule(run, clock)) {
            try {
                FitResult result = fit(run, module, clock, from);
                if (unfinished.isPresent() && !module.startedIn(epoch)) {
                    resumeVerdict = resumeVerdict.and(Verdict.failed("skipped a part of epoch " + epoch));
                }
                return new RunEnd(false, retained(run, result), folder.listing());
            } catch (NotResumableException refusal) {
                if (!run.failsToResume()) {
                    throw refusal;
                }
                return new RunEnd(true, Map.of(), folder.listing());
            } catch (IllegalArgumentException refusal) {
                if (module.hasStarted() || !folder.listing().isEmpty()) {
                    throw refusal;
                }
                throw new RefusedException(refusal);
            } catch (IllegalStateException failure) {
                if (!isRecorded(run, failure)) {
                    throw failure;
                }
                return new RunEnd(true, Map.of(), folder.listing());
            }
        }
    }

    private FitResult fit(CaseConfig run, RecordedModule module, AtomicLong clock, ResumeFrom from) {
        CaseConfig settings = settings(run);
        Trainer.Builder builder = RecordedTrainer.builder(settings)
                .defaultRootDir(root)
                .clock(clock::get)
                .enableProgressBar(false)
                .callbacks(module.sanityChecks());
        builder.stream(STREAMS.get(0), policy -> policy.everyNEpochs(0).saveTopK(0));
        List<CaseConfig> callbacks = callbacks(run);
        for (int i = 0; i < callbacks.size(); i++) {
            CaseConfig callback = callbacks.get(i);
            builder.stream(STREAMS.get(i), policy -> callback.policyInDirectory());
        }
        int validationBatches = RecordedTrainer.validationBatches(settings);
        try (NDManager manager = NDManager.newBaseManager()) {
            Trainer trainer = builder.build();
            ArrayDataset train = Points.of(manager, RecordedTrainer.trainBatches(settings), 1);
            return validationBatches == 0
                    ? trainer.fit(module, train, from)
                    : trainer.fit(module, train, Points.of(manager, validationBatches, 1), from);
        }
    }

    /** A reused trainer resumes at its last position, which is the last checkpoint. */
    private ResumeFrom from(CaseConfig run) throws IOException {
        if (settings(run).get("reuse_trainer").isPresent()) {
            return resumeFrom("last");
        }
        Optional<String> path = run.text("ckpt_path");
        if (path.equals(Optional.of("last"))) {
            return fromLast(run);
        }
        return path.map(given -> given.equals("best") ? resumeFrom(given) : resumeFrom(folder.file(given)))
                .orElseGet(ResumeFrom::nothing);
    }

    /**
     * Resumes from the file that Lightning calls last, so that the rest can be compared even if the trainer's differs.
     */
    private ResumeFrom fromLast(CaseConfig run) throws IOException {
        Optional<Path> lightnings = source(run);
        LastFile last = new LastFile(root, RecordedTrainer.trainBatches(settings(run)));
        Optional<Path> found = last.file();
        if (!last.isNewest(found, weightsOnly(run))) {
            resumeVerdict = resumeVerdict.and(Verdict.failed("\"last\" is " + found));
        }
        if (found.isPresent() && lightnings.isPresent() && Files.isSameFile(found.get(), lightnings.get())) {
            return resumeFrom("last");
        }
        if (found.isPresent() || lightnings.isEmpty()) {
            resumeVerdict = resumeVerdict.and(Verdict.different(
                    found.isPresent()
                            ? Difference.LAST_IS_READ_FROM_MANIFESTS
                            : Difference.MISSING_CHECKPOINT_IS_REFUSED));
        }
        return lightnings.map(ResumeFrom::resumeFrom).orElseGet(ResumeFrom::nothing);
    }

    private static Set<String> weightsOnly(CaseConfig run) {
        List<CaseConfig> callbacks = callbacks(run);
        return IntStream.range(0, callbacks.size())
                .filter(i -> callbacks.get(i).policy().build().content().saveWeightsOnly())
                .mapToObj(STREAMS::get)
                .collect(Collectors.toSet());
    }

    /** Whether a failure is the one that ended the recorded run. */
    private static boolean isRecorded(CaseConfig run, IllegalStateException failure) {
        Optional<String> recorded = new CaseConfig(run.json().getAsJsonObject("expected")).text("error");
        return recorded.filter(error -> error.contains(RecordedModule.EXCEPTION)
                        ? RecordedModule.EXCEPTION.equals(failure.getMessage())
                        : failure instanceof MissingMetricException)
                .isPresent();
    }

    private Map<String, RunEnd.Retained> retained(CaseConfig run, FitResult result) {
        Map<String, RunEnd.Retained> retained = new TreeMap<>();
        List<CaseConfig> callbacks = callbacks(run);
        for (int i = 0; i < callbacks.size(); i++) {
            // A dry run has no streams.
            Optional<StreamResult> stream = Optional.ofNullable(result.streams().get(STREAMS.get(i)));
            boolean monitored = callbacks.get(i).text("monitor").isPresent();
            retained.put(
                    callbacks.get(i).text("tag").orElse("mc" + i),
                    stream.map(kept -> retained(kept, monitored))
                            .orElse(new RunEnd.Retained("", Double.NaN, "", Map.of())));
        }
        return retained;
    }

    private RunEnd.Retained retained(StreamResult stream, boolean monitored) {
        Map<String, Double> scores = new HashMap<>();
        if (monitored) {
            stream.kept()
                    .forEach(kept ->
                            scores.put(folder.name(kept.path()), kept.score().orElseThrow()));
        }
        return new RunEnd.Retained(
                stream.kept().isEmpty() ? "" : folder.name(stream.bestModelPath()),
                stream.kept().isEmpty() ? Double.NaN : stream.bestModelScore().orElse(Double.NaN),
                stream.last().map(folder::name).orElse(""),
                scores);
    }

    /** The runs, each with all settings, including those reused from the previous run. */
    private List<CaseConfig> runs() {
        List<CaseConfig> runs = new ArrayList<>();
        Map<String, JsonObject> known = new HashMap<>();
        for (JsonElement element : json.getAsJsonArray("runs")) {
            JsonObject run = element.getAsJsonObject().deepCopy();
            JsonArray callbacks = new JsonArray();
            for (JsonElement callback : run.getAsJsonArray("callbacks")) {
                callbacks.add(withReused(callback.getAsJsonObject(), "mc" + callbacks.size(), known));
            }
            run.add("callbacks", callbacks);
            if (run.getAsJsonObject("trainer").has("reuse_trainer")) {
                CaseConfig before = runs.get(runs.size() - 1);
                run.add(
                        "trainer",
                        withDefaults(
                                run.getAsJsonObject("trainer"), settings(before).json()));
            }
            runs.add(new CaseConfig(run));
        }
        return runs;
    }

    private static JsonObject withReused(JsonObject callback, String defaultTag, Map<String, JsonObject> known) {
        CaseConfig given = new CaseConfig(callback);
        JsonObject config = given.text("reuse")
                .map(reused -> withDefaults(callback, known.getOrDefault(reused, new JsonObject())))
                .orElse(callback);
        known.put(given.text("tag").orElse(defaultTag), config);
        return config;
    }

    private static JsonObject withDefaults(JsonObject settings, JsonObject defaults) {
        JsonObject all = defaults.deepCopy();
        settings.entrySet().forEach(setting -> all.add(setting.getKey(), setting.getValue()));
        return all;
    }

    private static List<CaseConfig> callbacks(CaseConfig run) {
        return run.json().getAsJsonArray("callbacks").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(CaseConfig::new)
                .toList();
    }

    private static CaseConfig settings(CaseConfig run) {
        return new CaseConfig(run.json().getAsJsonObject("trainer"));
    }
}
