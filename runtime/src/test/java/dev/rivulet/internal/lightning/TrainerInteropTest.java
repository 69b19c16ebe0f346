package dev.rivulet.internal.lightning;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.FitResult;
import dev.rivulet.Trainer;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.internal.format.torch.TorchListing;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.interop.Python;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Moves runs between {@link Trainer} and Lightning's trainer, if Lightning is installed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainerInteropTest {
    private static final int BATCHES_AFTER = 50;
    private static final int BATCH_SIZE = 8;

    /** Cases in which a stream saves at the position. */
    private static final Set<InteropCase> MOVED = EnumSet.of(
            InteropCase.SGD, InteropCase.ADAM, InteropCase.ADAMW, InteropCase.RMSPROP, InteropCase.ACCUMULATING);

    @TempDir
    static Path folder;

    private final NDManager manager = Engine.getInstance().newBaseManager();
    private final NDArray x = data("x");
    private final NDArray y = data("y");
    private final Map<InteropCase, List<ObservedBatch>> trained = new EnumMap<>(InteropCase.class);
    private InteropFolder ours = new InteropFolder(folder);
    private InteropFolder theirs = new InteropFolder(folder);

    @BeforeAll
    void trainOnBothSides() throws IOException {
        Python.assumeHas("torch", "safetensors", "pytorch_lightning");
        ours = InteropFolder.create(folder.resolve("ours"));
        theirs = InteropFolder.create(folder.resolve("theirs"));
        for (InteropCase settings : MOVED) {
            train(settings);
        }
        Set<InteropCase> both = EnumSet.copyOf(MOVED);
        both.add(InteropCase.PLATEAU);
        theirs.run("train", both);
        ours.run("resume", MOVED);
    }

    @AfterAll
    void close() {
        manager.close();
    }

    private NDArray data(String name) {
        Tensor tensor = Objects.requireNonNull(InteropFolder.DATA.get(name));
        return NDArrays.create(manager, tensor);
    }

    /** Trains well past the position, and copies its checkpoint to the folder for Lightning. */
    private void train(InteropCase settings) throws IOException {
        long step = settings.batches() / settings.accumulated();
        try (TrainedModule module = new TrainedModule(settings)) {
            FitResult result = trainer(settings).defaultRootDir(folder.resolve(settings.name())).stream(
                            "original", policy -> savingAt(settings.position(), step, policy.saveTopK(-1)))
                    .build()
                    .fit(module, rows(), validation());
            Path saved = result.stream("original").kept().stream()
                    .filter(kept -> kept.globalStep() == step)
                    .findFirst()
                    .orElseThrow()
                    .path();
            Files.copy(saved, ours.file(settings));
            trained.put(
                    settings,
                    List.copyOf(module.observed.subList(settings.batches(), settings.batches() + BATCHES_AFTER)));
        }
    }

    private static StreamPolicy.Builder savingAt(Position position, long step, StreamPolicy.Builder policy) {
        return switch (position) {
            case VALIDATION_END -> policy.everyNEpochs(1).saveOnTrainEpochEnd(SaveOnTrainEpochEnd.FALSE);
            case EPOCH_END -> policy.everyNEpochs(1).saveOnTrainEpochEnd(SaveOnTrainEpochEnd.TRUE);
            default -> policy.everyNTrainSteps((int) step);
        };
    }

    private static Trainer.Builder trainer(InteropCase settings) {
        return Trainer.builder()
                .maxEpochs(10)
                .seed(3)
                .accumulateGradBatches(settings.accumulated())
                .valCheckInterval(4)
                .numSanityValSteps(0)
                .enableProgressBar(false);
    }

    private RotatedRows rows() {
        return new RotatedRows(x, y, BATCH_SIZE);
    }

    private RotatedRows validation() {
        return new RotatedRows(x, y, 64);
    }

    @ParameterizedTest
    @FieldSource("MOVED")
    void lightningResumesFromATrainerFile(InteropCase settings) throws IOException {
        ObservedBatch.assertAgree(ours.observed(settings), Objects.requireNonNull(trained.get(settings)));
        assertThat(ours.warnings(settings)).isSubsetOf(theirs.warnings(settings));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ADAGRAD", "LINEAR"})
    void trainerResumesFromALightningFile(InteropCase settings) throws IOException {
        try (TrainedModule module = new TrainedModule(settings)) {
            trainer(settings)
                    .defaultRootDir(folder.resolve("resumed-" + settings.name()))
                    .build()
                    .fit(module, rows(), validation(), resumeFrom(theirs.file(settings)));

            ObservedBatch.assertAgree(module.observed.subList(0, BATCHES_AFTER), theirs.observed(settings));
            assertThat(module.labels).isEqualTo(Map.of("low", List.of(0L, 0.5), "high", List.of(1L, 2.5)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "mmap"})
    void torchReadsATrainerFileBitForBit(String how) throws IOException {
        Path file = ours.file(InteropCase.ADAM);

        List<String> listing = Python.run("torch_files.py", "list", file.toString(), how);

        try (TorchReader reader = TorchReader.open(file)) {
            assertThat(listing).isEqualTo(TorchListing.of(reader));
        }
    }

    @Test
    void trainerFilesDifferOnlyInRivuletEntries() throws IOException {
        assertThat(ours.differencesFrom(theirs, MOVED)).isNotEmpty().allMatch(InteropFolder::isExpected);
    }
}
