package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.FitResult.StreamResult;
import dev.rivulet.stream.CaseConfig;
import dev.rivulet.stream.MissingMetricException;
import dev.rivulet.stream.RunEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A recorded case of successive runs in one folder, trained for real. Each recorded callback is a stream, the first one
 * the original.
 */
final class RecordedCase {
    private static final List<String> STREAMS = List.of("original", "second", "third", "fourth", "another");

    private final JsonObject json;
    private final Path root;
    private final RecordedFolder folder;

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

    /** Thrown where a run was refused before training began. */
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

    /** What the case takes that the trainer does not have; empty if it can be replayed. */
    Optional<String> missing() {
        for (CaseConfig run : runs()) {
            CaseConfig settings = settings(run);
            // A trainer that is used again goes on where it was, and a callback with the books that it had.
            boolean resumes = run.get("ckpt_path").isPresent()
                    || settings.get("reuse_trainer").isPresent()
                    || callbacks(run).stream()
                            .anyMatch(callback -> callback.get("reuse").isPresent());
            if (resumes) {
                return Optional.of("needs resume");
            }
            Optional<String> setting = RecordedTrainer.unknownSetting(settings);
            if (setting.isPresent()) {
                return setting.map(name -> "needs " + name);
            }
        }
        return Optional.empty();
    }

    /**
     * Trains all runs, one after the other.
     *
     * @throws RefusedException if a run is refused before it begins
     */
    List<RunEnd> replay() throws IOException, RefusedException {
        List<RunEnd> ends = new ArrayList<>();
        for (CaseConfig run : runs()) {
            folder.expect(callbacks(run));
            ends.add(replay(run));
        }
        return ends;
    }

    private RunEnd replay(CaseConfig run) throws IOException, RefusedException {
        AtomicLong clock = new AtomicLong();
        try (RecordedModule module = new RecordedModule(run, clock)) {
            try {
                FitResult result = fit(run, module, clock);
                return new RunEnd(false, books(run, result), folder.listing());
            } catch (IllegalArgumentException refusal) {
                if (module.hasBegun() || !folder.listing().isEmpty()) {
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

    private FitResult fit(CaseConfig run, RecordedModule module, AtomicLong clock) {
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
                    ? trainer.fit(module, train)
                    : trainer.fit(module, train, Points.of(manager, validationBatches, 1));
        }
    }

    /** Whether an error is the one that ended the recorded run. */
    private static boolean isRecorded(CaseConfig run, IllegalStateException failure) {
        Optional<String> recorded = new CaseConfig(run.json().getAsJsonObject("expected")).text("error");
        return recorded.filter(error -> error.contains(RecordedModule.EXCEPTION)
                        ? RecordedModule.EXCEPTION.equals(failure.getMessage())
                        : failure instanceof MissingMetricException)
                .isPresent();
    }

    private Map<String, RunEnd.Books> books(CaseConfig run, FitResult result) {
        Map<String, RunEnd.Books> books = new TreeMap<>();
        List<CaseConfig> callbacks = callbacks(run);
        for (int i = 0; i < callbacks.size(); i++) {
            // A trial run has no streams.
            Optional<StreamResult> stream = Optional.ofNullable(result.streams().get(STREAMS.get(i)));
            boolean monitored = callbacks.get(i).text("monitor").isPresent();
            books.put(
                    callbacks.get(i).text("tag").orElse("mc" + i),
                    stream.map(kept -> books(kept, monitored)).orElse(new RunEnd.Books("", Double.NaN, "", Map.of())));
        }
        return books;
    }

    private RunEnd.Books books(StreamResult stream, boolean monitored) {
        Map<String, Double> scores = new HashMap<>();
        if (monitored) {
            stream.kept()
                    .forEach(kept ->
                            scores.put(folder.name(kept.path()), kept.score().orElseThrow()));
        }
        return new RunEnd.Books(
                stream.kept().isEmpty() ? "" : folder.name(stream.bestModelPath()),
                stream.kept().isEmpty() ? Double.NaN : stream.bestModelScore().orElse(Double.NaN),
                stream.last().map(folder::name).orElse(""),
                scores);
    }

    private List<CaseConfig> runs() {
        return json.getAsJsonArray("runs").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(CaseConfig::new)
                .toList();
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
