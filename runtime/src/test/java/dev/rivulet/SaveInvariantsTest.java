package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.fixture.ConfigurableModule.Transform;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.SeeingModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.fixture.WeightsRecorder;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The live weights are equal before and after each save, and the file of the original stream holds them. */
class SaveInvariantsTest extends FitTestCase {
    private final WeightsRecorder recorder = new WeightsRecorder();

    /** Saves all streams at every step. */
    private FitResult fitSavingEachStep(LightningModule module) {
        Trainer.Builder trainer = trainer().callbacks(recorder);
        for (String stream : List.of("original", "transformed", "averaged", "half", "tail", "pruned")) {
            trainer.stream(stream, policy -> policy.everyNTrainSteps(1));
        }
        return trainer.build().fit(module, points, points);
    }

    private void assertThatWeightsAndOriginalAreIntact(FitResult result) {
        assertThat(recorder.before).hasSize(8);
        assertThat(recorder.changedSteps()).isEmpty();
        assertThat(result.stream("original").failures()).isEmpty();
        assertThat(result.stream("original").kept())
                .hasSize(8)
                .allSatisfy(saved -> assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(saved.globalStep())));
    }

    private void assertThatUntransformedStreamsAreIntact(FitResult result) {
        for (String stream : List.of("averaged", "half", "tail", "pruned")) {
            assertThat(result.stream(stream).failures()).isEmpty();
            assertThat(result.stream(stream).kept())
                    .hasSize(8)
                    .allSatisfy(
                            saved -> assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(saved.globalStep())));
        }
    }

    @Test
    void transformedIsHalfOfTheOriginalBitForBit() {
        try (TransformingModule module = new TransformingModule()) {
            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").kept())
                    .hasSize(8)
                    .allSatisfy(saved -> assertThat(Weights.in(saved.path()))
                            .isEqualTo(Weights.times(recorder.at(saved.globalStep()), 0.5f)));
        }
    }

    @ParameterizedTest
    @MethodSource("writers")
    void aTransformThatWritesIntoWeightsHarmsOnlyItsOwnStream(Consumer<SeeingModule> careless, String what) {
        try (SeeingModule module = new SeeingModule()) {
            careless.accept(module);

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").kept()).isEmpty();
            assertThat(result.stream("transformed").failures())
                    .hasSize(8)
                    .allSatisfy(failure -> assertThat(failure)
                            .hasToString("stream \"transformed\", epoch " + failure.epoch() + ", step "
                                    + failure.globalStep() + ": The transform of the stream \"transformed\" changed "
                                    + what
                                    + " Use operations that return a new array, such as mul instead of muli."));
            assertThatUntransformedStreamsAreIntact(result);
        }
    }

    static Stream<Arguments> writers() {
        Consumer<SeeingModule> argument = module -> module.transform("transformed", SaveInvariantsTest::doubleInPlace);
        Consumer<SeeingModule> live = module -> module.transform("transformed", (weights, context) -> {
            module.corruptWeights();
            return weights;
        });
        return Stream.of(
                Arguments.of(Named.of("its argument", argument), "its argument \"weight\" in place."),
                Arguments.of(
                        Named.of("the live weights", live), "\"weight\" in place. The weights have been restored."));
    }

    @ParameterizedTest
    @MethodSource("failingWriters")
    void aTransformThatWritesAndThenThrowsHarmsOnlyItsOwnStream(Consumer<SeeingModule> careless) {
        try (SeeingModule module = new SeeingModule()) {
            careless.accept(module);

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").failures())
                    .hasSize(8)
                    .allSatisfy(failure -> assertThat(failure.cause()).hasMessage("half way"));
            assertThatUntransformedStreamsAreIntact(result);
        }
    }

    static Stream<Named<Consumer<SeeingModule>>> failingWriters() {
        return Stream.of(
                Named.of(
                        "its argument",
                        module -> module.transform("transformed", (weights, context) -> {
                            doubleInPlace(weights, context);
                            throw new IOException("half way");
                        })),
                Named.of(
                        "the live weights",
                        module -> module.transform("transformed", (weights, context) -> {
                            module.corruptWeights();
                            throw new IOException("half way");
                        })),
                Named.of(
                        "the live weights, in a hook",
                        module -> module.onSave("transformed", checkpoint -> {
                            module.corruptWeights();
                            throw new IOException("half way");
                        })));
    }

    @ParameterizedTest
    @MethodSource("dependents")
    void aStaticTransformThatWritesIntoItsArgumentHarmsOnlyItsOwnStream(Transform careless) {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", careless);

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").failures()).hasSize(8);
            assertThatUntransformedStreamsAreIntact(result);
        }
    }

    @Test
    void aStaticTransformHarmsNoOtherStreamWhenTheOriginalIsNotSaved() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform(
                    "transformed",
                    (weights, context) -> context.globalStep() > 2 ? doubleInPlace(weights, context) : weights);

            FitResult result = trainer().callbacks(recorder).stream("original", policy -> policy.saveTopK(0)).stream(
                            "transformed", policy -> policy.everyNTrainSteps(1))
                    .stream("pruned", policy -> policy.everyNTrainSteps(1))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("transformed").failures()).hasSize(6);
            assertThat(result.stream("pruned").kept())
                    .hasSize(8)
                    .allSatisfy(
                            saved -> assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(saved.globalStep())));
        }
    }

    @Test
    void aHookThatWritesIntoTheLiveWeightsHarmsOnlyItsOwnStream() {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave("half", checkpoint -> module.corruptWeights());

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").kept()).hasSize(8);
            assertThat(result.stream("half").kept()).isEmpty();
            assertThat(result.stream("half").failures())
                    .hasSize(8)
                    .allSatisfy(failure -> assertThat(failure.cause())
                            .isInstanceOf(TransformException.class)
                            .hasMessage(
                                    "An onSaveCheckpoint hook, called for the stream \"half\", changed \"weight\" in"
                                            + " place. The weights have been restored. Use operations that return a new"
                                            + " array, such as mul instead of muli."));
        }
    }

    @ParameterizedTest
    @MethodSource("dependents")
    void aSourceChangedByADependentIsRecomputedForTheOthers(Transform careless) {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("averaged", (weights, context) -> weights.map((name, weight) -> weight.mul(0.25f)))
                    .transform("half", careless);

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("half").failures()).hasSize(8);
            for (String stream : List.of("averaged", "tail")) {
                assertThat(result.stream(stream).kept())
                        .hasSize(8)
                        .allSatisfy(saved -> assertThat(Weights.in(saved.path()))
                                .isEqualTo(Weights.times(recorder.at(saved.globalStep()), 0.25f)));
            }
        }
    }

    static Stream<Named<Transform>> dependents() {
        return Stream.of(
                Named.of("returning", SaveInvariantsTest::doubleInPlace), Named.of("throwing", (weights, c) -> {
                    doubleInPlace(weights, c);
                    throw new IOException("half way");
                }));
    }

    @Test
    void aTransformMayCloseTheArraysThatItIsGiven() {
        Transform closing = (weights, context) -> weights.map((name, weight) -> {
            try (weight) {
                return weight.mul(2);
            }
        });
        try (TransformingModule module = new TransformingModule()) {
            module.transform("averaged", closing)
                    .transform("transformed", closing)
                    .transform("half", closing)
                    .transform("tail", closing);
            FitResult result = fit(module);

            assertThat(result.streams().values()).allSatisfy(stream -> {
                assertThat(stream.failures()).isEmpty();
                assertThat(stream.kept()).hasSize(2);
            });
        }
    }

    @Test
    void weightsOfAnEarlierCallAreRefused() {
        List<StateDict> kept = new ArrayList<>();
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                kept.add(weights);
                return kept.get(0);
            });
            FitResult result =
                    trainer().determinismCheck(DeterminismCheck.NEVER).build().fit(module, points, points);

            assertThat(result.stream("transformed").kept()).hasSize(1);
            assertThat(result.stream("transformed").failures())
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.cause())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("weights.tensor(name)"));
        }
    }

    @Test
    void aLaterSaveOfTheFailedStreamSucceeds() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform(
                    "transformed",
                    (weights, context) -> context.globalStep() == 4 ? doubleInPlace(weights, context) : weights);

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").failures())
                    .extracting(StreamFailure::globalStep)
                    .containsExactly(4L);
            assertThat(result.stream("transformed").kept()).hasSize(7);
        }
    }

    @Test
    void aTransformThatWritesEverywhereHarmsOnlyItsOwnStream() {
        try (SeeingModule module = new SeeingModule()) {
            module.transform("transformed", (weights, context) -> {
                module.corruptWeights();
                return doubleInPlace(weights, context);
            });

            FitResult result = fitSavingEachStep(module);

            assertThatWeightsAndOriginalAreIntact(result);
            assertThat(result.stream("transformed").failures()).hasSize(8);
            assertThatUntransformedStreamsAreIntact(result);
        }
    }

    private static StateDict doubleInPlace(StateDict weights, TransformContext context) {
        return weights.map((name, weight) -> inPlace(weight));
    }

    private static NDArray inPlace(NDArray weight) {
        return weight.muli(2);
    }
}
