package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Applies an optimizer to the trained parameters of a model, in place. Parameters are identified by dotted name, so
 * that state can be matched across runs. Closing it frees the state of a {@link StatefulOptimizer}. Not thread-safe;
 * use it on the training thread.
 *
 * @since 0.1
 */
public final class OptimizerStep implements AutoCloseable {
    private final Optimizer optimizer;
    private final GradientClipping clipping;
    private final boolean updateZeroesGradients;
    private final String[] names;
    private final NDArray[] weights;
    private final List<NDArray> gradients;
    private final LrSchedules none = new LrSchedules();
    private boolean gradientsAreZero;

    /**
     * Prepares the step. A {@link StatefulOptimizer} is initialized, so its state exists afterwards.
     *
     * @param optimizer an optimizer of this package or of DJL
     * @param parameters all parameters by dotted name; frozen ones are not updated
     * @param clipping applied to the gradients before each update
     */
    public OptimizerStep(Optimizer optimizer, Map<String, Parameter> parameters, GradientClipping clipping) {
        this.optimizer = optimizer;
        this.clipping = clipping;
        this.updateZeroesGradients = optimizer instanceof Sgd
                || optimizer instanceof ai.djl.training.optimizer.Adam
                || optimizer instanceof ai.djl.training.optimizer.AdamW;
        List<String> trainedNames = new ArrayList<>();
        List<NDArray> trainedWeights = new ArrayList<>();
        parameters.forEach((name, parameter) -> {
            if (parameter.requiresGradient()) {
                trainedNames.add(name);
                trainedWeights.add(parameter.getArray());
            }
        });
        this.names = trainedNames.toArray(String[]::new);
        this.weights = trainedWeights.toArray(NDArray[]::new);
        this.gradients = new ArrayList<>(names.length);
        if (optimizer instanceof StatefulOptimizer stateful) {
            stateful.initialize(parameters);
        }
    }

    /** The optimizer, if its state can be saved. */
    public Optional<StatefulOptimizer> stateful() {
        return optimizer instanceof StatefulOptimizer stateful ? Optional.of(stateful) : Optional.empty();
    }

    /** The optimizer's class, for messages. */
    public String optimizerName() {
        return optimizer.getClass().getName();
    }

    /** Copies of the accumulated gradients, by name of trained parameter. */
    public Map<String, Tensor> gradients() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            try (NDArray gradient = weights[i].getGradient();
                    LiveTensors loan = new LiveTensors()) {
                copies.put(names[i], loan.view(gradient).copy());
            }
        }
        return copies;
    }

    /**
     * Restores accumulated gradients of another run.
     *
     * @throws MismatchedStateException if the names differ from those of the trained parameters; nothing is changed in
     *     that case
     */
    public void restoreGradients(Map<String, Tensor> saved) {
        if (!saved.keySet().equals(Set.of(names))) {
            throw new MismatchedStateException("The saved gradients belong to " + saved.keySet() + ", but "
                    + List.of(names) + " are trained; freeze the same parameters as in the saved run.");
        }
        for (int i = 0; i < names.length; i++) {
            createGradient(weights[i]);
            try (NDArray gradient = weights[i].getGradient()) {
                NDArrays.write(Objects.requireNonNull(saved.get(names[i])), gradient);
            }
        }
    }

    /** libtorch has no gradient before the first backward pass; DJL returns zeros that later passes do not add to. */
    private static void createGradient(NDArray weight) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDArray sum = weight.sum();
                NDArray one = sum.onesLike()) {
            JniUtils.backward((PtNDArray) sum, (PtNDArray) one, false, false);
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** The learning rate schedules; none for DJL's own optimizers, which use trackers instead. */
    public LrSchedules schedules() {
        return optimizer instanceof TorchOptimizer scheduled ? scheduled.schedules() : none;
    }

    /** Zeroes gradients before backward passes, unless the last step did and no backward pass has run since. */
    public void zeroGradients() {
        if (gradientsAreZero) {
            gradientsAreZero = false;
            return;
        }
        for (NDArray weight : weights) {
            JniUtils.zeroGrad((PtNDArray) weight); // Indexing in DJL would leave an array open each time.
        }
    }

    /** Clips the gradients and updates the weights. */
    public void step() {
        try {
            for (NDArray weight : weights) {
                gradients.add(weight.getGradient());
            }
            clipping.clip(gradients);
            for (int i = 0; i < weights.length; i++) {
                optimizer.update(names[i], weights[i], gradients.get(i));
            }
            gradientsAreZero = updateZeroesGradients;
        } finally {
            gradients.forEach(NDArray::close);
            gradients.clear();
        }
    }

    @Override
    public void close() {
        if (optimizer instanceof StatefulOptimizer stateful) {
            stateful.close();
        }
    }
}
