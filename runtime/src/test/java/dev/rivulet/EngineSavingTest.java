package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.SkippedSaveException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.fixture.ChainModule;
import dev.rivulet.fixture.ConfigurableModule.Transform;
import dev.rivulet.fixture.EngineThreads;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.internal.store.Catalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The training thread and the writer thread run concurrently: eight steps per fit, with a save at every step. */
@Timeout(120) // Only a deadlock takes that long.
class EngineSavingTest extends FitTestCase {

    private static Transform awaiting(CountDownLatch latch) {
        return (weights, context) -> {
            latch.await();
            return weights;
        };
    }

    private List<Long> committedSteps() throws IOException {
        return Catalog.read(checkpoints()).manifests().stream()
                .map(manifest -> manifest.origin().globalStep())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aSaveIsSkippedAndReportedWhenTheWriterIsBusy(int maxPendingSaves) throws IOException {
        CountDownLatch trained = new CountDownLatch(1);
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", awaiting(trained));
            FitResult result = ChainModule.saving(trainer(), "original", "transformed")
                    .backpressure(Backpressure.SKIP)
                    .maxPendingSaves(maxPendingSaves)
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainEnd(Trainer trainer, LightningModule trainedModule) {
                            trained.countDown();
                        }
                    })
                    .build()
                    .fit(module, points, points);

