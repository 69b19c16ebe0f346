package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.AdamW;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Applies an optimizer to the trained parameters of a model, in place. The optimizer knows each parameter by its dotted
 * name, so its state can be told apart from run to run. Confined to the training thread.
 */
public final class OptimizerStep {
    private static final NDIndex EVERYTHING = new NDIndex("...");

    private final Optimizer optimizer;
    private final GradientClipping clipping;
    private final boolean zeroesGradients;
    private final String[] names;
    private final NDArray[] weights;
    private final List<NDArray> gradients;

    /**
     * Prepares the step.
     *
     * @param optimizer one of DJL's
     * @param parameters all parameters by name; frozen ones are left out
     */
    public OptimizerStep(Optimizer optimizer, Map<String, Parameter> parameters, GradientClipping clipping) {
        this.optimizer = optimizer;
        this.clipping = clipping;
        this.zeroesGradients = optimizer instanceof Sgd || optimizer instanceof Adam || optimizer instanceof AdamW;
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
    }

    /** Sets gradients to zero before a backward pass, unless the last step has done so. */
    public void zeroGradients() {
        if (zeroesGradients) {
            return;
        }
        for (NDArray weight : weights) {
            if (weight.hasGradient()) {
                try (NDArray gradient = weight.getGradient()) {
                    gradient.set(EVERYTHING, 0);
                }
            }
        }
    }

    /** Clips the gradients, updates the weights and leaves zero gradients. */
    public void step() {
        try {
            for (NDArray weight : weights) {
                gradients.add(weight.getGradient());
            }
            clipping.clip(gradients);
            for (int i = 0; i < weights.length; i++) {
                optimizer.update(names[i], weights[i], gradients.get(i));
            }
        } finally {
            gradients.forEach(NDArray::close);
            gradients.clear();
        }
    }
}
