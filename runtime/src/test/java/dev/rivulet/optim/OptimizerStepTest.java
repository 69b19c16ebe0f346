package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OptimizerStepTest {
    private final GradientMode mode = GradientMode.off();
    private final NDManager manager = NDManager.newBaseManager();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    @AfterEach
    void close() {
        manager.close();
        mode.restore();
    }

    @Test
    void accumulatesGradientsUntilTheStep() {
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(sgd(1));

        backward(weight, 1);
        backward(weight, 2);
        step.step();
        backward(weight, 4);
        step.step();

        assertThat(weight.toFloatArray()).containsExactly(1 - 3 - 4, 2 - 3 - 4);
    }

    @Test
    void followsAWeightToAnotherTensor() {
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(SGD.builder().lr(1).build());

        for (int i = 1; i <= 3; i++) {
            step.zeroGradients();
            backward(weight, i);
            step.step();
            NDArray other = weight.stopGradient().duplicate();
            other.setRequiresGradient(true);
            weight.intern(other);
        }

        assertThat(weight.toFloatArray()).containsExactly(1 - 6, 2 - 6);
    }

    @Test
    void restoresGradientsBeforeItsFirstBackwardPass() {
        NDArray before = parameter("weight", 1, 2);
        OptimizerStep saved = step(sgd(1));
        backward(before, 3);
        Map<String, Tensor> gradients = saved.gradients();
        parameters.clear();
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(sgd(1));

        step.restoreGradients(gradients);
        backward(weight, 4);
        step.step();

        assertThat(weight.toFloatArray()).containsExactly(1 - 3 - 4, 2 - 3 - 4);
    }

    @Test
    void zeroesGradientsForOptimizersThatDoNot() {
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(new PlainDescent());

        for (int i = 0; i < 3; i++) {
            step.zeroGradients();
            backward(weight, 1);
            step.step();
        }

        assertThat(weight.toFloatArray()).containsExactly(1 - 3, 2 - 3);
    }

    @Test
    void zeroesGradientsLeftByAnEarlierRun() {
        NDArray weight = parameter("weight", 1, 2);
        backward(weight, 100);

        OptimizerStep step = step(sgd(1));
        step.zeroGradients();
        backward(weight, 1);
        step.step();

        assertThat(weight.toFloatArray()).containsExactly(0, 1);
    }

    @Test
    void leavesFrozenParametersAlone() {
        NDArray frozen = parameter("frozen", 5, 5);
        parameters.values().forEach(parameter -> parameter.freeze(true));
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(sgd(1));

        backward(weight, 1);
        step.step();

        assertThat(frozen.toFloatArray()).containsExactly(5, 5);
        assertThat(weight.toFloatArray()).containsExactly(0, 1);
    }

    @Test
    void passesDottedParameterNames() {
        NDArray first = parameter("features.0.weight", 1);
        NDArray second = parameter("features.0.bias", 1);
        PlainDescent optimizer = new PlainDescent();

        backward(first, 1);
        backward(second, 1);
        step(optimizer).step();

        assertThat(optimizer.seen).containsExactly("features.0.weight", "features.0.bias");
    }

    @Test
    void createsOptimizerStateBeforeTheFirstStep() {
        parameter("features.0.weight", 1, 2);
        try (TorchOptimizer optimizer = SGD.builder().momentum(0.9).build()) {
            step(optimizer);

            assertThat(optimizer.stateArrays()).containsOnlyKeys("momentum_buffer.features.0.weight");
        }
    }

    @Test
    void leavesParametersWithoutGradientAsTheyAre() {
        NDArray unused = parameter("unused", 7);
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(Optimizer.adam().build());

        backward(weight, 1);
        step.step();

        assertThat(unused.toFloatArray()).containsExactly(7);
    }

    @Test
    void leavesNoArraysBehind() {
        NDArray weight = parameter("weight", 1, 2);
        for (Optimizer optimizer : List.of(sgd(1), new PlainDescent())) {
            OptimizerStep step = new OptimizerStep(optimizer, parameters, GradientClipping.byValue(0.5));
            int arrays = manager.getManagedArrays().size();

            for (int i = 0; i < 10; i++) {
                step.zeroGradients();
                backward(weight, 1);
                step.step();
            }

            assertThat(manager.getManagedArrays()).hasSize(arrays);
        }
    }

    @Test
    void zeroesGradientsThatAreNaN() {
        NDArray weight = parameter("weight", 1, 2);
        OptimizerStep step = step(new PlainDescent());
        backward(weight, Float.NaN);

        step.zeroGradients();
        backward(weight, 1);
        step.step();

        assertThat(weight.toFloatArray()).containsExactly(0, 1);
    }

    private NDArray parameter(String name, float... values) {
        Parameter parameter =
                Parameter.builder().setName(name).setType(Parameter.Type.WEIGHT).build();
        NDArray array = manager.create(values, new Shape(values.length));
        parameter.setArray(array);
        array.setRequiresGradient(true);
        parameters.put(name, parameter);
        return array;
    }

    private OptimizerStep step(Optimizer optimizer) {
        return new OptimizerStep(optimizer, parameters, GradientClipping.NONE);
    }

    private static Optimizer sgd(float learningRate) {
        return Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed(learningRate))
                .build();
    }

    /** Sets the gradient of each element to a number. */
    private void backward(NDArray weight, float gradient) {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = manager.getEngine().newGradientCollector()) {
            collector.backward(scratch.create(gradient).mul(weight).sum());
        }
    }

    /** A minimal optimizer that is not one of DJL's. */
    private static final class PlainDescent extends Optimizer {
        private final List<String> seen = new ArrayList<>();

        PlainDescent() {
            super(Optimizer.sgd());
        }

        @Override
        public void update(String parameterId, NDArray weight, NDArray grad) {
            seen.add(parameterId);
            weight.subi(grad);
        }
    }
}
