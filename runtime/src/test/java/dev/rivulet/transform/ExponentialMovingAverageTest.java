package dev.rivulet.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.seed.Seed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialMovingAverageTest {

    private final NDManager manager = NDManager.newBaseManager();
    private final NDArray weight = manager.zeros(new Shape(3));
    private final NDArray steps = manager.create(new long[] {0});
    private final TransformContext context = contextFrom("original");

    @AfterEach
    void close() {
        manager.close();
    }

    private TransformContext contextFrom(String source) {
        return TransformContext.builder("averaged", manager)
                .source(source)
                .globalStep(1)
                .build();
    }

    @Test
    void refusesADerivedSource() {
        ExponentialMovingAverage average = new ExponentialMovingAverage(0.9);
        average.update(weights(), 1);

        assertThatThrownBy(() -> average.apply(weights(), contextFrom("half")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("\"averaged\"", "\"half\"", "without from");
    }

    private StateDict weights() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("weight", weight);
        arrays.put("steps", steps);
        return StateDict.of(arrays, manager);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.99})
    void followsItsFormula(double decay) {
        Random random = new Random(Seed.VALUE);
        double[] expected = new double[3];
        try (ExponentialMovingAverage average = new ExponentialMovingAverage(decay)) {
            for (int step = 1; step <= 500; step++) {
                float[] values = new float[3];
                for (int i = 0; i < 3; i++) {
                    values[i] = (float) random.nextGaussian();
                    expected[i] = step == 1 ? values[i] : decay * expected[i] + (1 - decay) * values[i];
                }
                weight.set(values);
                average.update(weights(), step);
            }

            float[] actual = average.apply(weights(), context).get("weight").toFloatArray();
            for (int i = 0; i < 3; i++) {
                assertThat((double) actual[i]).as("seed " + Seed.VALUE).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    /** PyTorch's {@code lerp_} starts from the nearer end, and multiplies and adds with one rounding. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.5, 0.75, 0.999})
    void roundsLikeLerp(double decay) {
        float share = (float) (1 - decay);
        float expected = 1;
        try (ExponentialMovingAverage average = new ExponentialMovingAverage(decay)) {
            weight.set(new float[] {1, 1, 1});
            average.update(weights(), 1);
            for (int step = 2; step <= 50; step++) {
                float value = (float) Math.sin(step);
                float difference = value - expected;
                expected =
                        share < 0.5f ? Math.fma(difference, share, expected) : Math.fma(difference, share - 1, value);
                weight.set(new float[] {value, value, value});
                average.update(weights(), step);
            }

            assertThat(average.apply(weights(), context).get("weight").toFloatArray())
                    .containsExactly(expected, expected, expected);
        }
    }

    @Test
    void keepsTheNewestValueOfIntegerTensors() {
        try (ExponentialMovingAverage average = new ExponentialMovingAverage(0.9)) {
            average.update(weights(), 1);
            steps.addi(41);
            average.update(weights(), 2);

            assertThat(average.apply(weights(), context).get("steps").toLongArray())
                    .containsExactly(41);
        }
    }

    @Test
    void leavesTheWeightsUnchangedAndReturnsCopies() {
        weight.set(new float[] {1, 2, 3});
        try (ExponentialMovingAverage average = new ExponentialMovingAverage(0.5)) {
            average.update(weights(), 1);
            average.apply(weights(), context).get("weight").muli(100);

            assertThat(weight.toFloatArray()).containsExactly(1, 2, 3);
            assertThat(average.apply(weights(), context).get("weight").toFloatArray())
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void hasNoValueBeforeTheFirstStep() {
        try (ExponentialMovingAverage average = new ExponentialMovingAverage(0.5)) {
            assertThatThrownBy(() -> average.apply(weights(), context))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("There is no average before the first optimizer step.");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void refusesAnInvalidDecay(double decay) {
        assertThatThrownBy(() -> new ExponentialMovingAverage(decay))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The decay is " + decay + ", but must be at least 0 and below 1.");
    }
}
