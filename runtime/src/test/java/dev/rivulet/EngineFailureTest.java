package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.fixture.ChainModule;
import dev.rivulet.fixture.EngineThreads;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Weights;
import dev.rivulet.fixture.WeightsRecorder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faulty user code while the training thread and the writer thread run concurrently. */
@Timeout(120) // Only a deadlock takes that long.
class EngineFailureTest extends FitTestCase {
    private final WeightsRecorder recorder = new WeightsRecorder();

    private void assertThatAllAreSaved(FitResult result, String stream, float factor) {
        assertThat(result.stream(stream).failures()).isEmpty();
        assertThat(result.stream(stream).kept())
                .hasSize(8)
                .allSatisfy(saved -> assertThat(Weights.in(saved.path()))
                        .isEqualTo(Weights.times(recorder.at(saved.globalStep()), factor)));
    }

    @Test
    void aVerifiedHookThatWritesLaterHarmsOnlyDerivedStreams() {
        try (ChainModule module = new ChainModule()) {
            module.onSave("half", checkpoint -> {
                if (checkpoint.globalStep() > 3) {
                    module.corruptWeights();
                }
            });
            FitResult result = ChainModule.saving(trainer(), "original", "averaged", "half")
                    .callbacks(recorder)
                    .build()
                    .fit(module, points, points);

            assertThat(recorder.changedSteps()).isEmpty();
            assertThatAllAreSaved(result, "original", 1);
            assertThat(result.stream("half").failures())
                    .extracting(StreamFailure::globalStep)
                    .contains(5L, 6L, 7L, 8L);
        }
    }

    @Test
    void weightsThatShareMemoryWithAChangedSourceAreRecomputedOnTheTrainingThread() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (ChainModule module = new ChainModule()) {
            module.transform("second", (weights, context) -> {
                        threads.add(Thread.currentThread());
                        return weights.map((name, weight) -> weight.mul(0.5f));
                    })
                    .transform("sixth", (weights, context) -> weights.map((name, weight) -> weight.muli(2)));
            FitResult result = ChainModule.saving(trainer(), "second", "fifth", "sixth")
                    .callbacks(recorder)
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("sixth").failures()).hasSize(8);
            assertThatAllAreSaved(result, "second", 0.5f);
            assertThatAllAreSaved(result, "fifth", 0.5f);
            assertThat(threads).containsExactly(Thread.currentThread());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStaticTransformThatChangesItsInstanceSourceHarmsNoOtherStream(boolean sourceIsDue) {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<String> due = new ArrayList<>(List.of("third", "fourth"));
        if (sourceIsDue) {
            due.add("second");
        }
        try (ChainModule module = new ChainModule()) {
            module.transform("second", (weights, context) -> {
                        threads.add(Thread.currentThread());
                        return weights.map((name, weight) -> weight.mul(0.5f));
                    })
                    .transform("third", (weights, context) -> weights.map((name, weight) -> weight.muli(2)));
            FitResult result = ChainModule.saving(trainer(), due.toArray(String[]::new))
                    .callbacks(recorder)
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("third").failures()).hasSize(8);
            assertThatAllAreSaved(result, "fourth", 0.5f);
            assertThat(threads).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void liveArraysThatATransformReturnsAreSavedAsOfTheStep() {
        CountDownLatch trained = new CountDownLatch(1);
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                        trained.await();
                        return weights;
                    })
                    .transform("averaged", (weights, context) -> {
                        Map<String, NDArray> live = LiveNetwork.of(module).arrays();
                        return weights.map((name, weight) -> Objects.requireNonNull(live.get(name)));
                    });
            FitResult result = ChainModule.saving(trainer(), "transformed", "averaged")
                    .maxPendingSaves(8)
                    .callbacks(recorder, new Callback() {
                        @Override
                        public void onTrainEnd(Trainer trainer, LightningModule m) {
                            trained.countDown();
                        }
                    })
                    .build()
                    .fit(module, points, points);

