package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradients of parameters. Each is looked up in libtorch once, because later backward passes add to the same
 * tensor, unless they record a graph themselves, which DJL's collector never does. For the training thread.
 */
final class HeldGradients implements AutoCloseable {
    private final Map<String, Held> held = new HashMap<>();
    private final List<NDArray> zeros = new ArrayList<>();

    /**
     * The gradient of a libtorch tensor.
     *
     * @param weight identifies the tensor as an object; an equal address would not suffice, because libtorch reuses it
     */
    private record Held(Object weight, NDArray gradient) {}

    /**
     * The gradient of a parameter; zeros, until {@link #endStep}, if it never had one.
     *
     * @param weight also a frozen one
     */
    NDArray of(String name, NDArray weight) {
        PtNDArray tensor = (PtNDArray) weight;
        Object handle = tensor.getHandle();
        Held known = held.get(name);
        if (known != null && known.weight() == handle) {
            return known.gradient();
        }
        PtNDArray gradient = JniUtils.getGradient(tensor);
        if (gradient == null) {
            NDArray zero = weight.zerosLike();
            zeros.add(zero);
            return zero;
        }
        gradient.detach(); // It is closed here, not with the weights' manager.
        Held replaced = held.put(name, new Held(handle, gradient));
        if (replaced != null) {
            replaced.gradient().close();
        }
        return gradient;
    }

    /** Frees the zeros of the step. */
    void endStep() {
        zeros.forEach(NDArray::close);
        zeros.clear();
    }

    @Override
    public void close() {
        endStep();
        held.values().forEach(gradient -> gradient.gradient().close());
        held.clear();
    }
}
