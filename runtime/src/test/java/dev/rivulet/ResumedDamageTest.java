package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.optim.Adam;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged checkpoint is detected while it is read, and the one before it is used; nothing is lost. */
@Tag("slow")
class ResumedDamageTest {
    private static final int STEPS = 8;
    private static final int STOP = 5;

    @TempDir
    Path root;

    private final NDManager manager = NDManager.newBaseManager();
    private int optimizers;

    @BeforeEach
    void stopARun() {
        try (ResumableModule module = new ResumableModule(this::adam)) {
            trainer("resumed", STOP).build().fit(module, points(), ResumeFrom.nothing());
        }
        optimizers = 0;
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Optimizer adam() {
        optimizers++;
        return Adam.builder().lr(0.05).build();
    }

    private Dataset points() {
        return SeededDataset.shuffled(Points.of(manager, 24, 4), 4, 7);
    }

    private Trainer.Builder trainer(String directory, int maxSteps) {
        return Trainer.builder()
                .maxEpochs(-1)
                .maxSteps(maxSteps)
                .seed(3)
                .enableProgressBar(false)
                .defaultRootDir(root.resolve(directory))
                .stream(
                        "original",
                        policy -> policy.filename("{step}").everyNTrainSteps(1).saveTopK(-1));
    }

    private Path saved(int step) throws IOException {
        try (var files = Files.walk(root.resolve("resumed"))) {
            return files.filter(file -> file.getFileName().toString().equals("step=" + step + ".ckpt"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Map<String, String> train(String directory, ResumeFrom from, Path expectedStart) throws IOException {
        try (ResumableModule module = new ResumableModule(this::adam)) {
            FitResult result = trainer(directory, STEPS).build().fit(module, points(), from);
            assertThat(result.resumedFrom()).hasValue(expectedStart.toRealPath());
            assertThat(optimizers).isOne();
            return CheckpointValues.in(result.stream("original").bestModelPath());
        }
    }

    private Map<String, String> straight() throws IOException {
        try (ResumableModule module = new ResumableModule(this::adam)) {
            FitResult result = trainer("straight", STEPS).build().fit(module, points(), ResumeFrom.nothing());
            optimizers = 0;
            return CheckpointValues.in(result.stream("original").bestModelPath());
        }
    }

    /** Flips a bit of a tensor, which is located in the file by its bytes. */
    private static void damage(Path file, String path) throws IOException {
        byte[] tensor;
        try (TorchReader reader = TorchReader.open(file)) {
            @Nullable Object value = PlainValues.fromTorch(reader.content());
            for (String key : path.split("/", -1)) {
                value = value instanceof List<?> list ? list.get(Integer.parseInt(key)) : entry((Map<?, ?>) value, key);
            }
            ByteBuffer bytes = reader.read((TorchTensor) Objects.requireNonNull(value))
                    .chunks()
                    .get(0);
            tensor = new byte[bytes.remaining()];
            bytes.get(tensor);
        }
        byte[] content = Files.readAllBytes(file);
        int position = 0;
        while (!Arrays.equals(content, position, position + tensor.length, tensor, 0, tensor.length)) {
            position++;
        }
        content[position + tensor.length / 2] ^= 4;
        Files.write(file, content);
    }

    private static @Nullable Object entry(@Nullable Map<?, ?> map, String key) {
        return Objects.requireNonNull(map).entrySet().stream()
                .filter(entry -> String.valueOf(entry.getKey()).equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " in " + map.keySet()))
                .getValue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state_dict/0.weight",
                "optimizer_states/0/state/0/exp_avg",
                "rivulet/training/transforms/ResumableModule#average/arrays/0.weight"
            })
    void resumesBitForBitFromTheCheckpointBeforeADamagedOne(String tensor) throws IOException {
        damage(saved(STOP), tensor);
        Map<String, String> resumed = train("resumed", resumeFrom("last"), saved(STOP - 1));
        assertThat(resumed).isEqualTo(straight());
    }

    @Test
    void severalDamagedCheckpointsAreSkipped() throws IOException {
        damage(saved(STOP), "optimizer_states/0/state/0/exp_avg_sq");
        damage(saved(STOP - 1), "state_dict/0.weight");
        damage(saved(STOP - 2), "optimizer_states/0/state/4/exp_avg");
        Map<String, String> resumed = train("resumed", resumeFrom("auto"), saved(STOP - 3));
        assertThat(resumed).isEqualTo(straight());
    }

    @Test
    void validFileThatDoesNotMatchItsManifestIsSkipped() throws IOException {
        Files.write(saved(STOP), Files.readAllBytes(saved(1)));
        Map<String, String> resumed = train("resumed", resumeFrom("last"), saved(STOP - 1));
        assertThat(resumed).isEqualTo(straight());
    }

    @Test
    void newModuleKeepsNothingOfADamagedFile() throws IOException {
        damage(saved(STOP), "optimizer_states/0/state/0/exp_avg");
        Path damaged = saved(STOP);
        try (ResumableModule module = new ResumableModule(this::adam)) {
            assertThatThrownBy(() -> trainer("resumed", STEPS).build().fit(module, points(), resumeFrom(damaged)))
                    .hasRootCauseInstanceOf(DamagedFileException.class);
            assertThat(LiveNetwork.hasWeights(module)).isFalse();
        }
    }

    @Test
    void moduleWithWeightsKeepsThemWhenTheFileIsDamaged() throws IOException {
        for (int step = 1; step <= STOP; step++) {
            damage(saved(step), "optimizer_states/0/state/0/exp_avg");
        }
        Path damaged = saved(STOP);
        try (ResumableModule module = new ResumableModule(this::adam)) {
            trainer("other", 2).build().fit(module, points(), ResumeFrom.nothing());
            String weights = digest(module);
            for (ResumeFrom from : List.of(resumeFrom(damaged), resumeFrom("last"))) {
                assertThatThrownBy(() -> trainer("resumed", STEPS).build().fit(module, points(), from))
                        .hasMessageContaining("damaged")
                        .hasMessageContaining(damaged.getFileName().toString());
                assertThat(digest(module)).isEqualTo(weights);
            }
        }
    }

    private static String digest(ResumableModule module) {
        return CheckpointValues.sha256(LiveNetwork.of(module).arrays().values().stream()
                .map(array -> {
                    try (var live = new LiveTensors()) {
                        return live.view(array).copy();
                    }
                })
                .toList());
    }
}
