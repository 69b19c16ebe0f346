package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Batches;
import dev.rivulet.internal.loop.LoopProgress.Epochs;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.loop.LoopProgress.Validation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LightningEntriesTest {
    private static final LoopProgress PROGRESS = new LoopProgress(
            Position.BATCH_END, 40, new Epochs(3, 3), new Batches(1, false, 8, 26), new Validation(true, true), false);

    static Stream<Named<List<RecordedLoops>>> fits() throws IOException {
        return RecordedLoops.all().stream()
                .collect(Collectors.groupingBy(RecordedLoops::fit, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(fit -> Named.of(fit.getKey(), fit.getValue()));
    }

    @ParameterizedTest
    @MethodSource("fits")
    void writesTheSameCountsAsLightning(List<RecordedLoops> fit) {
        assertThat(fit)
                .filteredOn(record -> !record.isWithinBatch() && !record.isResumed())
                .allSatisfy(record -> {
                    Map<String, @Nullable Object> entries =
                            LightningEntries.of(state(LoopProgress.fromEntries(record.progress()), schedulers(record)));

                    assertThat(known(entries.get("loops"), record.accumulated()))
                            .isEqualTo(known(record.saved().get("loops"), record.accumulated()));
                });
    }

    @ParameterizedTest
    @MethodSource("fits")
    void readsTheProgressThatLightningSaves(List<RecordedLoops> fit) {
        assertThat(fit)
                .filteredOn(record -> !record.isResumed() || !record.isBetweenBatches())
                .allSatisfy(record -> {
                    LoopProgress read =
                            LightningEntries.read(checkpoint(record)).progress();

                    Map<String, @Nullable Object> expected = new LinkedHashMap<>(record.progress());
                    expected.put("validation_due", read.position() == Position.VALIDATION_END);
                    expected.put(
                            "batches_of_epoch", read.batches().ofEpoch() == 0 ? 0L : expected.get("batches_of_epoch"));
                    if (read.position() == Position.BATCH_START && "VALIDATION_END".equals(expected.get("place"))) {
                        expected.put("place", "BATCH_START"); // Equivalent after a batch without a step.
                    }
                    assertThat(read.toEntries()).isEqualTo(expected);
                });
    }

    /** Otherwise a run could not resume with the number of batches that it has accumulated. */
    @ParameterizedTest
    @MethodSource("fits")
    void stepsOfTheEpochFitTheAccumulatedBatches(List<RecordedLoops> fit) {
        assertThat(fit).filteredOn(record -> !record.isWithinBatch()).allSatisfy(record -> {
            LoopProgress progress = LightningEntries.read(checkpoint(record)).progress();
            OptionalLong steps = LightningEntries.stepsOfEpoch(record.saved());

            assertThat(
                            steps.isPresent() && progress.isWithinEpoch()
                                    ? steps.getAsLong()
                                    : progress.stepsOfEpoch((int) record.accumulated()))
                    .isEqualTo(progress.stepsOfEpoch((int) record.accumulated()));
        });
    }

    @Test
    void rivuletFilesHoldTheCompleteProgress() {
        TrainingState state = new TrainingState(PROGRESS, List.of(), List.of(), Map.of(), Map.of("random", Map.of()));
        Map<String, @Nullable Object> checkpoint = new LinkedHashMap<>(LightningEntries.of(state));
        checkpoint.put("rivulet", Map.of("training", LightningEntries.own(state)));

        assertThat(LightningEntries.read(checkpoint)).isEqualTo(state);
    }

    @Test
    void writesHyperParametersIfPresent() {
        TrainingState state = new TrainingState(PROGRESS, List.of(), List.of(), Map.of("width", 8L), Map.of());

        assertThat(LightningEntries.of(state))
                .containsEntry("hyper_parameters", Map.of("width", 8L))
                .containsEntry("hparams_name", "kwargs");
        assertThat(LightningEntries.of(state(PROGRESS, List.of())))
                .containsOnlyKeys("loops", "callbacks", "optimizer_states", "lr_schedulers");
    }

    @Test
    void writesTuplesAndCountersLikePython() {
        Map<String, @Nullable Object> optimizer =
                Map.of("param_groups", List.of(Map.of("lr", 0.1, "betas", List.of(0.9, 0.999))));
        Map<String, @Nullable Object> milestones = Map.of("milestones", Map.of(3L, 1L));
        Map<String, @Nullable Object> sequential = Map.of("_schedulers", List.of(milestones));
        TrainingState state = new TrainingState(PROGRESS, List.of(optimizer), List.of(sequential), Map.of(), Map.of());

        TorchValue entries = PlainValues.toTorch(LightningEntries.of(state));

        assertThat(entries.toString()).contains("TUPLE").contains("collections.Counter");
        assertThat(LightningEntries.states(
                        LightningEntries.reader((Map<?, ?>) Objects.requireNonNull(PlainValues.fromTorch(entries))),
                        "lr_schedulers"))
                .containsExactly(sequential);
    }

    /** Otherwise a user's entry could replace one of these. */
    @Test
    void allEntriesHaveReservedKeys() {
        TrainingState state = new TrainingState(PROGRESS, List.of(), List.of(), Map.of("width", 8L), Map.of());

        assertThat(LightningEntries.of(state).keySet())
                .contains("hyper_parameters")
                .allMatch(Checkpoint::isReserved);
        assertThat(List.of(LightningEntries.OWN, LightningEntries.STATE_DICT, LightningEntries.VERSION))
                .allMatch(Checkpoint::isReserved);
    }

    @Test
    void refusesFilesFromWhichARunCannotResume() {
        assertRefused(Map.of("module", 1L, "ds_version", "0.17"), "DeepSpeed");
        assertRefused(Map.of("weight", 1L), "not a Lightning checkpoint, which has \"state_dict\"");
        assertRefused(
                file("1.9.5"),
                "written by Lightning 1.9.5, which had another loop structure; upgrade the file" + " with python -m");
        assertRefused(file("2.6.6"), "has no \"optimizer_states\": it was saved with save_weights_only");
        assertRefused(file("2.6.6", Map.of(), Map.of()), "with 2 optimizers");
        assertRefused(file("2.6.6", Map.of("state", Map.of("layer.weight", Map.of()))), "as with FSDP");
        assertRefused(file("2.6.6", Map.of()), "has no \"loops\", but a dictionary is expected");
    }

    @Test
    void refusesManualOptimization() throws IOException {
        Map<String, @Nullable Object> checkpoint =
                checkpoint(RecordedLoops.all().get(0));
        DictReader loop = LightningEntries.reader(checkpoint).dict("loops").dict("fit_loop");
        Map<String, @Nullable Object> manual = loop.named();
        manual.put(
                "epoch_loop.manual_optimization.optim_step_progress",
                Map.of("total", Map.of("ready", 2L, "completed", 2L)));
        checkpoint.put("loops", Map.of("fit_loop", manual));

        assertRefused(checkpoint, "a run with manual optimization (2 steps)");
    }

    /** Lightning's callback stores averages in place of the weights, which do not match the optimizer state. */
    @Test
    void refusesAveragesInPlaceOfTheTrainedWeights() throws IOException {
        Map<String, @Nullable Object> checkpoint =
                checkpoint(RecordedLoops.all().get(0));
        checkpoint.put("current_model_state", Map.of());
        checkpoint.put("averaging_state", Map.of("n_averaged", 3L));

        assertRefused(checkpoint, "\"current_model_state\" the trained weights");
    }

    @Test
    void errorsNameTheMalformedEntry() {
        Map<String, @Nullable Object> checkpoint = new LinkedHashMap<>(file("2.6.6", Map.of()));
        checkpoint.put("loops", Map.of("fit_loop", Map.of("epoch_loop.batch_progress", Map.of("current", "x"))));

        assertRefused(checkpoint, "has no \"loops.fit_loop.epoch_progress\", but a dictionary is expected");
    }

    @Test
    void refusesCountsThatExceedTheLimits() throws IOException {
        Map<String, @Nullable Object> checkpoint =
                checkpoint(RecordedLoops.all().get(0));
        Map<String, @Nullable Object> loop = LightningEntries.reader(checkpoint)
                .dict("loops")
                .dict("fit_loop")
                .named();
        Map<String, Long> many =
                Map.of("ready", 1L << 40, "started", 1L << 40, "processed", 1L << 40, "completed", 1L << 40);
        loop.put("epoch_progress", Map.of("current", many));
        checkpoint.put("loops", Map.of("fit_loop", loop));

        assertRefused(checkpoint, "more than Rivulet supports");
    }

    private static void assertRefused(Map<String, @Nullable Object> checkpoint, String reason) {
        assertThatThrownBy(() -> LightningEntries.read(checkpoint))
                .isInstanceOf(NoTrainingStateException.class)
                .hasMessageContaining(reason);
    }

    private static Map<String, @Nullable Object> file(String version, Object... optimizers) {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("state_dict", Map.of());
        file.put("pytorch-lightning_version", version);
        if (optimizers.length > 0) {
            file.put("optimizer_states", List.of(optimizers));
            file.put("lr_schedulers", List.of());
        }
        return file;
    }

    private static Map<String, @Nullable Object> checkpoint(RecordedLoops record) {
        Map<String, @Nullable Object> checkpoint = new LinkedHashMap<>(record.saved());
        checkpoint.put("state_dict", Map.of());
        checkpoint.put("optimizer_states", List.of(Map.of()));
        return checkpoint;
    }

    private static TrainingState state(LoopProgress progress, List<Map<String, @Nullable Object>> schedulers) {
        return new TrainingState(progress, List.of(), schedulers, Map.of(), Map.of());
    }

    private static List<Map<String, @Nullable Object>> schedulers(RecordedLoops record) {
        return LightningEntries.states(LightningEntries.reader(record.saved()), "lr_schedulers");
    }

    /**
     * Removes counts that Lightning does not use to resume and the progress does not have: batches of a validation, and
     * if more than two batches are accumulated, steps for loggers and resets of gradients.
     */
    private static Map<String, @Nullable Object> known(@Nullable Object loops, long accumulated) {
        Map<String, @Nullable Object> copy = LightningEntries.reader((Map<?, ?>) Objects.requireNonNull(loops))
                .named();
        DictReader loop = LightningEntries.reader(copy).dict("fit_loop");
        Map<String, @Nullable Object> fitLoop = loop.named();
        String validation = "epoch_loop.val_loop.batch_progress";
        fitLoop.put(validation, loop.dict(validation).bool("is_last_batch"));
        if (accumulated > 2) {
            String optimizer = "epoch_loop.automatic_optimization.optim_progress";
            fitLoop.put(
                    optimizer,
                    loop.dict(optimizer).dict("optimizer").dict("step").values());
            fitLoop.remove("epoch_loop.state_dict");
        }
        copy.put("fit_loop", fitLoop);
        return copy;
    }
}
