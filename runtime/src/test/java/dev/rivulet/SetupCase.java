package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.retention.CaseConfig;
import dev.rivulet.internal.retention.Difference;
import dev.rivulet.internal.retention.Verdict;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A recorded case of Lightning's {@code ModelCheckpoint} that is not a run: several callbacks, directories, links,
 * contents of a file.
 */
final class SetupCase {
    private static final List<String> STREAMS = List.of("original", "second", "third", "fourth", "another");

    private SetupCase() {}

    /**
     * Replays a case.
     *
     * @param folder an empty folder
     */
    static Verdict judge(JsonObject testCase, Path folder) throws IOException {
        return switch (testCase.get("kind").getAsString()) {
            case "state_key" -> stateKey(testCase, folder);
            case "trainer_construct" ->
                testCase.get("config").isJsonArray()
                        ? severalCallbacks(testCase, folder)
                        : checkpointingSwitch(testCase, folder);
            case "dirpath" -> dirpath(testCase, folder);
            case "setup_error" -> setupError(testCase, folder);
            case "link" -> links(testCase, folder);
            case "callback_order" -> callbackOrder(testCase, folder);
            case "state_in_file" -> stateInFile(folder);
            case "ckpt_path", "find_last", "hpc", "to_yaml" -> new ResumeCase(testCase, folder).verdict();
            default -> Verdict.failed("an unknown kind of case");
        };
    }

    /**
     * Lightning identifies a callback by a string of some of its parameters; Rivulet identifies a stream by its name.
     */
    private static Verdict stateKey(JsonObject testCase, Path folder) throws IOException {
        CaseConfig config = new CaseConfig(testCase.getAsJsonObject("config"));
        FitResult result = fit(
                Trainer.builder().stream(
                        STREAMS.get(0), policy -> ownNames(config).dirpath("a"))
                        .stream(STREAMS.get(1), policy -> ownNames(config).dirpath("b")),
                folder);
        return result.streams().keySet().equals(Set.of(STREAMS.get(0), STREAMS.get(1)))
                ? Verdict.different(Difference.STREAMS_ARE_IDENTIFIED_BY_NAME)
                : Verdict.failed("streams " + result.streams().keySet());
    }

