package dev.rivulet.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Checkpoints kept in addition to the best k. Each epoch saves a file of one byte unless stated otherwise. */
class RetentionTest {
    private final Map<String, Long> disk = new TreeMap<>();

    @Test
    void keepsTheNewestWhateverTheirScore() {
        ModelCheckpoint stream = stream(monitored().keepLast(2));
        epochs(stream, 1, 5, 4, 3);
        assertThat(disk).containsOnlyKeys("epoch=0.ckpt", "epoch=2.ckpt", "epoch=3.ckpt");
        assertThat(stream.retained().topK()).extracting(KeptCheckpoint::name).containsExactly("epoch=0.ckpt");
        assertThat(stream.retained().newest())
                .extracting(KeptCheckpoint::name)
                .containsExactly("epoch=2.ckpt", "epoch=3.ckpt");
    }

    @Test
    void keepsTheNewestWithoutMonitor() {
        epochs(stream(StreamPolicy.builder().filename("{epoch}").saveTopK(0).keepLast(2)), 1, 1, 1);
        assertThat(disk).containsOnlyKeys("epoch=1.ckpt", "epoch=2.ckpt");
    }

    @Test
    void keepsTheNewestBeforeTheirMetricIsKnown() {
        ModelCheckpoint stream = stream(monitored().keepLast(1));
        commit(stream, stream.onTrainEpochEnd(event(TraceEvent.EPOCH_END, 0, 10, Map.of())), 1);
        assertThat(stream.retained().newest())
                .containsExactly(new KeptCheckpoint("epoch=0.ckpt", OptionalDouble.empty(), 0, 10, 1));
        assertThat(stream.retained().ranking().best()).isEmpty();
    }

    @Test
    void keepsEveryNthPermanently() {
        epochs(stream(monitored().keepEveryNth(2)), 1, 2, 3, 4, 5);
        assertThat(disk).containsOnlyKeys("epoch=0.ckpt", "epoch=1.ckpt", "epoch=3.ckpt");
    }

    @Test
    void doesNotCountFailedSaves() {
        ModelCheckpoint stream = stream(monitored().keepEveryNth(2));
        epoch(stream, 0, 1);
        stream.failed(decide(stream, 1, 2).orElseThrow());
        epoch(stream, 2, 3);
        epoch(stream, 3, 4);
        assertThat(disk).containsOnlyKeys("epoch=0.ckpt", "epoch=2.ckpt");
    }

    @Test
    void countsSkippedSavesBeforeAFailedSave() {
        ModelCheckpoint stream = stream(monitored().keepEveryNth(3));
        epoch(stream, 0, 5);
        assertThat(decide(stream, 1, 6)).isEmpty();
        SavePlan third = decide(stream, 2, 7).orElseThrow();
        assertThat(third.permanent()).isTrue();
        stream.failed(third);
        assertThat(decide(stream, 3, 8)).map(SavePlan::permanent).contains(true);
    }

    @Test
    void neverReusesAPermanentNameEvenWithoutVersionCounter() {
        ModelCheckpoint stream = stream(
                StreamPolicy.builder().filename("m").enableVersionCounter(false).keepEveryNth(2));
        epochs(stream, 1, 1, 1, 1);
        assertThat(disk).containsOnlyKeys("m.ckpt", "m-v1.ckpt");
    }

    @Test
    void neverReusesTheNameOfAFileThatStays() {
        epochs(stream(monitored().filename("m").keepLast(2)), 3, 2, 1);
        assertThat(disk).containsOnlyKeys("m.ckpt", "m-v1.ckpt");
    }

    @Test
    void bestPointsToTheBestCheckpoint() {
        ModelCheckpoint stream = stream(monitored().saveTopK(2).saveBest(SaveBest.LINK));
        epoch(stream, 0, 2);
        assertThat(decide(stream, 1, 3).flatMap(SavePlan::best)).isEmpty();
        SavePlan better = decide(stream, 2, 1).orElseThrow();
        assertThat(better.best())
                .contains(new BestCheckpoint(
                        "best.ckpt", new KeptCheckpoint("epoch=2.ckpt", OptionalDouble.of(1), 2, 30), true));
    }

