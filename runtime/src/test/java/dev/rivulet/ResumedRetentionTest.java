package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ScriptedModule;
import dev.rivulet.internal.retention.RunEnd;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.seed.Seed;
import dev.rivulet.transform.TransformContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are stopped at random hook calls and resumed until they end have the same files and retention state as a
 * run that was never stopped. Policies and conditions are random, and so is whether an exception saves checkpoints.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links to files take a privilege there")
class ResumedRetentionTest {
    private static final int RUNS = Seed.scaled(20);
    private static final List<SaveLast> LASTS = List.of(SaveLast.values());
    private static final List<SaveBest> BESTS = List.of(SaveBest.values());
    private static final List<SaveOnTrainEpochEnd> EPOCH_ENDS = List.of(SaveOnTrainEpochEnd.values());

    private static final List<Condition> CONDITIONS = List.of(Condition.values());

    @TempDir
    Path directory;

    @Test
    void filesAndRetentionMatchARunThatWasNeverStopped() throws IOException {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + RUNS; seed++) {
            Plan plan = Plan.random(new Random(seed));
            Map<String, Object> straight = new Run(plan, directory.resolve("straight" + seed)).withoutStops();
            Map<String, Object> stopped =
                    new Run(plan, directory.resolve("stopped" + seed)).withStops(new Random(seed));
            assertThat(stopped).as("-Drivulet.seed=%d %s", seed, plan).isEqualTo(straight);
        }
    }

    /** When due saves of the derived stream are carried out. */
    private enum Condition {
        ALWAYS,
        LATER_EPOCHS,
        EVEN_STEPS,
        GOOD_METRIC;

        boolean allows(TransformContext save) {
            return switch (this) {
                case ALWAYS -> true;
                case LATER_EPOCHS -> save.epoch() > 0;
                case EVEN_STEPS -> save.globalStep() % 2 == 0;
                case GOOD_METRIC -> save.metric("v").orElse(0) > 2;
            };
        }
    }

    /** The settings of a run. */
    private record Plan(
            int epochs,
            int batches,
            int accumulate,
            int validationEvery,
            int checkEveryNEpoch,
            long metricSeed,
            Condition condition,
            Map<String, StreamPolicy> streams) {

        static Plan random(Random random) {
            Map<String, StreamPolicy> streams = new LinkedHashMap<>();
            int cadence = 1 + random.nextInt(3);
            streams.put("original", policy(random, "o", cadence * (1 + random.nextInt(5))));
            streams.put(
                    "second",
                    policy(random, "s", cadence).toBuilder()
                            .dirpath("b")
                            .saveWeightsOnly(random.nextBoolean())
                            .build());
            streams.put("halved", policy(random, "h", 1 + random.nextInt(4)));
            int batches = 2 + random.nextInt(7);
            return new Plan(
                    1 + random.nextInt(4),
                    batches,
                    1 + random.nextInt(2),
                    1 + random.nextInt(batches),
                    1 + random.nextInt(2),
                    random.nextLong(),
                    CONDITIONS.get(random.nextInt(CONDITIONS.size())),
                    streams);
        }

        private static StreamPolicy policy(Random random, String prefix, int steps) {
            String[] templates = {prefix, prefix + "-{epoch}", prefix + "-{step}", prefix + "-{v:.0f}"};
            StreamPolicy.Builder policy = StreamPolicy.builder()
                    .filename(templates[random.nextInt(templates.length)])
                    .mode(random.nextBoolean() ? Mode.MIN : Mode.MAX)
                    .filenameStyle(
                            FilenameStyle.DEFAULT.withLast(prefix + "-last").withBest(prefix + "-best"))
                    .enableVersionCounter(random.nextInt(4) != 0)
                    .saveLast(LASTS.get(random.nextInt(LASTS.size())))
                    .saveOnTrainEpochEnd(EPOCH_ENDS.get(random.nextInt(EPOCH_ENDS.size())))
                    .keepLast(random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0)
                    .keepEveryNth(random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 0)
                    .saveOnException(random.nextBoolean())
                    .anyTrigger(true)
                    .everyNTrainSteps(random.nextInt(4) == 0 ? 0 : steps)
                    .everyNEpochs(random.nextInt(4));
            if (random.nextInt(4) == 0) {
                return policy.saveTopK(random.nextInt(3) - 1).build();
            }
            int k = random.nextInt(5) - 1;
            return policy.monitor(random.nextBoolean() ? "v" : "w")
                    .saveTopK(k)
                    .saveBest(k == 0 ? SaveBest.OFF : BESTS.get(random.nextInt(BESTS.size())))
                    .build();
        }
    }

    /** A run in its own folder. */
    private record Run(Plan plan, Path root) {

        Map<String, Object> withoutStops() throws IOException {
            return end(fit(Long.MAX_VALUE, true, ResumeFrom.nothing()));
        }

        Map<String, Object> withStops(Random random) throws IOException {
            for (int stops = 1 + random.nextInt(4); stops > 0; stops--) {
                try {
                    return end(fit(random.nextInt(120), random.nextInt(4) != 0, resumeFrom("auto")));
                } catch (IllegalStateException stopped) {
                    if (!ScriptedModule.STOP.equals(stopped.getMessage())) {
                        throw stopped;
                    }
                }
            }
            return end(fit(Long.MAX_VALUE, true, resumeFrom("auto")));
        }

        /** Without exception checkpoints, an exception is as a kill at the same point. */
        private FitResult fit(long calls, boolean saveOnException, ResumeFrom from) {
            Trainer.Builder builder = Trainer.builder()
                    .defaultRootDir(root)
                    .enableProgressBar(false)
                    .maxPendingSaves(0) // Otherwise the writer's progress decides when a name becomes free.
                    .seed(1)
                    .maxEpochs(plan.epochs)
                    .accumulateGradBatches(plan.accumulate)
                    .checkValEveryNEpoch(plan.checkEveryNEpoch)
                    .valCheckInterval(plan.validationEvery);
            plan.streams.forEach((name, policy) -> builder.stream(
                    name,
                    given -> policy.toBuilder()
                            .saveOnException(
                                    saveOnException && policy.schedule().saveOnException())));
            Random metrics = new Random(plan.metricSeed);
            // If a checkpoint has taken the name of another one, manifests do not record which of equal scores is
            // earlier.
            boolean ties = plan.streams.values().stream()
                    .allMatch(policy -> policy.naming().enableVersionCounter());
            long[] scores = ties
                    ? metrics.longs(2000, 0, 6).toArray()
                    : metrics.longs(0, 1_000_000).distinct().limit(2000).toArray();
            try (NDManager manager = NDManager.newBaseManager();
                    ScriptedModule module =
                            new ScriptedModule(step -> scores[(int) step], calls, plan.condition::allows)) {
                return builder.build().fit(module, Points.of(manager, plan.batches, 1), Points.of(manager, 2, 1), from);
            }
        }

        private Map<String, Object> end(FitResult result) throws IOException {
            Map<String, Object> end = new TreeMap<>();
            result.streams().forEach((name, stream) -> {
                end.put(
                        name + " kept",
                        stream.kept().stream().map(this::describe).toList());
                end.put(name + " kth", stream.kthBest().map(this::describe));
                end.put(name + " last", stream.last().map(this::name));
                end.put(name + " best", stream.best().map(this::name));
            });
            end.put("files", files());
            return end;
        }

        private String describe(SavedCheckpoint saved) {
            return name(saved.path()) + " " + saved.score() + " " + RunEnd.content(saved.epoch(), saved.globalStep());
        }

        private String name(Path file) {
            return root.relativize(file).toString();
        }

        private List<String> files() throws IOException {
            try (Stream<Path> files = Files.walk(root.resolve("checkpoints"))) {
                return files.filter(file -> !file.toString().contains("/.rivulet") && !Files.isDirectory(file))
                        .map(this::file)
                        .sorted()
                        .toList();
            }
        }

        private String file(Path file) {
            try {
                if (Files.isSymbolicLink(file)) {
                    return RunEnd.link(name(file), Files.readSymbolicLink(file).toString());
                }
                Checkpoint checkpoint = Checkpoints.describe(file);
                String content = RunEnd.content(checkpoint.epoch(), checkpoint.globalStep());
                return RunEnd.file(name(file), content + " " + Arrays.hashCode(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
