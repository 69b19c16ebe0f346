package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.fixture.ConfigurableModule.Transform;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs whose transforms, conditions or hooks fail. */
class StreamFailureTest extends FitTestCase {
    private static final List<String> OTHERS = List.of("original", "averaged", "half", "tail");

    private void assertThatOthersAreSaved() {
        assertThat(OTHERS).allSatisfy(stream -> {
            assertThat(Weights.in(file(stream, 0))).isNotEmpty();
            assertThat(Weights.in(file(stream, 1))).isNotEmpty();
        });
        assertThat(temporaryFiles()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failingTransforms")
    void aFailingTransformCostsOnlyItsOwnCheckpoint(
            Transform transform, Class<? extends Throwable> type, String message) {
        try (TransformingModule module = new TransformingModule()) {
            module.transform(
                    "transformed",
                    (weights, context) -> context.epoch() == 1 ? transform.apply(weights, context) : weights);

            FitResult result = fit(module);

            assertThatOthersAreSaved();
            assertThat(file("transformed", 0)).exists();
            assertThat(file("transformed", 1)).doesNotExist();
            assertThat(result.stream("transformed").failures()).singleElement().satisfies(failure -> {
                assertThat(failure.stream()).isEqualTo("transformed");
                assertThat(failure.epoch()).isEqualTo(1);
                assertThat(failure.globalStep()).isEqualTo(8);
                assertThat(failure.cause()).isExactlyInstanceOf(type);
                assertThat(String.valueOf(failure.cause().getMessage())).isEqualTo(message);
            });
        }
    }

    static Stream<Arguments> failingTransforms() {
        String lenient = "; if this is intended, declare it with @WeightTransform(…, strict = false).";
        return Stream.of(
                failing(
                        (weights, context) -> {
                            throw new IOException("no scale");
                        },
                        IOException.class,
                        "no scale"),
                failing(
                        (weights, context) -> {
                            throw new AssertionError("not now");
                        },
                        AssertionError.class,
                        "not now"),
                failing((weights, context) -> endless(weights), StackOverflowError.class, "null"),
                failing(
                        (weights, context) -> nullWeights(),
                        TransformException.class,
                        "The transform TransformingModule#transformed returned null; return the weights to save, or"
                                + " decide with @TransformWhen whether to save."),
                failing(
                        (weights, context) -> weights.filter(name -> !name.equals("bias")),
                        TransformException.class,
                        "The transform TransformingModule#transformed dropped [bias]" + lenient),
                failing(
                        (weights, context) -> weights.with("scale", weights.get("bias")),
                        TransformException.class,
                        "The transform TransformingModule#transformed added [scale]" + lenient),
                failing(
                        (weights, context) ->
                                weights.with("weight", weights.get("weight").flatten()),
                        TransformException.class,
                        "The transform TransformingModule#transformed changed the shape of \"weight\" from [1, 2] to"
                                + " [2]"
                                + lenient),
                failing(
                        (weights, context) -> {
                            context.putMetadata("rivulet.stream", "original");
                            return weights;
                        },
                        TransformException.class,
                        "The transform of the stream \"transformed\" puts metadata under \"rivulet.stream\", which is"
                                + " taken; choose another key."),
                failing(
                        (weights, context) -> {
                            context.putTensor("bias", context.manager().ones(new Shape(1)));
                            return weights;
                        },
                        TransformException.class,
                        "The transform of the stream \"transformed\" adds a tensor \"bias\", but a weight has that"
                                + " name;"
                                + " choose another one."));
    }

    private static Arguments failing(Transform transform, Class<? extends Throwable> type, String message) {
        return Arguments.of(transform, type, message);
    }

    @SuppressWarnings("InfiniteRecursion") // The tested mistake.
    private static StateDict endless(StateDict weights) {
        return endless(weights);
    }

    @SuppressWarnings("NullAway") // Users' classes need not be null-marked.
    private static StateDict nullWeights() {
        return null;
    }

    @Test
    void aLenientTransformMayDropAddAndReshape() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform(
                    "pruned",
                    (weights, context) -> weights.filter(name -> !name.equals("bias"))
                            .with("weight", weights.get("weight").flatten())
                            .with("scale", weights.get("bias")));

            fit(module);

            assertThat(Weights.in(file("pruned", 1))).containsOnlyKeys("scale", "weight");
        }
    }