    @Test
    void bestIsNamedByItsTemplate() {
        StreamPolicy.Builder policy = monitored().saveBest(SaveBest.COPY);
        policy.filenameStyle(policy.build().filenameStyle().withBest("best-{v:.1f}"));
        epochs(stream(policy), 2, 1);
        assertThat(disk).containsOnlyKeys("best-v=1.0.ckpt", "epoch=1.ckpt");
    }

    @Test
    void bestCatchesUpAfterAFailedWrite() {
        ModelCheckpoint stream = stream(monitored().keepLast(3).saveBest(SaveBest.LINK));
        epoch(stream, 0, 9);
        SavePlan failing = decide(stream, 1, 1).orElseThrow();
        SavePlan second = decide(stream, 2, 2).orElseThrow();
        stream.failed(failing);
        commit(stream, Optional.of(second), 1);
        assertThat(stream.retained().bestPointer())
                .map(BestCheckpoint::checkpoint)
                .contains("epoch=0.ckpt");
        epoch(stream, 3, 3);
        assertThat(stream.retained().bestPointer())
                .map(BestCheckpoint::checkpoint)
                .contains("epoch=2.ckpt");
    }

    @Test
    void bestNeverPointsToAPendingFile() {
        ModelCheckpoint stream = stream(monitored().keepLast(3).saveBest(SaveBest.LINK));
        epoch(stream, 0, 9);
        SavePlan failing = decide(stream, 1, 1).orElseThrow();
        SavePlan pending = decide(stream, 2, 2).orElseThrow();
        stream.failed(failing);
        assertThat(decide(stream, 3, 3).flatMap(SavePlan::best)).isEmpty();
        stream.failed(pending);
        assertThat(stream.expectedRetention().ranking().best())
                .map(KeptCheckpoint::name)
                .contains("epoch=3.ckpt");
    }

    @Test
    void evictsTheWorstFirstToFit() {
        ModelCheckpoint stream = stream(monitored().saveTopK(-1).maxTotalBytes(3));
        assertThat(epochs(stream, 1, 3, 2, 4)).containsExactly("epoch=1.ckpt");
        assertThat(epoch(stream, 4, 5)).containsExactly("epoch=3.ckpt");
    }

    @Test
    void evictsTheOldestFirstToFitWithoutMonitor() {
        ModelCheckpoint stream =
                stream(StreamPolicy.builder().filename("{epoch}").saveTopK(-1).maxTotalBytes(2));
        assertThat(epochs(stream, 1, 1, 1, 1)).containsExactly("epoch=0.ckpt", "epoch=1.ckpt");
    }

    @Test
    void keepsNewestBestAndPermanentEvenIfTheyDoNotFit() {
        epochs(stream(monitored().keepLast(9).keepEveryNth(2).maxTotalBytes(1)), 1, 2, 3);
        assertThat(disk).containsOnlyKeys("epoch=0.ckpt", "epoch=1.ckpt", "epoch=2.ckpt");
    }

    @Test
    void countsTheSizeOfCopiesButNotOfLinks() {
        StreamPolicy.Builder policy = monitored().saveTopK(-1).maxTotalBytes(4);
        epochs(stream(policy.saveLast(SaveLast.LINK).saveBest(SaveBest.LINK)), 1, 2, 3, 4);
        assertThat(disk).hasSize(6);
        disk.clear();
        epochs(stream(policy.saveLast(SaveLast.COPY).saveBest(SaveBest.COPY)), 1, 2, 3, 4);
        assertThat(disk).containsOnlyKeys("best.ckpt", "epoch=0.ckpt", "epoch=3.ckpt", "last.ckpt");
    }

