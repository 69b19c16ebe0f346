package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.testing.ResumeDifference.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares a run with a recorded one until a tensor differs, then keeps that tensor and stops the run.
 */
final class Comparison implements RunObserver {
    private final List<Step> expected;
    private final List<String> names;
    private @Nullable ResumeDifference first;
    private int firstIndex = -1;
    private @Nullable DifferingTensor tensor;

    /**
     * A comparison.
     *
     * @param expected steps of the recorded run
     * @param names names of its weights
     */
    Comparison(List<Step> expected, List<String> names) {
        this.expected = expected;
        this.names = names;
    }

    /**
     * The first tensor that differs, of the compared run.
     *
     * @param index index of the batch before which it differs
     * @param step optimizer steps so far
     * @param values a copy of the tensor
     * @param others number of other tensors that differ
     */
    record DifferingTensor(String name, int index, long step, Tensor values, int others) {}

    Optional<ResumeDifference> first() {
        return Optional.ofNullable(first);
    }

    /** Index of the batch in which, or before which, the first difference occurs. */
    int firstIndex() {
        return firstIndex;
    }

    Optional<DifferingTensor> tensor() {
        return Optional.ofNullable(tensor);
    }

    @Override
    public void beforeBatch(int index, Step step, Map<String, NDArray> weights) {
        requireSameModel(weights);
        Step then = expected.get(Math.min(index, expected.size() - 1));
        if (then.globalStep() != step.globalStep() || !then.positionInWords().equals(step.positionInWords())) {
            note(
                    index,
                    new ResumeDifference(
                            Kind.POSITION,
                            "",
                            step.globalStep(),
                            then.positionInWords(),
                            then.positionInWords(),
                            step.positionInWords()));
            throw new InjectedStop();
        }
        List<String> differing = differingWeights(then, step);
        if (!differing.isEmpty()) {
            String name = differing.get(0);
            note(index, new ResumeDifference(Kind.WEIGHTS, name, step.globalStep(), step.positionInWords(), "", ""));
            tensor = new DifferingTensor(name, index, step.globalStep(), copy(weights, name), differing.size() - 1);
            throw new InjectedStop();
        }
        differingMetric(then, step).ifPresent(difference -> note(index, difference));
        if (!then.inputs().equals(step.inputs())) {
            note(index, new ResumeDifference(Kind.INPUTS, "", step.globalStep() + 1, step.positionInWords(), "", ""));
        }
    }

    @Override
    public void afterBatch(int index, Step step) {
        double then = expected.get(index).loss().orElseThrow();
        double now = step.loss().orElseThrow();
        if (Double.doubleToRawLongBits(then) != Double.doubleToRawLongBits(now)) {
            note(
                    index,
                    new ResumeDifference(
                            Kind.LOSS,
                            "",
                            step.globalStep() + 1,
                            step.positionInWords(),
                            TensorDifference.format(then),
                            TensorDifference.format(now)));
        }
    }

    /** True from the first difference to the first tensor that differs. */
    @Override
    public boolean needsMoreBatches() {
        return first != null && tensor == null;
    }

    private void requireSameModel(Map<String, NDArray> weights) {
        List<String> now = List.copyOf(weights.keySet());
        if (!now.equals(names)) {
            throw new IllegalArgumentException("The supplier of the module created a model with the weights " + names
                    + ", and then one with " + now + "; create the same model each time.");
        }
    }

    private void note(int index, ResumeDifference difference) {
        if (first == null) {
            first = difference;
            firstIndex = index;
        }
    }

    private List<String> differingWeights(Step then, Step now) {
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (!then.weights().get(i).equals(now.weights().get(i))) {
                differing.add(names.get(i));
            }
        }
        return differing;
    }

    /** A copy of a live array. */
    static Tensor copy(Map<String, NDArray> weights, String name) {
        try (LiveTensors live = new LiveTensors()) {
            return live.view(Objects.requireNonNull(weights.get(name), name)).copy();
        }
    }

    private static Optional<ResumeDifference> differingMetric(Step then, Step now) {
        Set<String> all = new TreeSet<>(then.metrics().keySet());
        all.addAll(now.metrics().keySet());
        for (String metric : all) {
            Double expected = then.metrics().get(metric);
            Double actual = now.metrics().get(metric);
            if (!Objects.equals(expected, actual)) {
                return Optional.of(new ResumeDifference(
                        Kind.METRIC,
                        metric,
                        now.globalStep(),
                        now.positionInWords(),
                        format(expected),
                        format(actual)));
            }
        }
        return Optional.empty();
    }

    private static String format(@Nullable Double value) {
        return value == null ? "undefined" : TensorDifference.format(value);
    }
}
