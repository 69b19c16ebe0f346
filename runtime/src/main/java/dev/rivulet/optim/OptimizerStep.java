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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Parameter> buffers = new ArrayList<>();

    /** Names of the parameters that may have a gradient for the next step, though they may be frozen since. */
    private final Set<String> receiving = new LinkedHashSet<>();

    private final HeldGradients gradients = new HeldGradients();
    private final LrSchedules none = new LrSchedules();
    private Optional<Set<String>> resumedFrozen = Optional.empty();
    private boolean gradientsAreZero;
    private boolean hasZeroed;

    /**
     * Prepares the step. A {@link StatefulOptimizer} is initialized, so the state of trained parameters exists
     * afterwards.
     *
     * @param optimizer an optimizer of this package or of DJL
     * @param all all parameters by dotted name; they may be frozen and unfrozen between steps
     * @param clipping applied to the gradients before each update
     */
    public OptimizerStep(Optimizer optimizer, Map<String, Parameter> all, GradientClipping clipping) {
        this.optimizer = optimizer;
        this.clipping = clipping;
        this.updateZeroesGradients = optimizer instanceof Sgd
                || optimizer instanceof ai.djl.training.optimizer.Adam
                || optimizer instanceof ai.djl.training.optimizer.AdamW;
        all.forEach((name, parameter) -> {
            if (TorchOptimizer.BUFFERS.contains(parameter.getType())) {
                buffers.add(parameter);
            } else {
                parameters.put(name, parameter);
            }
        });
        addTrained();
        if (optimizer instanceof StatefulOptimizer stateful) {
            stateful.initialize(all);
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

    /** The number of the optimizer's state arrays. It grows when a parameter is trained for the first time. */
    public int stateArrayCount() {
        return stateful().map(stateful -> stateful.stateArrays().size()).orElse(0);
    }

    /** Copies of the accumulated gradients, by name of parameter. */
    public Map<String, Tensor> gradients() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        for (String name : receiving) {
            try (LiveTensors loan = new LiveTensors()) {
                copies.put(name, loan.view(gradient(name)).copy());
            }
        }
        return copies;
    }

    /**
     * Restores accumulated gradients of another run.
     *
     * @throws MismatchedStateException if one belongs to no parameter; nothing is changed in that case
     */
    public void restoreGradients(Map<String, Tensor> saved) {
        if (!parameters.keySet().containsAll(saved.keySet())) {
            throw new MismatchedStateException("The saved gradients belong to " + saved.keySet()
                    + ", but the parameters are " + parameters.keySet() + "; build the model as in the saved run.");
        }
        receiving.clear();
        receiving.addAll(saved.keySet());
        saved.forEach((name, tensor) -> {
            createGradient(array(name));
            NDArrays.write(tensor, gradient(name));
        });
    }

    /** Sets which parameters were frozen in the saved run, for {@link #freezeAsResumed}. */
    public void resumeFrozen(Collection<String> frozen) {
        resumedFrozen = Optional.of(Set.copyOf(frozen));
    }

    /**
     * Freezes and unfreezes parameters as in the saved run, whatever hooks at the start of training did, which ran
     * before the saved run came this far.
     *
     * @return names of those that were changed
     */
    public Set<String> freezeAsResumed() {
        Set<String> changed = new LinkedHashSet<>();
        resumedFrozen.ifPresent(frozen -> parameters.forEach((name, parameter) -> {
            if (parameter.requiresGradient() == frozen.contains(name)) {
                parameter.freeze(frozen.contains(name));
                changed.add(name);
            }
        }));
        return changed;
    }

    /** Freezes running statistics again, which {@code Block.freezeParameters(false)} unfreezes with the parameters. */
    public void freezeBuffers() {
        for (Parameter buffer : buffers) {
            if (buffer.requiresGradient()) {
                buffer.freeze(true);
            }
        }
    }

    private NDArray array(String name) {
        return Objects.requireNonNull(parameters.get(name), name).getArray();
    }

    /** Also of a parameter that was frozen after its backward pass. */
    private NDArray gradient(String name) {
        return gradients.of(name, array(name));
    }

    /** libtorch has no gradient before the first backward pass; DJL returns zeros that later passes do not add to. */
    private static void createGradient(NDArray weight) {
        boolean before = JniUtils.isGradMode();
        boolean isFrozen = !weight.hasGradient();
        JniUtils.setGradMode(true);
        weight.setRequiresGradient(true);
        try (NDArray sum = weight.sum();
                NDArray one = sum.onesLike()) {
            JniUtils.backward((PtNDArray) sum, (PtNDArray) one, false, false);
        } finally {
            weight.setRequiresGradient(!isFrozen);
            JniUtils.setGradMode(before);
        }
    }

    /** The learning rate schedules; none for DJL's own optimizers, which use trackers instead. */
    public LrSchedules schedules() {
        return optimizer instanceof TorchOptimizer scheduled ? scheduled.schedules() : none;
    }

    /**
     * Begins a step with the parameters that are trained now: zeroes gradients before its first backward pass, unless
     * the last step did and no backward pass has run since.
     */
    public void zeroGradients() {
        if (!gradientsAreZero) {
            // The first time of all, because an earlier fit may have left gradients.
            for (String name : hasZeroed ? receiving : parameters.keySet()) {
                JniUtils.zeroGrad((PtNDArray) array(name)); // Indexing in DJL would leave an array open each time.
            }
        }
        hasZeroed = true;
        gradientsAreZero = false;
        receiving.clear();
        addTrained();
    }

    /** Adds the parameters that are trained now to the step, before another of its backward passes. */
    public void addTrained() {
        parameters.forEach((name, parameter) -> {
            if (parameter.requiresGradient()) {
                receiving.add(name);
            }
        });
    }

    /**
     * Clips the gradients and updates the weights of the parameters that were trained at a backward pass of the step.
     * As in PyTorch, others are skipped: their state stays, and no weight decay applies.
     */
    public void step() {
        try {
            Map<String, NDArray> received = new LinkedHashMap<>();
            receiving.forEach(name -> received.put(name, gradient(name)));
            clipping.clip(List.copyOf(received.values()));
            received.forEach((name, gradient) -> optimizer.update(name, array(name), gradient));
            gradientsAreZero = updateZeroesGradients;
        } finally {
            gradients.endStep();
        }
    }

    @Override
    public void close() {
        gradients.close();
        if (optimizer instanceof StatefulOptimizer stateful) {
            stateful.close();
        }
    }
}
