package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.annotations.Mode;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.SteadyModule;
import dev.rivulet.internal.retention.CaseConfig;
import dev.rivulet.internal.retention.Difference;
import dev.rivulet.internal.retention.Verdict;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A recorded case of the checkpoint from which Lightning resumes. */
final class ResumeCase {
    private static final String CKPT = ".ckpt";

    private final JsonObject json;
    private final Path root;
    private final Path checkpoints;
    private final Set<String> metrics = new TreeSet<>(Set.of("v"));

    /**
     * A case.
     *
     * @param root an empty folder for its runs
     */
    ResumeCase(JsonObject json, Path root) {
        this.json = json;
        this.root = root;
        this.checkpoints = root.resolve("checkpoints");
    }

    Verdict verdict() throws IOException {
        return switch (json.get("kind").getAsString()) {
            case "find_last" -> findLast();
            case "hpc" -> highestNumber();
            case "to_yaml" -> export();
            default ->
                switch (json.get("ckpt_path").getAsString()) {
                    case "best" -> best();
                    case "last" -> newestFile();
                    default -> path();
                };
        };
    }

    /** Finds files that runs wrote, whatever their names, and ignores other files of the recorded names. */
    private Verdict findLast() throws IOException {
        List<String> names = names("folder");
        create(names);
        if (!isRefused("last") || !names.equals(listed(names))) {
            return Verdict.failed("used or changed a file that it does not own");
        }
        String extension = json.getAsJsonObject("config").get("FILE_EXTENSION").getAsString();
        List<String> candidates = names.stream()
                .filter(name -> name.endsWith(extension) && !name.contains("{"))
                .map(name -> name.substring(0, name.length() - extension.length()))
                .toList();
        for (String name : names) {
            Files.delete(checkpoints.resolve(name));
        }
        for (int i = 0; i < candidates.size(); i++) {
            String name = candidates.get(i);
            fit(
                    everyStep(i + 1).stream(
                            "original",
                            policy -> policy.filename(name).saveTopK(-1).everyNTrainSteps(1)),
                    resumeFrom("auto"));
            Files.setLastModifiedTime(checkpoints.resolve(name + CKPT), FileTime.from(Instant.ofEpochSecond(100 - i)));
        }
        if (candidates.isEmpty()) {
            return names("expected").isEmpty() ? Verdict.same() : Verdict.failed("nothing was found");
        }
        Path newest = checkpoints.resolve(candidates.get(candidates.size() - 1) + CKPT);
        Path found = fit(everyStep(candidates.size()), resumeFrom("last"))
                .resumedFrom()
                .orElseThrow();
        if (!Files.isSameFile(found, newest)) {
            return Verdict.failed("found " + found);
        }
        boolean sameFile = candidates.size() == 1 && names("expected").equals(List.of(candidates.get(0) + extension));
        return sameFile ? Verdict.same() : Verdict.different(Difference.LAST_IS_READ_FROM_MANIFESTS);
    }

    /** Finds the newest checkpoint of all streams although another file was modified later. */
    private Verdict newestFile() throws IOException {
        fit(everyStep(2).stream("second", policy -> policy.filename("last").everyNTrainSteps(1)), ResumeFrom.nothing());
        fit(
                everyStep(3).stream(
                        "original", policy -> policy.filename("newest").everyNTrainSteps(1)),
                resumeFrom("auto"));
        Files.setLastModifiedTime(checkpoints.resolve("newest" + CKPT), FileTime.from(Instant.EPOCH));
        Path found = fit(everyStep(3), resumeFrom("last")).resumedFrom().orElseThrow();
        return Files.isSameFile(found, checkpoints.resolve("newest" + CKPT))
                ? Verdict.different(Difference.LAST_IS_READ_FROM_MANIFESTS)
                : Verdict.failed("found " + found);
    }

    private Verdict highestNumber() throws IOException {
        List<String> names = names("folder");
        create(names);
        boolean found = !isRefused("last") || !isRefused("hpc");
        // It does not start fresh alongside files that it cannot read.
        boolean asks = isRefused("auto")
                && fit(everyStep(1), ResumeFrom.nothing()).resumedFrom().isEmpty();
        boolean resumes = fit(everyStep(2), resumeFrom("auto")).resumedFrom().isPresent();
        return !found && asks && resumes && names.equals(listed(names))
                ? Verdict.different(Difference.AUTO_REPLACES_HPC)
                : Verdict.failed("found a file that it does not own, or none");
    }

