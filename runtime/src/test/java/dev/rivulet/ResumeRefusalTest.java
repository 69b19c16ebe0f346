package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.checkpoint.ArchitectureMismatchException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.LinearLR;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrScheduler;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.SequentialLR;
import dev.rivulet.optim.StepLR;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refuses files, modules, optimizers and data with which training cannot resume, and names the remedy. */
class ResumeRefusalTest {
    @TempDir
    Path root;

    private final NDManager manager = NDManager.newBaseManager();
    private Path original = Path.of("");
    private Path derived = Path.of("");

    @BeforeEach
    void train() {
        FitResult result =
                fit(new ResumableModule(ResumeRefusalTest::adam), trainer(), points(7), ResumeFrom.nothing());
        original = result.stream("original").bestModelPath();
        derived = result.stream("averaged").bestModelPath();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static Optimizer adam() {
        return Adam.builder().build();
    }

    private Trainer.Builder trainer() {
        return Trainer.builder().maxEpochs(2).maxSteps(8).seed(3).enableProgressBar(false).defaultRootDir(root).stream(
                "original", policy -> policy.everyNTrainSteps(1))
                .stream("averaged", policy -> policy.everyNTrainSteps(1));
    }

    private Dataset points(long seed) {
        return SeededDataset.shuffled(Points.of(manager, 24, 4), 4, seed);
    }

    private static FitResult fit(LightningModule module, Trainer.Builder trainer, Dataset data, ResumeFrom from) {
        try (module) {
            return trainer.build().fit(module, data, from);
        }
    }

    private void assertRefuses(LightningModule module, Trainer.Builder trainer, ResumeFrom from, String... message) {
        assertThatThrownBy(() -> fit(module, trainer.maxSteps(12), points(7), from))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll(message);
    }

    private static ResumableModule module() {
        return new ResumableModule(ResumeRefusalTest::adam);
    }

    @Test
    void aDerivedFileNamesTheOriginalOfItsStep() throws IOException {
        assertRefuses(
                module(),
                trainer(),
                resumeFrom(derived),
                derived.toString(),
                "computed by the transform ResumableModule#average",
                "The original of the same step is " + original.toRealPath());
    }

    @Test
    void aDerivedFileThatWasCopiedElsewhereNamesTheStep() throws IOException {
        Path copy = Files.copy(derived, root.resolve("copy.safetensors"));

        assertRefuses(module(), trainer(), resumeFrom(copy), "computed by the transform", "Its original, of step 8,");
    }

    @Test
    void weightsAloneAreNotEnough() {
        Trainer.Builder weightsOnly = trainer().defaultRootDir(root.resolve("weights")).stream(
                "original", policy -> policy.saveWeightsOnly(true));
        Path file = fit(module(), weightsOnly, points(7), ResumeFrom.nothing()).stream("original")
                .bestModelPath();

        assertRefuses(module(), trainer(), resumeFrom(file), "saves only weights", "without saveWeightsOnly");
        assertRefuses(module(), weightsOnly, resumeFrom("last"), "No checkpoint in", "saves only weights");
    }

    @Test
    void safetensorsHoldWeightsAlone() {
        Trainer.Builder safetensors = trainer().defaultRootDir(root.resolve("weights")).stream(
                "original", policy -> policy.format(CheckpointFormat.SAFETENSORS));
        Path file = fit(module(), safetensors, points(7), ResumeFrom.nothing()).stream("original")
                .bestModelPath();

        assertRefuses(module(), trainer(), resumeFrom(file), "saves only weights", "in the format .ckpt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"metrics/values/train_loss", "metrics/epoch_means/epoch_loss", "streams/original"})
    void anEntryThatHasLostItsValueIsNamed(String entry) throws IOException {
        Path changed = root.resolve("changed.ckpt");
        try (TorchReader reader = TorchReader.open(original);
                FileChannel channel = FileChannel.open(changed, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            List<String> path = List.of(("rivulet/training/" + entry).split("/"));
            TorchWriter.of(without(reader.load(), path)).writeTo(channel);
        }

        assertRefuses(
                module(),
                trainer(),
                resumeFrom(changed),
                "\"" + entry.substring(entry.lastIndexOf('/') + 1) + "\" of " + changed.toRealPath() + " is missing");
    }

    /** Replaces a value by None. */
    private static TorchValue without(TorchValue value, List<String> path) {
        if (path.isEmpty()) {
            return TorchValue.None.NONE;
        }
        TorchValue.Dict dict = (TorchValue.Dict) value;
        Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
        entries.computeIfPresent(
                TorchValue.of(path.get(0)), (key, inner) -> without(inner, path.subList(1, path.size())));
        return new TorchValue.Dict(dict.ordered(), entries, dict.attributes());
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefuses(module(), trainer(), resumeFrom("nowhere.ckpt"), "nowhere.ckpt: there is no such file");
    }

    @Test
    void aDirectoryIsNotACheckpoint() {
        assertRefuses(
                module(),
                trainer(),
                resumeFrom(root.resolve("checkpoints")),
                "checkpoints: it is a directory",
                "\"last\"");
        assertThatThrownBy(() -> Checkpoints.load(root, module()))
                .isInstanceOf(NotACheckpointException.class)
                .hasMessageContainingAll(root.toString(), "is a directory");
    }

    @Test
    void anEmptyDirectoryHasNothingToResumeFrom() {
        Trainer.Builder fresh = trainer().defaultRootDir(root.resolve("fresh"));

        assertRefuses(module(), fresh, resumeFrom("last"), "No checkpoint in", "without resumeFrom");
        assertRefuses(module(), fresh, resumeFrom("best"), "No checkpoint in");
        assertThat(fit(module(), fresh, points(7), resumeFrom("auto")).resumedFrom())
                .isEmpty();
    }

    @Test
    void anotherModelIsRefusedNamingTheFirstKeysAndShapes() {
        LightningModule other = new ResumableModule(ResumeRefusalTest::adam) {
            @Override
            protected Block configureModel() {
                return new SequentialBlock().add(Linear.builder().setUnits(9).build());
            }
        };

        assertThatThrownBy(() -> fit(other, trainer(), points(7), resumeFrom("last")))
                .isInstanceOf(ArchitectureMismatchException.class)
                .hasMessageContainingAll(
                        "0.weight is F32[8, 2] in the file, F32[9, 2] in the model", "1.weight is not in the model");
    }

    @Test
    void anotherOptimizerIsRefused() {
        assertRefuses(
                new ResumableModule(() -> SGD.builder().lr(0.1).momentum(0.9).build()),
                trainer(),
                resumeFrom("last"),
                "exp_avg");
        assertRefuses(
                new ResumableModule(() -> Optimizer.adam().build()),
                trainer(),
                resumeFrom("last"),
                "ai.djl.training.optimizer.Adam",
                "RestorableAdam");
    }

    private void assertRefusesAfter(Supplier<Optimizer> then, Supplier<Optimizer> now, String... message) {
        Trainer.Builder other = trainer().defaultRootDir(root.resolve("other"));
        fit(new ResumableModule(then), other, points(7), ResumeFrom.nothing());
        assertRefuses(
                new ResumableModule(now), trainer().defaultRootDir(root.resolve("other")), resumeFrom("last"), message);
    }

    private static Supplier<Optimizer> scheduled(LrScheduler scheduler, LrInterval interval) {
        return () -> {
            Adam adam = Adam.builder().build();
            adam.schedule(scheduler, interval);
            return adam;
        };
    }

    /** The states of both schedulers have the same keys, and each could continue with the other's. */
    @Test
    void anotherIntervalOfASchedulerIsRefused() {
        assertRefusesAfter(
                scheduled(new StepLR(3), LrInterval.EPOCH),
                scheduled(new StepLR(3), LrInterval.STEP),
                "the schedulers were [StepLR, every epoch], but now they are [StepLR, every step]");
    }

    @Test
    void otherSchedulersInASequenceAreRefused() {
        assertRefusesAfter(
                scheduled(new SequentialLR(List.of(new StepLR(3), new LinearLR(0.5, 2)), List.of(4)), LrInterval.STEP),
                scheduled(new SequentialLR(List.of(new LinearLR(0.5, 2), new StepLR(3)), List.of(4)), LrInterval.STEP),
                "[SequentialLR[StepLR, LinearLR], every step]",
                "[SequentialLR[LinearLR, StepLR], every step]");
    }

    /** Both groups have as many parameters of the same shapes as before. */
    @Test
    void otherMembersOfAParameterGroupAreRefused() {
        assertRefusesAfter(
                () -> Adam.builder()
                        .group(name -> name.equals("1.weight"), group -> group.weightDecay(0))
                        .build(),
                () -> Adam.builder()
                        .group(name -> name.equals("1.bias"), group -> group.weightDecay(0))
                        .build(),
                "the optimizer's parameter groups were [[",
                "[1.weight]], but now",
                "[1.bias]]");
    }

    @Test
    void anotherSeedIsRefused() {
        assertRefuses(module(), trainer().seed(4), resumeFrom("last"), "seed 3", "seed 4");
    }

    @Test
    void anotherDataOrderIsRefusedInTheMiddleOfAnEpoch() {
        assertThatThrownBy(() -> fit(module(), trainer().maxSteps(12), points(8), resumeFrom("last")))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll("in the middle of an epoch", "shuffled by 7", "shuffled by 8");
    }
}
