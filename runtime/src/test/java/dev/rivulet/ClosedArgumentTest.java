package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.rivulet.fixture.ConfigurableModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import org.junit.jupiter.api.Test;

/** A transform may close its arguments, as careful users of DJL close every array. */
class ClosedArgumentTest extends FitTestCase {

    @Test
    void harmsNoStreamOfTheSameSource() {
        try (ConfigurableModule module = new TransformingModule()
                .transform("transformed", ClosedArgumentTest::halveAndClose)
                .transform("pruned", (weights, context) -> weights.map((name, weight) -> weight.mul(3)))) {
            FitResult result = fit(module);

            assertThat(result.stream("transformed").failures()).isEmpty();
            assertThat(result.stream("pruned").failures()).isEmpty();
            assertThat(Weights.in(file("transformed", 1)))
                    .isEqualTo(Weights.times(Weights.in(file("original", 1)), 0.5f));
            assertThat(Weights.in(file("pruned", 1))).isEqualTo(Weights.times(Weights.in(file("original", 1)), 3));
        }
    }

    @Test
    void harmsNoStreamDerivedFromADerivedOne() {
        try (ConfigurableModule module = new TransformingModule()
                .transform("averaged", (weights, context) -> weights.map((name, weight) -> weight.mul(3)))
                .transform("half", ClosedArgumentTest::halveAndClose)
                .transform("tail", (weights, context) -> weights.map((name, weight) -> weight.mul(5)))) {
            FitResult result = fit(module);

            assertThat(result.stream("half").failures()).isEmpty();
            assertThat(result.stream("tail").failures()).isEmpty();
            assertThat(Weights.in(file("averaged", 1))).isEqualTo(Weights.times(Weights.in(file("original", 1)), 3));
            assertThat(Weights.in(file("half", 1))).isEqualTo(Weights.times(Weights.in(file("averaged", 1)), 0.5f));
            assertThat(Weights.in(file("tail", 1))).isEqualTo(Weights.times(Weights.in(file("averaged", 1)), 5));
        }
    }

    private static StateDict halveAndClose(StateDict weights, TransformContext context) {
        return weights.map((name, weight) -> {
            try (NDArray argument = weight) {
                return argument.mul(0.5f);
            }
        });
    }
}