    /** The newest manifest has the scores of the result. */
    private Verdict export() throws IOException {
        FitResult result = fit(
                everyStep(3).stream(
                        "original",
                        policy -> policy.monitor("train_loss").saveTopK(2).everyNTrainSteps(1)),
                ResumeFrom.nothing());
        Catalog catalog = Catalog.read(checkpoints);
        Manifest newest = catalog.newest().orElseThrow();
        List<OptionalDouble> scores = new ArrayList<>();
        for (long group : Objects.requireNonNull(newest.retained().get("original"), "original")
                .kept()
                .topK()
                .numbers()) {
            scores.add(catalog.checkpoint("original", group).orElseThrow().score());
        }
        List<OptionalDouble> kept = result.stream("original").kept().stream()
                .map(SavedCheckpoint::score)
                .toList();
        return kept.size() == 2 && scores.size() == 2 && scores.containsAll(kept)
                ? Verdict.different(Difference.RETENTION_STATE_IS_IN_MANIFESTS)
                : Verdict.failed("manifest " + scores + ", result " + kept);
    }

    private Verdict path() throws IOException {
        return isRefused(json.get("ckpt_path").getAsString())
                        && json.getAsJsonObject("expected").has("error")
                ? Verdict.same()
                : Verdict.failed("found");
    }

    /**
     * The best checkpoint belongs to the first stream with a monitor. Modes alternate, so that streams differ in their
     * best step.
     */
    private Verdict best() throws IOException {
        JsonElement config = json.get("config");
        List<CaseConfig> streams = config.isJsonArray()
                ? config.getAsJsonArray().asList().stream()
                        .map(each -> new CaseConfig(each.getAsJsonObject()))
                        .toList()
                : List.of(new CaseConfig(config.getAsJsonObject()));
        boolean saves = new CaseConfig(streams.get(0).json())
                .get("enable_checkpointing")
                .map(JsonElement::getAsBoolean)
                .orElse(true);
        CaseConfig settings = new CaseConfig(streams.get(0).json());
        Trainer.Builder builder = everyStep(3).enableCheckpointing(saves);
        if (settings.text("fast_dev_run")
                .filter(batches -> !batches.matches("0|false"))
                .isPresent()) {
            builder.fastDevRun(true);
        }
        streams.forEach(stream -> stream.text("monitor").ifPresent(metrics::add));
        List<String> names = List.of("original", "second", "third");
        for (int i = 0; i < streams.size(); i++) {
            CaseConfig stream = streams.get(i);
            Mode mode = i % 2 == 0 ? Mode.MAX : Mode.MIN;
            String name = names.get(i);
            builder.stream(
                    name,
                    policy -> stream.policy()
                            .filename(name + "-{step}")
                            .mode(mode)
                            .everyNTrainSteps(1));
        }
        FitResult saved = fit(builder, ResumeFrom.nothing());
        Optional<Path> found;
        try {
            found = fit(builder, resumeFrom("best")).resumedFrom();
        } catch (NotResumableException none) {
            return json.getAsJsonObject("expected").has("error")
                    ? Verdict.same()
                    : Verdict.failed("found none: " + none.getMessage());
        }
        int first = IntStream.range(0, streams.size())
                .filter(i -> streams.get(i).text("monitor").isPresent())
                .findFirst()
                .orElse(0);
        String best =
                saved.stream(names.get(first)).bestModelPath().getFileName().toString();
        if (!found.map(Path::getFileName).map(Path::toString).equals(Optional.of(best))) {
            return Verdict.failed("found " + found);
        }
        if (first > 0) {
            return Verdict.different(Difference.BEST_COMES_FROM_A_MONITORED_STREAM);
        }
        return json.getAsJsonObject("expected").has("path") ? Verdict.same() : Verdict.failed("found " + found);
    }

    private boolean isRefused(String what) {
        try {
            fit(everyStep(1), resumeFrom(what));
            return false;
        } catch (NotResumableException refused) {
            return true;
        }
    }

    private Trainer.Builder everyStep(int maxSteps) {
        return Trainer.builder().maxSteps(maxSteps).defaultRootDir(root).enableProgressBar(false).stream(
                "original", policy -> policy.everyNTrainSteps(1));
    }

    /** Fits a model that logs the step as each metric of the case. */
    private FitResult fit(Trainer.Builder builder, ResumeFrom from) {
        try (NDManager manager = NDManager.newBaseManager();
                SteadyModule module = new SteadyModule() {
                    @Override
                    protected ai.djl.ndarray.NDArray trainingStep(ai.djl.training.dataset.Batch batch, int index) {
                        metrics.forEach(metric -> log(metric, (double) globalStep()));
                        return super.trainingStep(batch, index);
                    }
                }) {
            return builder.build().fit(module, Points.of(manager, 8, 1), from);
        }
    }

    private void create(List<String> names) throws IOException {
        Files.createDirectories(checkpoints);
        for (String name : names) {
            Files.createFile(checkpoints.resolve(name));
        }
    }

    /** The files that still exist and are still empty. */
    private List<String> listed(List<String> names) throws IOException {
        List<String> listed = new ArrayList<>();
        for (String name : names) {
            if (Files.exists(checkpoints.resolve(name)) && Files.size(checkpoints.resolve(name)) == 0) {
                listed.add(name);
            }
        }
        return listed;
    }

    private List<String> names(String member) {
        return json.getAsJsonArray(member).asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }
}
