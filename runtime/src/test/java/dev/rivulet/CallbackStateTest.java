package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CallbackStateTest extends FitTestCase {
    private static final TorchValue CALLBACKS = TorchValue.of("callbacks");

    /** Stops training after a number of batches, of which it counts those of earlier runs, too. */
    private static class StopAfter implements Callback {
        private final long limit;
        long batches;

        StopAfter(long limit) {
            this.limit = limit;
        }

        @Override
        public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int index) {
            batches++;
            if (batches == limit) {
                trainer.stop();
            }
        }

        @Override
        public Map<String, @Nullable Object> stateDict() {
            return Map.of("batches", batches);
        }

        @Override
        public void loadStateDict(Map<String, @Nullable Object> state) {
            batches = (Long) Objects.requireNonNull(state.get("batches"));
        }
    }

    private long stepsOf(long maxSteps, ResumeFrom from, Callback... callbacks) {
        try (LineModule module = new LineModule()) {
            return trainer().maxEpochs(-1).maxSteps(maxSteps).stream("original", policy -> policy.everyNTrainSteps(1))
                    .callbacks(callbacks)
                    .build()
                    .fit(module, points, points, from)
                    .globalStep();
        }
    }

    private TorchValue.Dict saved(int step) throws IOException {
        try (TorchReader reader = TorchReader.open(checkpoint(step))) {
            return (TorchValue.Dict) reader.load();
        }
    }

    private Path checkpoint(int step) {
        return checkpoints().resolve("original-epoch=" + (step - 1) / 4 + "-step=" + step + ".ckpt");
    }

    @Test
    void resumedCallbackContinuesToCount() {
        stepsOf(3, ResumeFrom.nothing(), new StopAfter(6));

        assertThat(stepsOf(20, resumeFrom("last"), new StopAfter(6))).isEqualTo(6);
    }

    @Test
    void stateIsSavedUnderTheNameOfTheClass() throws IOException {
        stepsOf(3, ResumeFrom.nothing(), new StopAfter(6), new Callback() {});

        assertThat(saved(3).get("callbacks"))
                .contains(TorchValue.Dict.of(
                        Map.of(StopAfter.class.getName(), TorchValue.Dict.of(Map.of("batches", TorchValue.of(3))))));
    }

    @Test
    void callbacksWithOneKeyAreRefused() {
        Callback first = new StopAfter(1);
        Callback second = new StopAfter(2);

        assertThatThrownBy(() -> trainer().callbacks(first, second).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(first.toString(), second.toString(), "stateKey");
        trainer().callbacks(new Callback() {}, first, new Callback() {}).build();
    }

    @Test
    void callbacksOfOneClassHaveTheirOwnKeys() {
        class Named extends StopAfter {
            private final String name;

            Named(String name, long limit) {
                super(limit);
                this.name = name;
            }

            @Override
            public String stateKey() {
                return name;
            }
        }
        stepsOf(3, ResumeFrom.nothing(), new Named("a", 3), new Named("b", 9));
        Named a = new Named("a", 100);
        Named b = new Named("b", 100);
        b.batches = 7;

        stepsOf(5, resumeFrom("last"), b, a);

        assertThat(a.batches).isEqualTo(5);
        assertThat(b.batches).isEqualTo(5);
    }

    @Test
    void statesOfOtherCallbacksAreKept() throws IOException {
        stepsOf(2, ResumeFrom.nothing());
        TorchValue.Dict content = saved(2);
        TorchValue states = statesOfLightning();
        Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(content.entries());
        entries.put(CALLBACKS, states);
        Path changed = directory.resolve("changed.ckpt");
        try (FileChannel channel = FileChannel.open(changed, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            TorchWriter.of(new TorchValue.Dict(false, entries, Map.of())).writeTo(channel);
        }

        stepsOf(3, resumeFrom(changed));
        stepsOf(4, resumeFrom(checkpoint(3)));

        TorchValue.Dict kept = (TorchValue.Dict) saved(4).get("callbacks").orElseThrow();
        assertThat(withoutTensors(kept)).isEqualTo(withoutTensors((TorchValue.Dict) states));
        TorchValue.Dict stopping = (TorchValue.Dict)
                kept.get("EarlyStopping{'monitor': 'val_loss', 'mode': 'min'}").orElseThrow();
        assertThat(((TorchTensor) stopping.get("best_score").orElseThrow())
                        .inMemory()
                        .chunks()
                        .get(0)
                        .getFloat())
                .isEqualTo(0.25f);
    }

    private static TorchValue statesOfLightning() {
        ByteBuffer score =
                ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 0.25f);
        TorchValue best = TorchTensor.of(Tensor.of(Dtype.F32, TensorShape.of(), List.of(score)));
        return new TorchValue.Dict(
                false,
                Map.of(
                        TorchValue.of("EarlyStopping{'monitor': 'val_loss', 'mode': 'min'}"),
                        TorchValue.Dict.of(Map.of("wait_count", TorchValue.of(2), "best_score", best)),
                        TorchValue.of("Own"),
                        TorchValue.Items.tuple(TorchValue.None.NONE, TorchValue.Dict.ordered(Map.of()))),
                Map.of());
    }

    private static String withoutTensors(TorchValue.Dict states) {
        List<String> shown = new ArrayList<>();
        states.entries().forEach((key, state) -> shown.add(key + " = " + state));
        return shown.stream().sorted().toList().toString().replaceAll("(wait_count|best_score)[^,}]*", "$1");
    }

    @Test
    void loadHookReceivesTheEntriesOfTheSaveHook() {
        List<Object> loaded = new ArrayList<>();
        Callback naming = new Callback() {
            @Override
            public void onSaveCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) {
                checkpoint.put("named", "at " + trainer.globalStep());
            }

            @Override
            public void onLoadCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) {
                loaded.add(checkpoint.get("named"));
            }

            @Override
            public void onFitStart(Trainer trainer, LightningModule module) {
                loaded.add("fit");
            }
        };
        stepsOf(2, ResumeFrom.nothing(), naming);
        stepsOf(3, resumeFrom("last"), naming);

        assertThat(loaded).containsExactly("fit", "at 2", "fit");
    }

    @Test
    void aRefusedStateIsNamed() {
        stepsOf(2, ResumeFrom.nothing(), new StopAfter(100));
        Callback refusing = new StopAfter(100) {
            @Override
            public String stateKey() {
                return StopAfter.class.getName();
            }

            @Override
            public void loadStateDict(Map<String, @Nullable Object> state) {
                throw new IllegalArgumentException("It was saved by another version.");
            }
        };

        assertThatThrownBy(() -> stepsOf(3, resumeFrom("last"), refusing))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll("step=2.ckpt", StopAfter.class.getName(), "another version");
    }

    @ParameterizedTest
    @MethodSource
    void aStateThatCannotBeSavedIsNamed(Object value, String reason) {
        Callback unsaved = new Callback() {
            @Override
            public String stateKey() {
                return "counter";
            }

            @Override
            public Map<String, @Nullable Object> stateDict() {
                return Map.of("best", value);
            }
        };

        assertThatThrownBy(() -> stepsOf(2, ResumeFrom.nothing(), unsaved))
                .hasMessageContainingAll("\"counter\"", reason);
    }

    static Stream<Arguments> aStateThatCannotBeSavedIsNamed() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        return Stream.of(
                arguments(Thread.currentThread(), "java.lang.Thread"),
                arguments(new BigDecimal("0.37"), "java.math.BigDecimal"),
                arguments(cycle, "StackOverflowError"));
    }

    @Test
    void anInterruptedValidationIsNotCountedTwice() throws IOException {
        class Validations extends StopAfter {
            private final boolean fails;

            Validations(boolean fails) {
                super(-1);
                this.fails = fails;
            }

            @Override
            public String stateKey() {
                return "validations";
            }

            @Override
            public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int i) {}

            @Override
            public void onValidationBatchEnd(Trainer trainer, LightningModule module, Batch batch, int index) {
                if (!trainer.isSanityChecking()) {
                    batches++;
                }
                if (fails && batches == 2) {
                    throw new IllegalStateException("requested by the test");
                }
            }
        }
        Trainer.Builder saving = trainer().maxEpochs(1).stream(
                "original", policy -> policy.everyNEpochs(1).saveOnException(true));
        try (LineModule module = new LineModule()) {
            assertThatThrownBy(() ->
                            saving.callbacks(new Validations(true)).build().fit(module, points, points))
                    .hasMessage("requested by the test");
        }
        Validations resumed = new Validations(false);
        try (LineModule module = new LineModule()) {
            trainer().maxEpochs(1).callbacks(resumed).build().fit(module, points, points, resumeFrom("last"));
        }

        assertThat(resumed.batches).isEqualTo(4);
    }
}