            assertThatAllAreSaved(result, "averaged", 1);
        }
    }

    /** Logs a phase per step, which filenames contain. */
    private static final class PhasedModule extends ChainModule {
        private final double[] phases;

        PhasedModule(double... phases) {
            this.phases = phases;
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            log("phase", phases[(int) globalStep()]);
            return super.trainingStep(batch, batchIndex);
        }
    }

    @Test
    void aFileMarkedForDeletionStaysWhenItIsWrittenAgain() {
        CountDownLatch planned = new CountDownLatch(1);
        AtomicReference<Thread> writer = new AtomicReference<>();
        try (PhasedModule module = new PhasedModule(0, 1, 0, 0)) {
            module.transform("transformed", (weights, context) -> {
                if (context.globalStep() == 2) {
                    planned.await();
                }
                if (context.globalStep() == 3) {
                    writer.set(EngineThreads.writer());
                    throw new IOException("no scale");
                }
                return weights;
            });
            FitResult result = ChainModule.saving(trainer(), "transformed").maxSteps(4).maxPendingSaves(8).stream(
                            "transformed",
                            policy -> policy.filename("t-{phase}").saveTopK(1).enableVersionCounter(false))
                    .callbacks(recorder, new Callback() {
                        @Override
                        public void onTrainBatchEnd(
                                Trainer running, LightningModule m, NDArray loss, Batch batch, int batchIndex) {
                            if (running.globalStep() == 4) {
                                planned.countDown();
                            }
                            // The writer waits when it has finished all saves.
                            while (running.globalStep() == 4
                                    && (writer.get() == null || writer.get().getState() != Thread.State.WAITING)) {
                                Thread.onSpinWait();
                            }
                        }
                    })
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("transformed").failures()).hasSize(1);
            assertThat(result.stream("transformed").kept()).singleElement().satisfies(saved -> {
                assertThat(saved.globalStep()).isEqualTo(4);
                assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(4));
            });
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void aThrowingHookHidesNeitherFailuresNorOtherCheckpoints() {
        List<String> reported = new ArrayList<>();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                throw new IOException("no scale");
            });
            Trainer trainer = ChainModule.saving(trainer(), "original", "transformed", "averaged").stream(
                            "transformed", policy -> policy.onFailure(OnFailure.STOP))
                    .maxPendingSaves(0)
                    .callbacks(new Callback() {
                        @Override
                        public void onCheckpointCommitted(
                                Trainer running, LightningModule m, CommittedCheckpoint committed) throws IOException {
                            reported.add(committed.checkpoint().stream());
                            throw new IOException("no network");
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessage("Not saved: stream \"transformed\", epoch 0, step 1: no scale")
                    .satisfies(thrown -> assertThat(thrown.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("no network", "no network"));
        }
        assertThat(reported).containsExactly("original", "averaged");
    }

    @Test
    void aThrowingHookDoesNotPreventTheExceptionCheckpoint() {
        try (ChainModule module = new ChainModule()) {
            Trainer trainer = ChainModule.saving(trainer(), "averaged").stream(
                            "original",
                            policy -> policy.saveTopK(1).everyNTrainSteps(100).saveOnException(true))
                    .maxPendingSaves(0)
                    .callbacks(new Callback() {
                        private boolean fails;

                        @Override
                        public void onTrainBatchEnd(
                                Trainer running, LightningModule m, NDArray loss, Batch batch, int batchIndex)
                                throws IOException {
                            fails = running.globalStep() == 2;
                        }

                        @Override
                        public void onCheckpointCommitted(
                                Trainer running, LightningModule m, CommittedCheckpoint committed) throws IOException {
                            if (fails) {
                                throw new IOException("no network");
                            }
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points)).hasRootCauseMessage("no network");
        }
        assertThat(files()).anyMatch(name -> name.contains("original"));
    }
}
