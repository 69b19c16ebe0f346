package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.fixture.ChainModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Weights;
import dev.rivulet.fixture.WeightsRecorder;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.save.RetentionIndex;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random policies with random failures: the retention state in memory, the state rebuilt from manifests, and the files
 * on disk agree.
 */
@Tag("slow")
class EngineRetentionTest extends FitTestCase {
    private static final int RUNS = Seed.scaled(30);
    private static final List<String> STREAMS = List.of("original", "first", "second", "third");

    private final WeightsRecorder recorder = new WeightsRecorder();
    private final Map<String, String> folders = new HashMap<>();
    private long failingStep;

    static LongStream seeds() {
        return LongStream.range(Seed.VALUE, Seed.VALUE + RUNS);
    }

    @ParameterizedTest(name = "-Drivulet.seed={0}")
    @MethodSource("seeds")
    void retentionStateManifestsAndDiskAgree(long seed) throws IOException {
        Random random = new Random(seed);
        try (ChainModule module = new ChainModule()) {
            STREAMS.forEach(stream -> fail(module, stream, random.nextInt(3), random.nextLong()));
            failingStep = random.nextInt(3) == 0 ? 2 + random.nextInt(6) : -1;
            Optional<FitResult> result = fit(trainer(random), module);

            Optional<Manifest> newest = Catalog.read(checkpoints()).newest();
            Set<String> named = new TreeSet<>();
            for (String stream : STREAMS) {
                RetentionSnapshot retained = rebuilt(newest, stream);
                result.ifPresent(fit -> assertThatResultIsThatOf(retained, stream, fit.stream(stream)));
                named.addAll(namesIn(retained, stream));
                assertThatWeightsAreThoseOf(retained, stream);
            }
            assertThat(files(checkpoints())).isEqualTo(named);
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    /** Makes nothing, the transform, or the hook and the condition of a stream fail at some steps. */
    private static void fail(ChainModule module, String stream, int what, long seed) {
        Random random = new Random(seed);
        module.transform(stream, (weights, context) -> {
            if (what == 1 && context.globalStep() * seed % 3 == 0) {
                throw new IOException("transform");
            }
            return weights;
        });
        if (what == 2) {
            module.onSave(stream, checkpoint -> {
                if (random.nextInt(4) == 0) {
                    throw new IOException("hook");
                }
            });
            module.when(stream, context -> {
                if (random.nextInt(8) == 0) {
                    throw new IOException("condition");
                }
                return random.nextInt(4) != 0;
            });
        }
    }

    private Trainer trainer(Random random) {
        Trainer.Builder trainer = ChainModule.saving(trainer(), STREAMS.toArray(String[]::new))
                .maxPendingSaves(random.nextInt(4))
                .backpressure(random.nextInt(3) == 0 ? Backpressure.SKIP : Backpressure.WAIT)
                .determinismCheck(DeterminismCheck.NEVER)
                .callbacks(recorder, new Callback() {
                    @Override
                    public void onTrainBatchEnd(
                            Trainer running, LightningModule m, NDArray loss, Batch batch, int batchIndex)
                            throws IOException {
                        if (running.globalStep() == failingStep) {
                            throw new IOException("step");
                        }
                    }
                });
        for (String stream : STREAMS) {
            long seed = random.nextLong();
            trainer.stream(stream, policy -> randomPolicy(stream, policy, seed));
        }
        return trainer.build();
    }

    private StreamPolicy.Builder randomPolicy(String stream, StreamPolicy.Builder start, long seed) {
        Random random = new Random(seed);
        boolean monitored = random.nextBoolean();
        String folder = random.nextInt(3) == 0 ? "in-" + stream : "";
        folders.put(stream, folder.isEmpty() ? "" : folder + "/");
        start.dirpath(folder)
                .saveTopK(monitored ? random.nextInt(5) - 1 : random.nextInt(3) - 1)
                .monitor(monitored ? "train_loss" : "")
                .mode(random.nextBoolean() ? Mode.MIN : Mode.MAX)
                .keepLast(random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0)
                .keepEveryNth(random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 0)
                .maxTotalBytes(random.nextInt(3) == 0 ? 1_000 + random.nextInt(6_000) : 0)
                .saveLast(pick(SaveLast.values(), random))
                .saveBest(monitored ? pick(SaveBest.values(), random) : SaveBest.OFF)
                .everyNTrainSteps(1 + random.nextInt(2))
                .saveOnException(random.nextBoolean())
                .onFailure(OnFailure.CONTINUE)
                .enableVersionCounter(random.nextInt(4) != 0);
        if (random.nextInt(3) == 0) {
            start.filename(stream + "-{epoch}");
        }
        if (!start.violations().isEmpty()) {
            return randomPolicy(stream, start, random.nextLong());
        }
        return start;
    }

    private static <T> T pick(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private Optional<FitResult> fit(Trainer trainer, ChainModule module) {
        try {
            return Optional.of(trainer.fit(module, points, points));
        } catch (FitException e) {
            assertThat(e).hasRootCauseMessage("step").hasNoSuppressedExceptions();
            return Optional.empty();
        }
    }

    private RetentionSnapshot rebuilt(Optional<Manifest> newest, String stream) throws IOException {
        RetainedGroups groups = newest.map(
                        manifest -> Objects.requireNonNull(manifest.retained().get(stream)))
                .orElse(RetainedGroups.EMPTY);
        return new RetentionIndex(folder(stream), Set.of(0L, 1L))
                .adopt(Catalog.read(checkpoints()), stream, groups, file -> true);
    }

    private String folder(String stream) {
        return Objects.requireNonNull(folders.get(stream));
    }

    private void assertThatResultIsThatOf(RetentionSnapshot retained, String stream, StreamResult result) {
        assertThat(result.kept())
                .containsExactlyInAnyOrderElementsOf(retained.checkpoints().stream()
                        .map(kept -> new SavedCheckpoint(
                                path(stream, kept.name()), kept.score(), kept.epoch(), kept.globalStep()))
                        .toList());
        assertThat(result.last()).isEqualTo(retained.last().map(last -> path(stream, last.name())));
        assertThat(result.best()).isEqualTo(retained.bestPointer().map(best -> path(stream, best.name())));
    }

    private Path path(String stream, String name) {
        return checkpoints().resolve(folder(stream) + name);
    }

    private Set<String> namesIn(RetentionSnapshot retained, String stream) {
        Set<String> names = new TreeSet<>();
        retained.checkpoints().forEach(kept -> names.add(folder(stream) + kept.name()));
        retained.onException().ifPresent(checkpoint -> names.add(folder(stream) + checkpoint.name()));
        retained.last().ifPresent(last -> names.add(folder(stream) + last.name()));
        retained.bestPointer().ifPresent(best -> names.add(folder(stream) + best.name()));
        return names;
    }

    private void assertThatWeightsAreThoseOf(RetentionSnapshot retained, String stream) {
        for (KeptCheckpoint kept : retained.checkpoints()) {
            assertThat(Weights.in(path(stream, kept.name()))).isEqualTo(recorder.at(kept.globalStep()));
        }
        retained.onException()
                .ifPresent(checkpoint -> assertThat(Weights.in(path(stream, checkpoint.name())))
                        .isEqualTo(recorder.at(checkpoint.globalStep())));
        retained.last()
                .ifPresent(last ->
                        assertThat(Weights.in(path(stream, last.name()))).isEqualTo(recorder.at(last.globalStep())));
        retained.bestPointer()
                .ifPresent(best -> assertThat(Weights.in(path(stream, best.name())))
                        .isEqualTo(recorder.at(best.target().globalStep())));
    }

    private static Set<String> files(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !Files.isDirectory(file))
                    .map(file -> root.relativize(file).toString())
                    .filter(name -> !name.startsWith(".rivulet"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