    /**
     * Lightning refuses callbacks with equal parameters, wherever they save; Rivulet accepts streams with any
     * parameters.
     */
    private static Verdict severalCallbacks(JsonObject testCase, Path folder) throws IOException {
        Trainer.Builder builder = Trainer.builder();
        List<JsonElement> configs = testCase.getAsJsonArray("config").asList();
        for (int i = 0; i < configs.size(); i++) {
            CaseConfig config = new CaseConfig(configs.get(i).getAsJsonObject());
            String directoryName = config.text("dirpath").orElse("").replace("/", "");
            // The monitored metrics of the case are placeholders that are never logged.
            builder.stream(STREAMS.get(i), policy -> ownNames(config).dirpath(directoryName));
        }
        boolean accepted;
        try {
            accepted = fit(builder, folder).streams().size() == configs.size();
        } catch (IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage()).contains("would write the same files")
                            && files(folder).isEmpty()
                    ? Verdict.different(Difference.STREAMS_OWN_THEIR_FILES)
                    : Verdict.failed(refused.toString());
        }
        if (!accepted) {
            return Verdict.failed("a stream is missing");
        }
        return testCase.getAsJsonObject("expected").get("ok").getAsBoolean()
                ? Verdict.same()
                : Verdict.different(Difference.STREAMS_ARE_IDENTIFIED_BY_NAME);
    }

    /**
     * Lightning refuses a callback if the trainer must not save; in Rivulet the trainer's setting wins, because a
     * module declares its streams independently of the trainer.
     */
    private static Verdict checkpointingSwitch(JsonObject testCase, Path folder) throws IOException {
        JsonObject config = testCase.getAsJsonObject("config");
        boolean saves = config.get("enable_checkpointing").getAsBoolean();
        Trainer.Builder builder = Trainer.builder().enableCheckpointing(saves);
        if (!config.getAsJsonArray("callbacks").isEmpty()) {
            builder.stream("original", policy -> policy.saveLast(SaveLast.COPY));
        }
        int streams = fit(builder, folder).streams().size();
        JsonObject expected = testCase.getAsJsonObject("expected");
        if (expected.get("ok").getAsBoolean()) {
            return equal(expected.get("n_model_checkpoints").getAsInt(), streams);
        }
        return !saves && files(folder).isEmpty()
                ? Verdict.different(Difference.TRAINER_CAN_DISABLE_SAVING)
                : Verdict.failed("saved " + files(folder));
    }

    /**
     * Lightning accepts any directory and expands {@code ~}; Rivulet takes names literally, inside the run's directory,
     * and refuses names that may lead outside.
     */
    private static Verdict dirpath(JsonObject testCase, Path folder) throws IOException {
        if (testCase.has("logger") && !testCase.get("logger").isJsonNull()) {
            return loggersDirectory(testCase, folder);
        }
        CaseConfig config = new CaseConfig(testCase.getAsJsonObject("config"));
        String dirpath = config.text("dirpath").orElse("");
        try {
            fit(Trainer.builder().stream("original", policy -> ownNames(config).dirpath(dirpath)), folder);
        } catch (IllegalArgumentException refused) {
            boolean mayLeadOutside =
                    Stream.of(dirpath.split("/", -1)).anyMatch(name -> name.matches("\\.*|[A-Za-z]:.*"));
            return mayLeadOutside && files(folder).isEmpty()
                    ? Verdict.different(Difference.DIRECTORIES_STAY_INSIDE_THE_RUN)
                    : Verdict.failed(refused.toString());
        }
        String file = "checkpoints/" + (dirpath.isEmpty() ? "" : dirpath + "/") + "original-epoch=0-step=4.ckpt";
        if (!files(folder).equals(List.of(file))) {
            return Verdict.failed("files " + files(folder));
        }
        return dirpath.isEmpty() ? Verdict.same() : Verdict.different(Difference.DIRECTORIES_STAY_INSIDE_THE_RUN);
    }

    /** Lightning's logger names the directory; in Rivulet the user names it. */
    private static Verdict loggersDirectory(JsonObject testCase, Path folder) throws IOException {
        String expected = testCase.get("expected").getAsString().replaceFirst("^<(root|default_root_dir)>/", "");
        fit(Trainer.builder(), folder.resolve(expected.replaceFirst("(^|/)checkpoints$", "")));
        List<String> files = files(folder);
        String directory = "/" + expected;
        return files.size() == 1 && ("/" + files.get(0)).startsWith(directory + "/")
                ? Verdict.different(Difference.LOGGERS_DO_NOT_NAME_DIRECTORIES)
                : Verdict.failed("files " + files);
    }

    private static Verdict setupError(JsonObject testCase, Path folder) throws IOException {
        CaseConfig config = new CaseConfig(testCase.getAsJsonObject("config"));
        try {
            fit(Trainer.builder().stream("original", policy -> config.policyInDirectory()), folder);
            return Verdict.failed("accepted");
        } catch (IllegalArgumentException refused) {
            return files(folder).isEmpty() ? Verdict.same() : Verdict.failed("wrote " + files(folder));
        }
    }

    private static Verdict links(JsonObject testCase, Path folder) throws IOException {
        try (CheckpointDirectory checkpoints = CheckpointDirectory.open(folder)) {
            for (JsonElement element : testCase.getAsJsonArray("steps")) {
                CaseConfig step = new CaseConfig(element.getAsJsonObject());
                String target = step.text("target").orElseThrow();
                String link = step.text("link").orElseThrow();
                Files.createDirectories(folder.resolve(target + ".").getParent());
                if (target.equals("folder")) {
                    Files.createDirectories(folder.resolve(target));
                } else if (Files.notExists(folder.resolve(target))) {
                    Files.createFile(folder.resolve(target));
                }
                point(checkpoints, link, target);
                String actual = Files.readSymbolicLink(folder.resolve(link)).toString();
                if (!actual.equals(step.text("readlink").orElseThrow())) {
                    return Verdict.failed(link + " -> " + actual);
                }
            }
        }
        return Verdict.same();
    }

    /** Saves a group with an empty file and a link. */
    private static void point(CheckpointDirectory checkpoints, String link, String target) throws IOException {
        try (Group group = checkpoints.begin()) {
            Blob blob = group.write("step-" + group.number(), 0, channel -> new WrittenFile(0, 0));
            group.commit(new Manifest(
                    group.number(),
                    new Manifest.Origin(UUID.randomUUID(), Instant.EPOCH, 0, group.number(), "1", Map.of()),
                    List.of(new StoredCheckpoint("original", blob, OptionalDouble.empty(), Optional.empty())),
                    List.of(new Manifest.Pointer(link, target, true)),
                    List.of(),
                    Map.of("original", RetainedGroups.EMPTY)));
            group.publish();
        }
    }

    /** Checkpoints are saved after all other callbacks, in their own order, whatever the order of the list. */
    private static Verdict callbackOrder(JsonObject testCase, Path folder) throws IOException {
        List<String> called = new ArrayList<>();
        Trainer.Builder builder = Trainer.builder().maxSteps(1);
        int streams = 0;
        for (JsonElement given : testCase.getAsJsonArray("given")) {
            String name = given.getAsString();
            if (name.startsWith("checkpoint")) {
                builder.stream(
                        STREAMS.get(streams++),
                        policy -> policy.everyNTrainSteps(1).filename(name));
            } else {
                builder.callbacks(new Callback() {
                    @Override
                    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch b, int i) {
                        called.add(name);
                    }
                });
            }
        }
        builder.callbacks(new Callback() {
            @Override
            public void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint saved) {
                called.add(saved.path().getFileName().toString().replace(".ckpt", ""));
            }
        });
        fit(builder, folder);
        return equal(names(testCase.getAsJsonArray("expected")), called);
    }

    /** Lightning stores the callback's state in each file; Rivulet stores retention state in manifests. */
    private static Verdict stateInFile(Path folder) throws IOException {
        FitResult result = fit(Trainer.builder(), folder);
        Checkpoint checkpoint = Checkpoints.describe(result.stream("original").bestModelPath());
        return checkpoint.keys().isEmpty()
                ? Verdict.different(Difference.RETENTION_STATE_IS_NOT_IN_CHECKPOINTS)
                : Verdict.failed("entries " + checkpoint.keys());
    }

    /** The policy of a case; without a filename of its own, files are named after the stream. */
    private static StreamPolicy.Builder ownNames(CaseConfig config) {
        return config.policy().filename(config.text("filename").orElse("")).onFailure(OnFailure.CONTINUE);
    }

    private static FitResult fit(Trainer.Builder builder, Path folder) {
        try (NDManager manager = NDManager.newBaseManager();
                PlaneModule module = new PlaneModule()) {
            return builder.maxEpochs(1)
                    .defaultRootDir(folder)
                    .enableProgressBar(false)
                    .build()
                    .fit(module, Points.of(manager, 4, 1));
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/.rivulet/"))
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }

    private static List<String> names(JsonArray names) {
        return names.asList().stream().map(JsonElement::getAsString).toList();
    }

    private static Verdict equal(Object expected, Object actual) {
        return expected.equals(actual) ? Verdict.same() : Verdict.failed("expected " + expected + " but was " + actual);
    }
}
