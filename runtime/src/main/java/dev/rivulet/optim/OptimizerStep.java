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
 * Applies an optimizer to the trained parameters of a model, in place. The optimizer knows each parameter by its dotted
 * name, so its state can be matched from run to run. Closing it frees the state of an optimizer that can be closed.
 * Confined to the training thread.
 */
public final class OptimizerStep implements AutoCloseable {
    /** What to do about an optimizer whose state cannot be saved or restored. */
    public static final String STATE_REMEDY = "DJL's optimizers keep their state to themselves; use one of"
            + " dev.rivulet.optim, such as Adam, or RestorableAdam, which computes as DJL's does.";

    private final Optimizer optimizer;
    private final GradientClipping clipping;
    private final boolean updateZeroesGradients;
    private final String[] names;
    private final NDArray[] weights;
    private final List<NDArray> gradients;
    private final LrSchedules none = new LrSchedules();
    private boolean gradientsAreZero;

    /**
     * Prepares the step. A {@link StatefulOptimizer} is initialized, so that its state exists from now on.
     *
     * @param optimizer one of this package or of DJL's
     * @param parameters all parameters by name; frozen ones are left out
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

    /** Copies of the gradients that have added up so far, by the names of the trained parameters. */
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
     * Goes on from gradients that have added up in another run.
     *
     * @throws MismatchedStateException if they are not those of the trained parameters; nothing is changed then
     */
    public void restoreGradients(Map<String, Tensor> saved) {
        if (!saved.keySet().equals(Set.of(names))) {
            throw new MismatchedStateException("The saved gradients are those of " + saved.keySet() + ", but "
                    + List.of(names) + " are trained; freeze the parameters that were frozen then.");
        }
        for (int i = 0; i < names.length; i++) {
            createGradient(weights[i]);
            try (NDArray gradient = weights[i].getGradient()) {
                NDArrays.write(Objects.requireNonNull(saved.get(names[i])), gradient);
            }
        }
    }

    /** libtorch has none before the first backward pass; DJL then hands out zeros that no later pass adds to. */
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

    /** The schedules of the learning rate; none for DJL's own optimizers, which have trackers instead. */
    public LrSchedules schedules() {
        return optimizer instanceof TorchOptimizer scheduled ? scheduled.schedules() : none;
    }

    /** Sets gradients to zero before backward passes, unless the last step has done so and none has run since. */
    public void zeroGradients() {
        if (gradientsAreZero) {
            gradientsAreZero = false;
            return;
        }
        for (NDArray weight : weights) {
            JniUtils.zeroGrad((PtNDArray) weight); // DJL's own indexing would leave an array behind each time.
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
