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
 * Compares a run with one that was recorded, until a tensor differs; then it keeps that tensor and stops the run, which has
 * nothing more to tell.
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
     * @param expected the recorded run
     * @param names of its weights
     */
    Comparison(List<Step> expected, List<String> names) {
        this.expected = expected;
        this.names = names;
    }

    /**
     * A tensor of the run that was compared.
     *
     * @param index of the batch before which it differs
     * @param step optimizer steps so far
     * @param values a copy
     * @param others how many further tensors differ
     */
    record DifferingTensor(String name, int index, long step, Tensor values, int others) {}

    Optional<ResumeDifference> first() {
        return Optional.ofNullable(first);
    }

    /** The batch in which, or before which, the first difference is. */
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
                    new ResumeDifference(Kind.POSITION, "", step.globalStep(), then.positionInWords(), then.positionInWords(), step.positionInWords()));
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

    /** A difference is there, but no tensor yet that it leads to. */
    @Override
    public boolean needsMoreBatches() {
        return first != null && tensor == null;
    }

    private void requireSameModel(Map<String, NDArray> weights) {
        List<String> now = List.copyOf(weights.keySet());
        if (!now.equals(names)) {
            throw new IllegalArgumentException("The supplier of the module made a model with the weights " + names
                    + ", and then one with " + now + "; make the same model each time.");
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
                        Kind.METRIC, metric, now.globalStep(), now.positionInWords(), format(expected), format(actual)));
            }
        }
        return Optional.empty();
    }

    private static String format(@Nullable Double value) {
        return value == null ? "not known" : TensorDifference.format(value);
    }
}