    @Test
    void aDependentOfAFailingSourceFailsWithIt() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("averaged", (weights, context) -> {
                throw new IOException("no average");
            });

            FitResult result = fit(module);

            assertThat(files())
                    .allMatch(name -> name.matches("(original|transformed|pruned)-.*"))
                    .hasSize(6);
            assertThat(List.of("averaged", "half", "tail"))
                    .allSatisfy(stream -> assertThat(result.stream(stream).failures())
                            .hasSize(2)
                            .allSatisfy(failure -> assertThat(failure.cause()).hasMessage("no average")));
        }
    }

    @Test
    void aThrowingConditionCostsOnlyItsOwnCheckpoint() {
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> {
                throw new IOException("undecided");
            });

            FitResult result = fit(module);

            assertThatOthersAreSaved();
            assertThat(result.stream("transformed").failures())
                    .hasSize(2)
                    .first()
                    .hasToString("stream \"transformed\", epoch 0, step 4: undecided");
            assertThatThrownBy(() -> result.stream("transformed").bestModelPath())
                    .hasMessage("The stream \"transformed\" kept no checkpoint: its saves failed, the last one for"
                            + " stream \"transformed\", epoch 1, step 8: undecided");
        }
    }

    @Test
    void aThrowingConditionOfTheOriginalEndsTheRunAfterOtherStreamsAreSaved() {
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> {
                if (context.epoch() == 1) {
                    throw new IOException("undecided");
                }
                return true;
            });
            Trainer trainer = trainer().stream("transformed", policy -> policy.onFailure(OnFailure.STOP))
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessage("Not saved: stream \"transformed\", epoch 1, step 8: undecided");

            assertThat(file("transformed", 0)).exists();
            assertThat(file("transformed", 1)).doesNotExist();
            assertThat(file("original", 1)).exists();
            assertThat(file("tail", 1)).exists();
        }
    }

    @Test
    void aThrowingHookOfADerivedStreamCostsOnlyItsOwnCheckpoint() {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave("transformed", checkpoint -> checkpoint.put("module", module));

            FitResult result = fit(module);

            assertThatOthersAreSaved();
            assertThat(result.stream("transformed").failures())
                    .hasSize(2)
                    .allSatisfy(failure -> assertThat(failure.cause())
                            .isExactlyInstanceOf(IllegalArgumentException.class)
                            .hasMessage(
                                    "The checkpoint entry \"module\" holds a dev.rivulet.fixture.TransformingModule;"
                                            + " an entry is a"
                                            + " string, a boolean, a number, or a list or map of these."));
        }
    }

    @Test
    void aThrowingHookOfTheOriginalEndsTheRunAfterOtherStreamsAreSaved() {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave("original", checkpoint -> {
                if (checkpoint.epoch() == 1) {
                    throw new IOException("no classes");
                }
            });

            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessage("Not saved: stream \"original\", epoch 1, step 8: no classes")
                    .hasRootCauseExactlyInstanceOf(IOException.class);

            assertThat(file("original", 0)).exists();
            assertThat(file("original", 1)).doesNotExist();
            assertThat(file("transformed", 1)).exists();
            assertThat(file("tail", 1)).exists();
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    @Test
    void aDerivedStreamMayStopTrainingAfterOtherStreamsAreSaved() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("averaged", (weights, context) -> {
                throw new IOException("no average");
            });
            Trainer trainer = trainer().stream("half", policy -> policy.onFailure(OnFailure.STOP))
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessage("Not saved: stream \"half\", epoch 0, step 4: no average")
                    .hasNoSuppressedExceptions();

            assertThat(files())
                    .allMatch(name -> name.matches("(original|transformed|pruned)-epoch=0-.*"))
                    .hasSize(3);
        }
    }

    @Test
    void anOriginalThatMayFailCostsOnlyItsOwnCheckpoint() {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave("original", checkpoint -> {
                if (checkpoint.epoch() == 0) {
                    throw new IOException("no classes");
                }
            });

            FitResult result = trainer().stream("original", policy -> policy.onFailure(OnFailure.CONTINUE))
                    .build()
                    .fit(module, points, points);

            assertThat(files()).hasSize(11).doesNotContain("original-epoch=0-step=4.ckpt");
            assertThat(result.stream("original").failures())
                    .singleElement()
                    .hasToString("stream \"original\", epoch 0, step 4: no classes");
        }
    }
}
