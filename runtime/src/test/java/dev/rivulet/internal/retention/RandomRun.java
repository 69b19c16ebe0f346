package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.StreamPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Generates a random policy and a random run: epochs, batches, validations, metrics with ties, NaN and infinities. */
final class RandomRun {
    private static final double[] SCORES = {1, 1, 2, 3, 0.5, 0.25, -1, Double.NaN, Double.POSITIVE_INFINITY, 7, 0, -0.0
    };
    private static final String[] NAMES = {"{epoch}", "{step}", "m", "{epoch}-{v:.1f}"};

    private static final SaveLast[] LASTS = SaveLast.values();
    private static final SaveBest[] BESTS = SaveBest.values();

    private final Random random;
    private final boolean savesOnTrainEpochEnd;
    private final boolean logsInTraining;
    private final boolean logsInValidation;
    private final boolean fastDevRun;
    private final Map<String, Double> metrics = new HashMap<>();
    private final List<TraceEvent> events = new ArrayList<>();
    private long step;
    private long now;
    private boolean validated;

    RandomRun(Random random) {
        this(random, 0);
    }

    /** A run that resumes from a step. */
    RandomRun(Random random, long step) {
        this.random = random;
        this.step = step;
        this.savesOnTrainEpochEnd = random.nextBoolean();
        this.logsInTraining = random.nextInt(3) == 0;
        this.logsInValidation = random.nextInt(8) != 0;
        this.fastDevRun = random.nextInt(30) == 0;
    }

    StreamPolicy policy() {
        StreamPolicy.Builder policy = StreamPolicy.builder()
                .filename(NAMES[random.nextInt(NAMES.length)])
                .mode(random.nextBoolean() ? Mode.MIN : Mode.MAX)
                .saveLast(LASTS[random.nextInt(LASTS.length)])
                .enableVersionCounter(random.nextInt(5) != 0)
                .saveOnException(random.nextBoolean());
        switch (random.nextInt(4)) {
            case 0 -> policy.everyNTrainSteps(1 + random.nextInt(3));
            case 1 -> policy.trainTimeInterval(Duration.ofNanos(random.nextInt(4)));
            case 2 -> policy.everyNEpochs(random.nextInt(3));
            default -> {}
        }
        int k = random.nextInt(5) - 1;
        if (random.nextInt(4) == 0) {
            return policy.saveTopK(Math.min(k, 1)).build();
        }
        return policy.saveTopK(k).monitor(random.nextInt(6) == 0 ? "step" : "v").build();
    }

    /** A random policy that keeps more than the best k, under names that are never reused. */
    StreamPolicy retention() {
        StreamPolicy.Builder policy = policy().toBuilder()
                .filename("{step}")
                .enableVersionCounter(true)
                .everyNTrainSteps(random.nextInt(4))
                .everyNEpochs(random.nextInt(3))
                .trainTimeInterval(random.nextBoolean() ? "" : "PT0.000000005S")
                .anyTrigger(true)
                .keepLast(random.nextInt(4))
                .keepEveryNth(random.nextInt(5))
                .maxTotalBytes(random.nextBoolean() ? 0 : 1 + random.nextInt(20));
        SaveBest best = BESTS[random.nextInt(BESTS.length)];
        return policy.saveBest(best).violations().isEmpty()
                ? policy.build()
                : policy.saveBest(SaveBest.OFF).build();
    }

    List<TraceEvent> events() {
        int batches = 1 + random.nextInt(4);
        int validationEvery = random.nextInt(batches + 1);
        if (validationEvery > 0 && random.nextBoolean()) {
            add(TraceEvent.VALIDATION_END, 0, false, false, true);
        }
        add(TraceEvent.TRAIN_START, 0, false, false, false);
        int epochs = 1 + random.nextInt(5);
        for (int epoch = 0; epoch < epochs; epoch++) {
            for (int batch = 1; batch <= batches; batch++) {
                boolean validates = validationEvery > 0 && batch % validationEvery == 0;
                batch(epoch, batch == batches, validates);
                if (random.nextInt(60) == 0) {
                    add(TraceEvent.EXCEPTION, epoch, false, false, false);
                    return events;
                }
            }
            add(TraceEvent.EPOCH_END, epoch, false, false, false);
        }
        add(TraceEvent.TRAIN_END, epochs, false, false, false);
        return events;
    }

    private void batch(int epoch, boolean last, boolean validates) {
        step += random.nextInt(10) == 0 ? 0 : 1;
        now += random.nextInt(4);
        if (logsInTraining) {
            log();
        }
        add(TraceEvent.BATCH_END, epoch, last, validates, false);
        if (validates) {
            if (logsInValidation) {
                log();
            }
            validated = true;
            add(TraceEvent.VALIDATION_END, epoch, false, false, false);
        }
    }

    private void log() {
        metrics.put("v", SCORES[random.nextInt(SCORES.length)]);
    }

    private void add(String hook, int epoch, boolean last, boolean validates, boolean sanity) {
        events.add(new TraceEvent(
                hook,
                epoch,
                step,
                Map.copyOf(metrics),
                last,
                validates,
                validated,
                savesOnTrainEpochEnd,
                sanity,
                fastDevRun,
                now));
    }
}
