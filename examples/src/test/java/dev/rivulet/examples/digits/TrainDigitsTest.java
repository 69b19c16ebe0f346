package dev.rivulet.examples.digits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.Checkpoints;
import dev.rivulet.FitResult;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.examples.digits.MetricsLog.Evaluation;
import dev.rivulet.examples.digits.MetricsLog.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run of the example keeps the checkpoints that its annotations declare. */
class TrainDigitsTest {
    @TempDir
    static Path directory;

    private static final MetricsLog LOG = new MetricsLog();
    private static FitResult result;

    @BeforeAll
    static void train() throws IOException {
        try (DigitsModule module = new DigitsModule()) {
            result = TrainDigits.trainer(directory)
                    .callbacks(LOG)
                    .build()
                    .fit(module, TrainDigits.training(), DigitsDataset.validation());
        }
    }

    @Test
    void keepsExactlyTheFilesOfItsPolicies() throws IOException {
        Set<String> expected = new TreeSet<>(List.of("last"));
        for (Evaluation evaluation : best(3, evaluation -> -evaluation.loss(), LOG.evaluations())) {
            expected.add("original-epoch=" + evaluation.epoch());
        }
        List<Evaluation> good = LOG.evaluations().stream()
                .filter(evaluation -> evaluation.accuracy() > 0.9)
                .toList();
        for (Evaluation evaluation : best(2, Evaluation::accuracy, good)) {
            expected.add(
                    String.format("transformed-epoch=%d-val_accuracy=%.3f", evaluation.epoch(), evaluation.accuracy()));
        }
        List<Step> everyThirtySteps =
                LOG.steps().stream().filter(step -> step.globalStep() % 30 == 0).toList();
        for (Step step : best(2, step -> -step.loss(), everyThirtySteps)) {
            expected.add("averaged-step=" + step.globalStep());
        }
        expected.addAll(List.of(
                "half-epoch=01", "half-epoch=03", "half-epoch=05", "half-epoch=07", "half-epoch=09", "half-epoch=11"));

        assertThat(namesWithoutExtension(directory.resolve("checkpoints"))).isEqualTo(expected);
        assertThat(result.streams().values())
                .allSatisfy(stream -> assertThat(stream.failures()).isEmpty());
    }

    @Test
    void pointsLastToTheNewestOriginal() throws IOException {
        Path last = result.stream("original").last().orElseThrow();

        assertThat(Checkpoints.describe(last).stream()).isEqualTo("original");
        assertThat(Checkpoints.describe(last).globalStep()).isEqualTo(result.globalStep());
    }

    @Test
    void loadsEveryFileIntoANewModuleThatRecognizesDigits() throws Exception {
        DigitsDataset validation = DigitsDataset.validation();
        for (StreamResult stream : result.streams().values()) {
            for (SavedCheckpoint checkpoint : stream.kept()) {
                boolean early = checkpoint.epoch() < 2;
                assertThat(TrainDigits.accuracy(checkpoint.path(), validation))
                        .as(checkpoint.path().toString())
                        .isGreaterThanOrEqualTo(early ? 0.8 : 0.95);
            }
        }
    }

    @Test
    void reachesAnAccuracyOf97PercentWithTheBestFileOfEachStream() throws Exception {
        DigitsDataset validation = DigitsDataset.validation();
        for (StreamResult stream : result.streams().values()) {
            assertThat(TrainDigits.accuracy(stream.bestModelPath(), validation))
                    .as(stream.name())
                    .isGreaterThanOrEqualTo(0.97);
        }
    }

    @Test
    void reportsTheScoreOfTheReloadedBestFile() throws Exception {
        StreamResult transformed = result.stream("transformed");

        assertThat((float) transformed.bestModelScore().orElseThrow())
                .isEqualTo((float) TrainDigits.accuracy(transformed.bestModelPath(), DigitsDataset.validation()));
    }

    @Test
    void savesTheNamesOfTheClassesInEveryFile() throws IOException {
        for (StreamResult stream : result.streams().values()) {
            Checkpoint checkpoint = Checkpoints.describe(stream.bestModelPath());
            assertThat(checkpoint.get("class_names"))
                    .as(stream.name())
                    .isEqualTo(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
        }
    }

    /**
     * The best k of consecutive saves. An equal score replaces nothing; among equally bad ones the first is removed.
     */
    private static <T> List<T> best(int k, ToDoubleFunction<T> score, List<T> saved) {
        List<T> kept = new ArrayList<>();
        for (T candidate : saved) {
            kept.add(candidate);
            if (kept.size() > k) {
                double worst = kept.stream().mapToDouble(score).min().orElseThrow();
                boolean replaces = score.applyAsDouble(candidate) > worst;
                kept.remove(
                        replaces
                                ? kept.stream()
                                        .filter(other -> score.applyAsDouble(other) == worst)
                                        .findFirst()
                                        .orElseThrow()
                                : candidate);
            }
        }
        return kept;
    }

    private static Set<String> namesWithoutExtension(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals(".rivulet"))
                    .forEach(name -> names.add(name.replaceFirst("\\.(safetensors|ckpt)$", "")));
        }
        return names;
    }
}
