package dev.rivulet;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.optim.GradientClipAlgorithm;
import dev.rivulet.policy.FilenameStyle;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * The settings of a run that is killed and resumed. The same seed gives the same settings in every process.
 *
 * @param seed seed of the run
 * @param epochs number of epochs
 * @param batches number of batches of an epoch
 * @param limitTrainBatches limit on these batches
 * @param valCheckInterval batches between validations
 * @param clipping "none", or the algorithm
 * @param everyNTrainSteps steps between saves of the original
 * @param averagedEveryNTrainSteps steps between saves of the derived stream
 * @param reseeded whether libtorch's generator is seeded before each batch instead of saved
 */
record ResumedSettings(
        int seed,
        ResumedOptimizer optimizer,
        ResumedOptimizer.Schedule schedule,
        int epochs,
        int batches,
        int limitTrainBatches,
        int accumulateGradBatches,
        int valCheckInterval,
        Order order,
        Order validationOrder,
        String clipping,
        int maxPendingSaves,
        int everyNTrainSteps,
        int averagedEveryNTrainSteps,
        int saveTopK,
        SaveLast saveLast,
        SaveOnTrainEpochEnd saveOnTrainEpochEnd,
        boolean reseeded) {

    static final int BATCH_SIZE = 8;

    /** The order of records, and who loads them. */
    enum Order {
        SEEDED,
        SEEDED_PREFETCHED,
        /** Shuffled by DJL, with the generator that the whole process shares. */
        DRAWN_BY_DJL,
        SEQUENTIAL
    }

    /** Draws all settings except the optimizer independently. */
    static ResumedSettings random(ResumedOptimizer optimizer, long seed) {
        Random random = new Random(seed);
        int accumulate = random.nextBoolean() ? 1 : 3;
        int batches = 10 + random.nextInt(4) + 6 * (accumulate / 3);
        int limit = random.nextBoolean() ? Integer.MAX_VALUE : batches - 1 - random.nextInt(3);
        int used = Math.min(batches, limit);
        return new ResumedSettings(
                random.nextInt(1 << 30),
                optimizer,
                pick(random, ResumedOptimizer.Schedule.values()),
                2 + random.nextInt(3),
                batches,
                limit,
                accumulate,
                pick(random, used, used, used / 2, 3, 4),
                pick(random, Order.SEEDED, Order.SEEDED_PREFETCHED, Order.DRAWN_BY_DJL),
                pick(random, Order.SEEDED, Order.DRAWN_BY_DJL, Order.SEQUENTIAL),
                pick(random, "none", GradientClipAlgorithm.NORM.name(), GradientClipAlgorithm.VALUE.name()),
                pick(random, 0, 1, 3),
                pick(random, 1, 2, 5, 7),
                pick(random, 1, 2, 3),
                pick(random, 1, 2, -1),
                pick(random, SaveLast.OFF, SaveLast.LINK, SaveLast.COPY),
                pick(random, SaveOnTrainEpochEnd.values()),
                random.nextInt(4) == 0);
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    /** Optimizer steps of the whole run. */
    int steps() {
        int used = Math.min(batches, limitTrainBatches);
        return epochs * ((used + accumulateGradBatches - 1) / accumulateGradBatches);
    }

    /** Options of the JVM. */
    List<String> options() {
        return reseeded ? List.of("-Drivulet.random.torch=reseed") : List.of();
    }

    /** A trainer with three streams: one saves steps, one is derived from it, one saves epochs. */
    Trainer.Builder trainer(Path directory) {
        Trainer.Builder trainer = Trainer.builder()
                .seed(seed)
                .maxEpochs(epochs)
                .limitTrainBatches(limitTrainBatches)
                .accumulateGradBatches(accumulateGradBatches)
                .valCheckInterval(valCheckInterval)
                .maxPendingSaves(maxPendingSaves)
                .enableProgressBar(false)
                .defaultRootDir(directory);
        if (!clipping.equals("none")) {
            trainer.gradientClipVal(0.05).gradientClipAlgorithm(GradientClipAlgorithm.valueOf(clipping));
        }
        return trainer.stream(
                "original",
                policy -> policy.everyNTrainSteps(everyNTrainSteps)
                        .saveTopK(saveTopK == 2 ? 1 : saveTopK)
                        .saveLast(saveLast)
                        .saveOnException(true))
                .stream(
                        "averaged",
                        policy -> policy.everyNTrainSteps(averagedEveryNTrainSteps)
                                .saveTopK(1)
                                .keepEveryNth(4)
                                .saveLast(saveLast)
                                .filenameStyle(FilenameStyle.DEFAULT.withLast("averaged-last")))
                .stream(
                        "epochs",
                        policy -> policy.everyNEpochs(1)
                                .saveWeightsOnly(everyNTrainSteps > 1)
                                .monitor("val_loss")
                                .saveTopK(saveTopK)
                                .keepLast(1)
                                .saveOnTrainEpochEnd(saveOnTrainEpochEnd));
    }
}
