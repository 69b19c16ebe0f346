package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.fixture.WeightsRecorder;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** User code that writes into weights, or harms the thread that it runs on, costs its own stream and nothing else. */
class PurityTest extends FitTestCase {
    private final WeightsRecorder recorder = new WeightsRecorder();

    private FitResult fitRecording(LightningModule module) {
        Trainer.Builder trainer = trainer().callbacks(recorder);
        for (String stream : List.of("original", "transformed", "pruned")) {
            trainer.stream(stream, policy -> policy.everyNTrainSteps(1));
        }
        return trainer.build().fit(module, points, points);
    }

    private void assertThatOthersAreIntact(FitResult result) {
        assertThat(recorder.changedSteps()).isEmpty();
        for (String stream : List.of("original", "pruned")) {
            assertThat(result.stream(stream).failures()).isEmpty();
            assertThat(result.stream(stream).kept())
                    .hasSize(8)
                    .allSatisfy(
                            saved -> assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(saved.globalStep())));
        }
    }

    private static void assertThatEachFailed(StreamResult stream, String message) {
        assertThat(stream.kept()).isEmpty();
        assertThat(stream.failures())
                .hasSize(8)
                .allSatisfy(failure -> assertThat(failure.cause())
                        .isExactlyInstanceOf(TransformException.class)
                        .hasMessage(message));
    }

    @Test
    void aConditionThatWritesIntoTheLiveWeightsCostsItsOwnStream() {
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> {
                module.corruptWeights();
                return true;
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThatEachFailed(
                    result.stream("transformed"),
                    "The condition of the stream \"transformed\" changed \"weight\" in place. The weights have been"
                            + " restored. Use operations that return a new array, such as mul instead of muli.");
        }
    }

    @Test
    void aConditionThatWritesAndRefusesIsNoticed() {
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> {
                module.corruptWeights();
                return false;
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThat(result.stream("transformed").failures()).hasSize(8);
        }
    }

    @Test
    void aTransformThatLeavesTheWriterInterruptedCostsItsOwnStream() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                Thread.currentThread().interrupt();
                return weights;
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThatEachFailed(
                    result.stream("transformed"),
                    "The transform of the stream \"transformed\" left its thread interrupted. Let it throw the"
                            + " InterruptedException, or clear the flag with Thread.interrupted().");
        }
    }

    @Test
    void aTransformThatThrowsAnInterruptedExceptionOnTheWriterCostsItsOwnStream() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                throw new InterruptedException();
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThatEachFailed(
                    result.stream("transformed"), "The transform of the stream \"transformed\" was interrupted.");
        }
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void closingTheModuleWhileItIsTrainedIsRefused() {
        try (TransformingModule module = new TransformingModule()) {
            Runnable closing = module::close;
            module.transform("transformed", (weights, context) -> {
                closing.run();
                return weights;
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThat(result.stream("transformed").failures())
                    .hasSize(8)
                    .allSatisfy(failure -> assertThat(failure.cause())
                            .isExactlyInstanceOf(IllegalStateException.class)
                            .hasMessage("TransformingModule cannot be closed while it is trained; close it after"
                                    + " Trainer.fit has returned."));
        }
    }

    @Test
    void aTransformThatThrowsAndLeavesTheWriterInterruptedCostsItsOwnStream() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                Thread.currentThread().interrupt();
                throw new TransformException("half way");
            });

            FitResult result = fitRecording(module);

            assertThatOthersAreIntact(result);
            assertThatEachFailed(result.stream("transformed"), "half way");
        }
    }

    @Test
    void aTensorMayBeReadAfterItsCall() {
        Map<Long, Tensor> kept = new ConcurrentHashMap<>();
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                StateDict negated = weights.map((name, weight) -> weight.neg());
                kept.put(context.globalStep(), negated.tensor("weight"));
                kept.put(-context.globalStep(), weights.tensor("weight"));
                return weights;
            });
            fitRecording(module);
        }

        for (long step = 1; step <= 8; step++) {
            List<Float> weight = recorder.at(step).get("weight");
            assertThat(floats(kept.get(-step))).isEqualTo(weight);
            assertThat(floats(kept.get(step)))
                    .isEqualTo(Weights.times(recorder.at(step), -1).get("weight"));
        }
    }

    private static List<Float> floats(@Nullable Tensor tensor) {
        List<Float> values = new ArrayList<>();
        Objects.requireNonNull(tensor).chunks().forEach(chunk -> {
            while (chunk.hasRemaining()) {
                values.add(chunk.getFloat());
            }
        });
        return values;
    }

    @Test
    void aStatefulTransformGetsTheLiveValues() {
        try (Following module = new Following()) {
            FitResult result = trainer().callbacks(recorder).build().fit(module, points);

            assertThat(result.stream("followed").failures()).isEmpty();
        }
    }

    @Test
    void anUpdateThatWritesIntoItsArgumentEndsTheRun() {
        assertThatTheRunEnds(
                (live, given) -> given.get("weight").muli(2),
                "The transform PurityTest.Following#follower changed its argument \"weight\" in place.");
    }

    private void assertThatTheRunEnds(Write write, String message) {
        try (Following careless = new Following();
                Following careful = new Following()) {
            careless.follower.write = write;

            assertThatThrownBy(() -> trainer().build().fit(careless, points)).hasStackTraceContaining(message);

            Trainer threeSteps =
                    trainer().maxSteps(3).enableCheckpointing(false).build();
            assertThat(threeSteps.fit(careful, points).globalStep()).isEqualTo(3);
            assertThat(Weights.live(careless)).isEqualTo(Weights.live(careful));
        }
    }

    @Test
    void anUpdateThatWritesIntoTheLiveWeightsEndsTheRun() {
        assertThatTheRunEnds(
                (live, given) -> live.run(),
                "The transform PurityTest.Following#follower changed \"weight\" in place. The weights have been restored.");
    }

    @Test
    void aStateThatWritesIntoTheLiveWeightsEndsTheRun() {
        Callback careless = new Callback() {
            private @Nullable LightningModule fitted;

            @Override
            public void onFitStart(Trainer trainer, LightningModule module) {
                fitted = module;
            }

            @Override
            public Map<String, Object> stateDict() {
                Follower.writeIntoLiveWeights(Objects.requireNonNull(fitted));
                return Map.of("calls", 1L);
            }
        };
        try (TransformingModule module = new TransformingModule()) {
            assertThatThrownBy(() ->
                            trainer().callbacks(careless, recorder).build().fit(module, points))
                    .hasStackTraceContaining(
                            "What returns the state of a callback or transform changed \"weight\" in place.");

            assertThat(Weights.live(module)).isEqualTo(recorder.at(4));
        }
    }

    interface Write {
        void to(Runnable live, StateDict given);
    }

    /** A linear model with a stateful transform that keeps sums, and writes into weights at the third step. */
    static class Following extends PlaneModule {

        @WeightTransform("followed")
        final Follower follower = new Follower(this);
    }

    /** Keeps the sum of each weight over all steps. */
    static final class Follower implements StatefulTransform {
        private final LightningModule module;
        private final Map<String, NDArray> sums = new LinkedHashMap<>();
        private Write write = (live, given) -> {};

        Follower(LightningModule module) {
            this.module = module;
        }

        @Override
        public void begin(StateDict weights) {
            weights.names().forEach(name -> sums.put(name, weights.get(name).duplicate()));
        }

        @Override
        public void update(StateDict weights, long globalStep) {
            sums.forEach((name, sum) -> sum.addi(weights.get(name)));
            if (globalStep == 3) {
                write.to(() -> writeIntoLiveWeights(module), weights);
            }
        }

        static void writeIntoLiveWeights(LightningModule module) {
            LiveNetwork.of(module)
                    .arrays()
                    .values()
                    .forEach(weight -> weight.stopGradient().addi(1));
        }

        @Override
        public Map<String, NDArray> stateArrays() {
            return sums;
        }

        @Override
        public StateDict apply(StateDict weights, TransformContext context) {
            return StateDict.of(sums, context.manager());
        }
    }
}