    @Test
    void keepsTheFileThatTrainingResumedFromEvenIfItDoesNotFit() {
        ModelCheckpoint before = stream(monitored().saveTopK(-1));
        epochs(before, 1, 9);
        ModelCheckpoint after = new ModelCheckpoint(
                "s",
                monitored().saveTopK(-1).maxTotalBytes(1).build(),
                RetentionOracle.directory(disk),
                ModelCheckpoint.SaveCondition.ALWAYS,
                new RetentionSnapshot.Restored(before.retained(), 20, Optional.of("epoch=1.ckpt")));
        assertThat(epoch(after, 2, 5)).isEmpty();
        assertThat(epoch(after, 3, 6)).containsExactly("epoch=2.ckpt");
    }

    @Test
    void resumedRunContinuesCountingAndKeeping() {
        ModelCheckpoint before = stream(monitored().keepLast(2).keepEveryNth(3));
        epochs(before, 1, 5, 4, 3);
        ModelCheckpoint after = new ModelCheckpoint(
                "s",
                monitored().keepLast(2).keepEveryNth(3).build(),
                RetentionOracle.directory(disk),
                ModelCheckpoint.SaveCondition.ALWAYS,
                new RetentionSnapshot.Restored(before.retained(), 40, Optional.empty()));
        assertThat(after.retained().checkpoints()).isEqualTo(before.retained().checkpoints());
        epoch(after, 4, 6);
        epoch(after, 5, 7);
        epoch(after, 6, 8);
        assertThat(disk).containsOnlyKeys("epoch=0.ckpt", "epoch=2.ckpt", "epoch=5.ckpt", "epoch=6.ckpt");
    }

    @Test
    void anyTriggerSavesAStepOnce() {
        ModelCheckpoint stream = stream(StreamPolicy.builder()
                .saveTopK(-1)
                .filename("{step}")
                .everyNTrainSteps(5)
                .everyNEpochs(1)
                .anyTrigger(true));
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 4, Map.of())))
                .isEmpty();
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 5, Map.of())))
                .isPresent();
        assertThat(stream.onTrainEpochEnd(event(TraceEvent.EPOCH_END, 0, 5, Map.of())))
                .isEmpty();
        assertThat(stream.onTrainEpochEnd(event(TraceEvent.EPOCH_END, 1, 8, Map.of())))
                .isPresent();
    }

    private static StreamPolicy.Builder monitored() {
        return StreamPolicy.builder().filename("{epoch}").monitor("v");
    }

    private ModelCheckpoint stream(StreamPolicy.Builder policy) {
        return new ModelCheckpoint("s", policy.build(), RetentionOracle.directory(disk));
    }

    /** Runs epochs with these values and returns the deleted files. */
    private List<String> epochs(ModelCheckpoint stream, double... values) {
        List<String> superseded = new ArrayList<>();
        for (int epoch = 0; epoch < values.length; epoch++) {
            superseded.addAll(epoch(stream, epoch, values[epoch]));
        }
        return superseded;
    }

    private List<String> epoch(ModelCheckpoint stream, int epoch, double value) {
        return commit(stream, decide(stream, epoch, value), 1);
    }

    private static Optional<SavePlan> decide(ModelCheckpoint stream, int epoch, double value) {
        return stream.onTrainEpochEnd(event(TraceEvent.EPOCH_END, epoch, 10L * (epoch + 1), Map.of("v", value)));
    }

    private List<String> commit(ModelCheckpoint stream, Optional<SavePlan> plan, long bytes) {
        if (plan.isEmpty()) {
            return List.of();
        }
        plan.get().checkpoint().ifPresent(saved -> disk.put(saved.name(), bytes));
        plan.get().last().ifPresent(last -> disk.put(last.name(), bytes));
        plan.get().best().ifPresent(best -> disk.put(best.name(), bytes));
        List<String> superseded = stream.committed(plan.get(), bytes);
        superseded.forEach(disk::remove);
        return superseded;
    }

    private static TraceEvent event(String hook, int epoch, long step, Map<String, Double> metrics) {
        return new TraceEvent(hook, epoch, step, metrics, false, false, false, true, false, false, 0);
    }
}
