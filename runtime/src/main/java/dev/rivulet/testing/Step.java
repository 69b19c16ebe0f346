package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.Batch;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The state of a run right before a batch and the loss of that batch, or the state at the end of training.
 *
 * @param position position in the run
 * @param weights digest of each tensor, in the order of the network
 * @param metrics current metrics
 * @param inputs digest of the batch's data and labels; empty at the end of training
 * @param loss loss of the batch; empty before its end
 */
record Step(
        Position position, List<Long> weights, Map<String, Double> metrics, OptionalLong inputs, OptionalDouble loss) {

    /**
     * A position in a run.
     *
     * @param batchIndex index within the epoch; −1 at the end of training
     * @param globalStep optimizer steps so far
     */
    record Position(int epoch, int batchIndex, long globalStep) {}

    /** Digests the weights and the batch that is about to be trained on; there is none at the end of training. */
    static Step before(
            Position position, Map<String, NDArray> weights, Map<String, Double> metrics, Optional<Batch> batch) {
        return new Step(
                position,
                weights.values().stream().map(Step::digest).toList(),
                metrics,
                batch.stream().mapToLong(Step::inputs).findAny(),
                OptionalDouble.empty());
    }

    /** The same step with the loss of its batch. */
    Step withLoss(NDArray computed) {
        double value = computed.toType(DataType.FLOAT64, false).getDouble();
        return new Step(position, weights, metrics, inputs, OptionalDouble.of(value));
    }

    int epoch() {
        return position.epoch();
    }

    /** Optimizer steps so far. */
    long globalStep() {
        return position.globalStep();
    }

    boolean isEnd() {
        return inputs.isEmpty();
    }

    /** The position, in words. */
    String positionInWords() {
        return isEnd() ? "the end of training" : "batch " + position.batchIndex() + " of epoch " + position.epoch();
    }

    private static long inputs(Batch batch) {
        return 31 * digest((Collection<NDArray>) batch.getData()) + digest((Collection<NDArray>) labels(batch));
    }

    private static NDList labels(Batch batch) {
        NDList labels = batch.getLabels();
        return labels == null ? new NDList() : labels;
    }

    private static long digest(Collection<NDArray> arrays) {
        return arrays.stream().mapToLong(Step::digest).reduce(arrays.size(), (all, next) -> 31 * all + next);
    }

    /** 64 bits of the SHA-256 of dtype, shape and bytes: enough without an adversary. */
    private static long digest(NDArray array) {
        try (LiveTensors live = new LiveTensors()) {
            Tensor tensor = live.view(array);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(tensor.toString().getBytes(StandardCharsets.UTF_8));
            tensor.chunks().forEach(digest::update);
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JVM has SHA-256.", e);
        }
    }
}
