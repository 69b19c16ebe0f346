package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.ParameterUpdates;
import dev.rivulet.internal.optim.Update;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exponential moving average of the weights over optimizer steps.
 *
 * <p>{@code average = decay · average + (1 − decay) · weight}, equal to the bit to PyTorch's {@code swa_utils.get_ema_multi_avg_fn}.
 * The average starts with the weights of the first step. Tensors of other types than floating point are not averaged;
 * their newest values are saved.
 *
 * <pre>{@code
 * @WeightTransform("averaged")
 * final ExponentialMovingAverage average = new ExponentialMovingAverage(0.99);
 * }</pre>
 *
 * <p>Holds one copy of the weights in native memory until it, or its module, is closed. Not thread-safe: the framework calls it on the
 * training thread only.
 *
 * @since 0.1
 */
public final class ExponentialMovingAverage implements StatefulTransform, AutoCloseable {
    private final double decay;
    private final Map<String, NDArray> averages = new LinkedHashMap<>();
    private @Nullable NDManager manager;
    private final Update.Source approach = this::approach;
    private @Nullable ParameterUpdates updates;
    private boolean started;

    /**
     * An average that starts at the first step.
     *
     * @param decay weight of the previous average, at least 0 and below 1; 0.99 averages over about 100 steps
     * @throws IllegalArgumentException if the decay is out of range
     */
    public ExponentialMovingAverage(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("The decay is " + decay + ", but must be at least 0 and below 1.");
        }
        this.decay = decay;
    }

    @Override
    public void begin(StateDict weights) {
        if (averages.isEmpty()) {
            weights.names().forEach(name -> averages.put(name, copy(weights.get(name))));
        }
    }

    @Override
    public void update(StateDict weights, long globalStep) {
        begin(weights);
        for (String name : weights.names()) {
            NDArray weight = weights.get(name);
            NDArray average = average(name);
            if (started && isFloatingPoint(weight.getDataType())) {
                advance(name, average, weight);
            } else {
                replace(average, weight);
            }
        }
        started = true;
    }

    @Override
    public StateDict apply(StateDict weights, TransformContext context) {
        if (!context.source().equals(CheckpointStream.ORIGINAL)) {
            throw new IllegalStateException("The stream \"" + context.stream() + "\" takes the weights of"
                    + " \"" + context.source()
                    + "\", but a moving average follows the trained weights; declare it without from, and derive other"
                    + " streams from it.");
        }
        if (!started) {
            throw new IllegalStateException("There is no average before the first optimizer step.");
        }
        Map<String, NDArray> copies = new LinkedHashMap<>();
        weights.names().forEach(name -> copies.put(name, copy(average(name), context)));
        return StateDict.of(copies, context.manager());
    }

    /** The average of each weight, under the weight's name. */
    @Override
    public Map<String, NDArray> stateArrays() {
        return Collections.unmodifiableMap(averages);
    }

    @Override
    public Map<String, Object> state() {
        return Map.of("begun", started);
    }

    @Override
    public void restore(Map<String, Object> state) {
        if (!(state.get("begun") instanceof Boolean saved)) {
            throw new IllegalArgumentException("The state of a moving average has the boolean \"begun\", but this is"
                    + " " + state
                    + "; it was saved by another transform.");
        }
        started = saved;
    }

    @Override
    public void close() {
        started = false;
        averages.clear();
        if (updates != null) {
            updates.close();
            updates = null;
        }
        if (manager != null) {
            manager.close();
            manager = null;
        }
    }

    /** A copy of the current average that lasts until the checkpoint is written. */
    private static NDArray copy(NDArray average, TransformContext context) {
        NDArray copy = average.duplicate();
        copy.attach(context.manager());
        return copy;
    }

    private NDArray average(String name) {
        NDArray average = averages.get(name);
        if (average == null) {
            throw new IllegalStateException("The weight \"" + name + "\" did not exist when the average started.");
        }
        return average;
    }

    private NDArray copy(NDArray weight) {
        if (manager == null) {
            manager = weight.getManager().getEngine().newBaseManager(weight.getDevice());
        }
        try (NDArray detached = weight.stopGradient()) {
            NDArray copy = detached.duplicate();
            copy.attach(manager);
            return copy;
        }
    }

    private static void replace(NDArray average, NDArray weight) {
        try (NDArray detached = weight.stopGradient()) {
            average.set(new NDIndex("..."), detached);
        }
    }

    private void advance(String name, NDArray average, NDArray weight) {
        if (updates == null) {
            updates = new ParameterUpdates(weight.getManager().getEngine());
        }
        updates.update(name, average, weight, Map.of(), approach);
    }

    private <A> Update<A> approach(Arithmetic<A> math) {
        return (average, weight, state) -> math.lerp(average, weight, 1 - decay);
    }

    private static boolean isFloatingPoint(DataType type) {
        return type == DataType.FLOAT32 || type == DataType.FLOAT64 || type == DataType.FLOAT16;
    }
}