            List<Long> saved = steps(1, maxPendingSaves + 1);
            assertThat(result.globalStep()).isEqualTo(8);
            assertThat(result.saves().skipped()).isEqualTo(8 - saved.size());
            assertThat(result.saves().groups()).isEqualTo(saved.size());
            for (String stream : List.of("original", "transformed")) {
                assertThat(steps(result.stream(stream))).isEqualTo(saved);
                assertThat(result.stream(stream).failures())
                        .extracting(StreamFailure::globalStep)
                        .isEqualTo(steps(saved.size() + 1, 8));
                assertThat(result.stream(stream).failures())
                        .allSatisfy(
                                failure -> assertThat(failure.cause()).isExactlyInstanceOf(SkippedSaveException.class));
            }
            assertThat(committedSteps()).isEqualTo(saved);
            assertThat(files()).hasSize(2 * saved.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void trainingWaitsWhenAllSnapshotsArePending(int maxPendingSaves) throws IOException {
        AtomicLong trained = new AtomicLong();
        Map<Long, Long> aheadOf = new ConcurrentHashMap<>();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                // The step for which no snapshot memory is free has been trained when it waits.
                long possible = Math.min(8, context.globalStep() + maxPendingSaves + 1);
                while (trained.get() < possible) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < 1_000_000; i++) {
                    Thread.onSpinWait(); // Gives training time to continue, if it can.
                }
                aheadOf.put(context.globalStep(), trained.get());
                return weights;
            });
            FitResult result = ChainModule.saving(trainer(), "original", "transformed")
                    .maxPendingSaves(maxPendingSaves)
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainBatchEnd(
                                Trainer trainer, LightningModule m, NDArray loss, Batch batch, int batchIndex) {
                            trained.set(trainer.globalStep());
                        }
                    })
                    .build()
                    .fit(module, points, points);

            assertThat(aheadOf)
                    .hasSize(8)
                    .allSatisfy((step, ahead) -> assertThat(ahead).isEqualTo(Math.min(8, step + maxPendingSaves + 1)));
            assertThat(result.saves().skipped()).isZero();
            assertThat(committedSteps()).isEqualTo(steps(1, 8));
        }
    }

    @Test
    void withoutPendingSavesEachSaveIsCommittedAndReportedBeforeTrainingContinues() {
        Map<Long, Integer> filesAtNextStep = new HashMap<>();
        List<String> reported = new ArrayList<>();
        try (ChainModule module = new ChainModule()) {
            ChainModule.saving(trainer(), "original", "transformed")
                    .maxPendingSaves(0)
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainBatchStart(Trainer trainer, LightningModule m, Batch batch, int index) {
                            filesAtNextStep.put(trainer.globalStep(), trainer.globalStep() == 0 ? 0 : files().size());
                        }

                        @Override
                        public void onCheckpointCommitted(
                                Trainer trainer, LightningModule m, CommittedCheckpoint committed) {
                            assertThat(committed.path()).exists();
                            reported.add(trainer.globalStep() + "="
                                    + committed.checkpoint().globalStep());
                        }
                    })
                    .build()
                    .fit(module, points, points);
        }

        assertThat(filesAtNextStep)
                .hasSize(8)
                .allSatisfy((step, files) -> assertThat(files.longValue()).isEqualTo(2 * step));
        assertThat(reported).hasSize(16).allMatch(steps -> steps.matches("(\\d)=\\1"));
    }

    @Test
    void anErrorOnTheWriterEndsTrainingAtTheNextStep() throws IOException {
        AtomicReference<Thread> writer = new AtomicReference<>();
        AtomicLong ended = new AtomicLong();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                if (context.globalStep() == 3) {
                    writer.set(EngineThreads.writer());
                    throw new IOException("no scale");
                }
                return weights;
            });
            Trainer trainer = ChainModule.saving(trainer(), "original", "transformed").stream(
                            "transformed", policy -> policy.onFailure(OnFailure.STOP))
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainBatchEnd(
                                Trainer running, LightningModule m, NDArray loss, Batch batch, int batchIndex) {
                            ended.set(running.globalStep());
                            // The writer waits when it has finished all saves.
                            while (running.globalStep() == 4
                                    && (writer.get() == null || writer.get().getState() != Thread.State.WAITING)) {
                                Thread.onSpinWait();
                            }
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessage("Not saved: stream \"transformed\", epoch 0, step 3: no scale");
            assertThat(ended).hasValue(4);
            assertThat(committedSteps()).isEqualTo(steps(1, 3));
        }
    }

    @Test
    void anErrorOnTheWriterEndsTrainingAtTheSameStepWithoutPendingSaves() {
        AtomicLong ended = new AtomicLong();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                throw new IOException("no scale");
            });
            Trainer trainer = ChainModule.saving(trainer(), "transformed").stream(
                            "transformed", policy -> policy.onFailure(OnFailure.STOP))
                    .maxPendingSaves(0)
                    .callbacks(new Callback() {
                        @Override
                        public void onException(Trainer running, LightningModule m, Throwable exception) {
                            ended.set(running.globalStep());
                        }
                    })
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .hasMessage("Not saved: stream \"transformed\", epoch 0, step 1: no scale");
        }
        assertThat(ended).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acceptedSavesAreCommittedWhenTheFitEnds(boolean fails) throws IOException {
        CountDownLatch trained = new CountDownLatch(1);
        Set<Long> reported = new HashSet<>();
        Callback callback = new Callback() {
            @Override
            public void onTrainBatchStart(Trainer trainer, LightningModule m, Batch batch, int batchIndex)
                    throws IOException {
                if (fails && trainer.globalStep() == 5) {
                    throw new IOException("the data end");
                }
            }

            @Override
            public void onTrainEnd(Trainer trainer, LightningModule m) {
                trained.countDown();
            }

            @Override
            public void onException(Trainer trainer, LightningModule m, Throwable exception) {
                trained.countDown();
            }

            @Override
            public void onCheckpointCommitted(Trainer trainer, LightningModule m, CommittedCheckpoint committed) {
                reported.add(committed.checkpoint().globalStep());
            }
        };
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", awaiting(trained));
            Trainer trainer = ChainModule.saving(trainer(), "original", "transformed")
                    .maxPendingSaves(8)
                    .callbacks(callback)
                    .build();

            if (fails) {
                assertThatThrownBy(() -> trainer.fit(module, points, points)).hasRootCauseMessage("the data end");
            } else {
                trainer.fit(module, points, points);
            }
        }

        List<Long> accepted = steps(1, fails ? 5 : 8);
        assertThat(committedSteps()).isEqualTo(accepted);
        assertThat(reported).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void anInterruptDuringASaveLosesNoAcceptedSave() throws IOException {
        Thread training = Thread.currentThread();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                if (context.globalStep() == 2) {
                    training.interrupt();
                }
                return weights;
            });
            Trainer trainer = ChainModule.saving(trainer(), "original", "transformed")
                    .maxPendingSaves(0)
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .hasRootCauseInstanceOf(InterruptedException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(committedSteps()).startsWith(1L, 2L);
        assertThat(files()).hasSize(2 * committedSteps().size());
    }

    @Test
    void aFitInsideACallbackHasItsOwnStreams() {
        FitResult[] inner = new FitResult[1];
        try (ChainModule module = new ChainModule();
                ChainModule other = new ChainModule()) {
            FitResult outer = ChainModule.saving(trainer(), "original", "transformed")
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainBatchEnd(
                                Trainer trainer, LightningModule m, NDArray loss, Batch batch, int batchIndex) {
                            if (trainer.globalStep() == 4) {
                                inner[0] = ChainModule.saving(
                                                trainer().defaultRootDir(directory.resolve("inner")), "tail")
                                        .build()
                                        .fit(other, points, points);
                            }
                        }
                    })
                    .build()
                    .fit(module, points, points);

            assertThat(steps(inner[0].stream("tail"))).isEqualTo(steps(1, 8));
            assertThat(steps(outer.stream("original"))).isEqualTo(steps(1, 8));
            assertThat(steps(outer.stream("transformed"))).isEqualTo(steps(1, 8));
        }
    }
}
