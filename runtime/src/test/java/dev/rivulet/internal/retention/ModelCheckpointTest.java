package dev.rivulet.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.policy.StreamPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelCheckpointTest {
    private final Set<String> disk = new HashSet<>();

    @Test
    void savesEveryEpochAndKeepsTheNewestByDefault() {
        ModelCheckpoint stream = stream(StreamPolicy.builder().filename("{epoch}"));
        assertThat(commit(stream, stream.onTrainEpochEnd(epochEnd(0, Map.of()))))
                .isEmpty();
        assertThat(commit(stream, stream.onTrainEpochEnd(epochEnd(1, Map.of()))))
                .containsExactly("epoch=0.ckpt");
        assertThat(stream.retained().ranking().best()).map(KeptCheckpoint::name).contains("epoch=1.ckpt");
    }

    @Test
    void namesFilesAfterTheStreamByDefault() {
        ModelCheckpoint stream = stream(StreamPolicy.builder());
        assertThat(stream.onTrainEpochEnd(epochEnd(0, Map.of())).orElseThrow().checkpoint())
                .map(KeptCheckpoint::name)
                .contains("averaged-epoch=0-step=10.ckpt");
    }

    @Test
    void evictsTheWorstOfTopK() {
        ModelCheckpoint stream = stream(monitored().saveTopK(2));
        epoch(stream, 0, 3);
        epoch(stream, 1, 1);
        assertThat(epoch(stream, 2, 2)).containsExactly("epoch=0.ckpt");
        assertThat(stream.onTrainEpochEnd(epochEnd(3, Map.of("v", 2.0)))).isEmpty();
        assertThat(names(stream)).containsExactly("epoch=1.ckpt", "epoch=2.ckpt");
        assertThat(stream.retained().ranking().kthBest())
                .map(KeptCheckpoint::name)
                .contains("epoch=2.ckpt");
        assertThat(stream.retained().ranking().currentScore()).hasValue(2);
    }

    @Test
    void equalScoreEvictsNothingAndOldestOfEqualsIsEvictedFirst() {
        ModelCheckpoint stream = stream(monitored().saveTopK(2).mode(Mode.MAX));
        epoch(stream, 0, 1);
        epoch(stream, 1, 1);
        assertThat(stream.onTrainEpochEnd(epochEnd(2, Map.of("v", 1.0)))).isEmpty();
        assertThat(stream.retained().ranking().best()).map(KeptCheckpoint::name).contains("epoch=0.ckpt");
        assertThat(epoch(stream, 3, 2)).containsExactly("epoch=0.ckpt");
    }

    @Test
    void keepsNaNWhileThereIsRoomAndRanksItWorst() {
        ModelCheckpoint stream = stream(monitored());
        epoch(stream, 0, Double.NaN);
        assertThat(stream.retained().ranking().best())
                .map(KeptCheckpoint::score)
                .contains(OptionalDouble.of(Double.POSITIVE_INFINITY));
        assertThat(epoch(stream, 1, 1e30)).containsExactly("epoch=0.ckpt");
    }

    @Test
    void savesAStepOnce() {
        ModelCheckpoint stream = stream(StreamPolicy.builder().everyNTrainSteps(2));
        assertThat(stream.onTrainBatchEnd(batchEnd(1, Map.of(), false))).isEmpty();
        assertThat(stream.onTrainBatchEnd(batchEnd(2, Map.of(), false))).isPresent();
        assertThat(stream.onTrainBatchEnd(batchEnd(2, Map.of(), false))).isEmpty();
    }

    @Test
    void dueSaveWaitsForTheFollowingValidation() {
        ModelCheckpoint stream = stream(monitored().everyNTrainSteps(1));
        assertThat(stream.onTrainBatchEnd(batchEnd(1, Map.of("v", 9.0), true))).isEmpty();
        assertThat(stream.awaitsValidation()).isTrue();
        Optional<SavePlan> plan =
                stream.onValidationEnd(event(TraceEvent.VALIDATION_END, 0, 1, Map.of("v", 0.5), false, true, 0));
        assertThat(plan.orElseThrow().checkpoint()).map(KeptCheckpoint::score).contains(OptionalDouble.of(0.5));
        assertThat(stream.awaitsValidation()).isFalse();
    }

    @Test
    void failsAfterValidationIfMetricWasNeverLogged() {
        ModelCheckpoint stream = stream(monitored());
        assertThat(stream.onTrainEpochEnd(epochEnd(0, Map.of("w", 1.0)))).isEmpty();
        assertThat(stream.dueSaves().metricIsMissing()).isTrue();
        assertThatThrownBy(() -> stream.onTrainEpochEnd(event(TraceEvent.EPOCH_END, 1, 20, Map.of(), false, true, 0)))
                .isInstanceOf(MissingMetricException.class)
                .hasMessageContaining("\"averaged\" monitors \"v\"");
    }

    @Test
    void lastIsTheNewestSaveEvenIfNotInTopK() {
        ModelCheckpoint stream = stream(monitored().saveLast(SaveLast.COPY));
        epoch(stream, 0, 1);
        assertThat(epoch(stream, 1, 2)).isEmpty();
        assertThat(names(stream)).containsExactly("epoch=0.ckpt");
        assertThat(stream.retained().last()).contains(new LastCheckpoint("last.ckpt", Optional.empty(), 1, 20));
    }

    @Test
    void lastLinksToTheCheckpointIfItHasItsOwnFile() {
        ModelCheckpoint stream = stream(monitored().saveLast(SaveLast.LINK));
        epoch(stream, 0, 1);
        assertThat(stream.retained().last()).flatMap(LastCheckpoint::target).contains("epoch=0.ckpt");
        epoch(stream, 1, 2);
        assertThat(stream.retained().last()).map(LastCheckpoint::target).contains(Optional.empty());
    }

    @Test
    void templatedLastReplacesThePreviousLast() {
        StreamPolicy.Builder policy = StreamPolicy.builder().saveTopK(0).saveLast(SaveLast.COPY);
        policy.filenameStyle(policy.build().filenameStyle().withLast("last-{epoch}"));
        ModelCheckpoint stream = stream(policy);
        epoch(stream, 0, 1);
        assertThat(epoch(stream, 1, 1)).containsExactly("last-epoch=0.ckpt");
    }

    @Test
    void takenNameGetsAVersionUnlessItsFileIsReplaced() {
        disk.add("m.ckpt");
        ModelCheckpoint stream = stream(monitored().filename("m"));
        epoch(stream, 0, 2);
        assertThat(epoch(stream, 1, 1)).isEmpty();
        assertThat(names(stream)).containsExactly("m-v1.ckpt");
    }

    @Test
    void exceptionCheckpointNeverOverwritesAFile() {
        ModelCheckpoint stream = stream(
                StreamPolicy.builder().filename("m").enableVersionCounter(false).saveOnException(true));
        epoch(stream, 0, 1);
        commit(stream, stream.onException(event(TraceEvent.EXCEPTION, 1, 15, Map.of(), false, false, 0)));
        assertThat(stream.retained().onException()).map(KeptCheckpoint::name).contains("m-v1.ckpt");
        assertThat(epoch(stream, 1, 1)).containsExactly("m-v1.ckpt");
        assertThat(names(stream)).containsExactly("m.ckpt");
    }

    @Test
    void timeTriggerCountsFromTheLastDueSave() {
        ModelCheckpoint stream = stream(StreamPolicy.builder().saveTopK(-1).trainTimeInterval(Duration.ofNanos(10)));
        stream.onTrainStart(event(TraceEvent.TRAIN_START, 0, 0, Map.of(), false, false, 100));
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 1, Map.of(), false, false, 109)))
                .isEmpty();
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 2, Map.of(), false, false, 113)))
                .isPresent();
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 3, Map.of(), false, false, 122)))
                .isEmpty();
        assertThat(stream.onTrainBatchEnd(event(TraceEvent.BATCH_END, 0, 4, Map.of(), false, false, 123)))
                .isPresent();
    }

    @Test
    void vetoedSaveChangesNothing() {
        ModelCheckpoint stream = new ModelCheckpoint(
                "averaged",
                monitored().build(),
                directory(),
                view -> view.epoch() > 0,
                RetentionSnapshot.Restored.NOTHING);
        assertThat(stream.onTrainEpochEnd(epochEnd(0, Map.of("v", 0.0)))).isEmpty();
        assertThat(stream.retained()).isEqualTo(RetentionSnapshot.EMPTY);
        assertThat(stream.onTrainEpochEnd(epochEnd(1, Map.of("v", 1.0)))).isPresent();
    }

    @Test
    void decisionsIncludePendingPlansButRetentionStateDoesNot() {
        ModelCheckpoint stream = stream(monitored());
        SavePlan pending = stream.onTrainEpochEnd(epochEnd(0, Map.of("v", 1.0))).orElseThrow();
        assertThat(stream.onTrainEpochEnd(epochEnd(1, Map.of("v", 2.0)))).isEmpty();
        assertThat(stream.retained()).isEqualTo(RetentionSnapshot.EMPTY);
        stream.failed(pending);
        assertThat(stream.onTrainEpochEnd(epochEnd(2, Map.of("v", 2.0)))).isPresent();
    }

    @Test
    void plansCommitInOrderAndOnce() {
        ModelCheckpoint stream = stream(StreamPolicy.builder());
        SavePlan first = stream.onTrainEpochEnd(epochEnd(0, Map.of())).orElseThrow();
        SavePlan second = stream.onTrainEpochEnd(epochEnd(1, Map.of())).orElseThrow();
        assertThatThrownBy(() -> stream.committed(second, 0))
                .hasMessageContaining("an earlier plan pending, of step 10");
        stream.committed(first, 0);
        assertThatThrownBy(() -> stream.committed(first, 0)).hasMessageContaining("no pending plan of step 10");
    }

    @Test
    void neverDeletesTheFileThatTrainingResumedFrom() {
        ModelCheckpoint before = stream(monitored());
        epoch(before, 0, 2);
        ModelCheckpoint after = new ModelCheckpoint(
                "averaged",
                monitored().build(),
                directory(),
                ModelCheckpoint.SaveCondition.ALWAYS,
                new RetentionSnapshot.Restored(before.retained(), 10, Optional.of("epoch=0.ckpt")));
        assertThat(epoch(after, 1, 1)).isEmpty();
        assertThat(names(after)).containsExactly("epoch=1.ckpt");
    }

    @Test
    void doesNotWriteLastAtTheEndIfTheResumedRunHadSaved() {
        ModelCheckpoint before = stream(monitored().saveLast(SaveLast.COPY));
        epoch(before, 0, 2);
        ModelCheckpoint after = new ModelCheckpoint(
                "averaged",
                monitored().saveLast(SaveLast.COPY).build(),
                directory(),
                ModelCheckpoint.SaveCondition.ALWAYS,
                new RetentionSnapshot.Restored(before.retained(), 10, Optional.of("epoch=0.ckpt")));

        assertThat(after.onTrainEnd(event(TraceEvent.TRAIN_END, 1, 10, Map.of(), false, false, 0)))
                .isEmpty();
    }

    @Test
    void mayWaitForAMetricThatIsLoggedAtTheEndOfTheEpoch() {
        ModelCheckpoint stream = stream(monitored().everyNTrainSteps(1));

        assertThat(stream.onTrainBatchEnd(batchEnd(1, Map.of(), true))).isEmpty();
        assertThat(stream.onValidationEnd(event(TraceEvent.VALIDATION_END, 0, 1, Map.of(), false, true, 0)))
                .isEmpty();

        assertThat(stream.awaitsValidation()).isFalse();
        assertThat(stream.onTrainBatchEnd(batchEnd(2, Map.of("v", 1.0), false))).isPresent();
    }

    @Test
    void dryRunsAndSanityChecksSaveNothing() {
        ModelCheckpoint stream =
                stream(StreamPolicy.builder().saveLast(SaveLast.COPY).saveOnException(true));
        TraceEvent dryRun = new TraceEvent("", 0, 1, Map.of(), true, false, true, true, false, true, 0);
        assertThat(stream.onTrainEpochEnd(dryRun)).isEmpty();
        assertThat(stream.onException(dryRun)).isEmpty();
        assertThat(stream.onTrainEnd(dryRun)).isEmpty();
    }

    private static StreamPolicy.Builder monitored() {
        return StreamPolicy.builder().filename("{epoch}").monitor("v");
    }

    private ModelCheckpoint stream(StreamPolicy.Builder policy) {
        return new ModelCheckpoint("averaged", policy.build(), directory());
    }

    private StreamDirectory directory() {
        return new StreamDirectory() {
            @Override
            public String extension() {
                return ".ckpt";
            }

            @Override
            public boolean exists(String name) {
                return disk.contains(name);
            }
        };
    }

    private List<String> epoch(ModelCheckpoint stream, int epoch, double value) {
        return commit(stream, stream.onTrainEpochEnd(epochEnd(epoch, Map.of("v", value))));
    }

    private List<String> commit(ModelCheckpoint stream, Optional<SavePlan> plan) {
        plan.orElseThrow().checkpoint().ifPresent(saved -> disk.add(saved.name()));
        plan.orElseThrow().last().ifPresent(last -> disk.add(last.name()));
        List<String> superseded = stream.committed(plan.orElseThrow(), 0);
        superseded.forEach(disk::remove);
        return superseded;
    }

    private static List<String> names(ModelCheckpoint stream) {
        return stream.retained().topK().stream().map(KeptCheckpoint::name).toList();
    }

    private static TraceEvent epochEnd(int epoch, Map<String, Double> metrics) {
        return event(TraceEvent.EPOCH_END, epoch, 10L * (epoch + 1), metrics, false, false, 0);
    }

    private static TraceEvent batchEnd(long step, Map<String, Double> metrics, boolean validates) {
        return event(TraceEvent.BATCH_END, 0, step, metrics, validates, false, 0);
    }

    private static TraceEvent event(
            String hook,
            int epoch,
            long step,
            Map<String, Double> metrics,
            boolean validates,
            boolean validated,
            long nanos) {
        return new TraceEvent(hook, epoch, step, metrics, false, validates, validated, true, false, false, nanos);
    }
}
