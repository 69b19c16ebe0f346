package dev.rivulet;

import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.lightning.TrainingState;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.random.RandomState;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.stream.DecisionState;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.training.LoopProgress;
import dev.rivulet.training.Metrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run at a step boundary, as it is saved, in an order that is the same in every process: the same state gives
 * the same bytes. Tensors are those of a snapshot; everything else is small and copied on the thread that trains.
 */
final class TrainingCapture {
    private final TrainingParts parts;

    TrainingCapture(TrainingParts parts) {
        this.parts = parts;
    }

    /**
     * The state, with tensors that borrow the snapshot's memory.
     *
     * @param streams what decides on their next saves
     */
    TrainingState take(Snapshot snapshot, Map<String, DecisionState> streams) {
        Map<String, Tensor> copies = snapshot.state();
        OptimizerStep optimizer = parts.optimizer();
        LoopProgress progress = parts.state().progress();
        return new TrainingState(
                progress,
                optimizer.stateful().stream()
                        .map(stateful -> stateful.stateDict(
                                name -> Objects.requireNonNull(copies.get(TrainingParts.ofOptimizer(name)), name)))
                        .toList(),
                optimizer.schedules().stateDicts(),
                new LinkedHashMap<>(parts.hyperParameters()),
                own(progress, copies, streams));
    }

    private Map<String, @Nullable Object> own(
            LoopProgress progress, Map<String, Tensor> copies, Map<String, DecisionState> streams) {
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        own.put("optimizer", parts.optimizer().optimizerName());
        own.put("metrics", metrics(parts.memory().metricsState()));
        own.put("random", parts.memory().randomState().toEntries());
        parts.memory().atEpochStart().map(RandomState::toEntries).ifPresent(random -> own.put("epoch_random", random));
        parts.dataOrder().ifPresent(order -> own.put("data_order", order));
        own.put("transforms", transforms(copies));
        Map<String, Object> decisions = new LinkedHashMap<>();
        streams.forEach((name, decided) -> decisions.put(name, decided.toEntries()));
        own.put("streams", decisions);
        own.put("parameters", List.copyOf(parts.network().parameters().keySet()));
        own.put("frozen", frozen());
        own.put("threads", (long) JniUtils.getNumThreads());
        if (gradientsAddUp(progress)) {
            own.put("gradients", parts.optimizer().gradients());
        }
        return own;
    }

    /** Whether gradients have been computed that no optimizer step has used. */
    private boolean gradientsAddUp(LoopProgress progress) {
        return (progress.batchIndex() + 1) % parts.accumulateGradBatches() != 0 && !progress.lastBatch();
    }

    private static Map<String, Object> metrics(Metrics.State state) {
        Map<String, Object> means = new LinkedHashMap<>();
        state.epochMeans().forEach((name, mean) -> means.put(name, List.of(mean.sum(), mean.weight())));
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("values", state.values());
        metrics.put("epoch_means", means);
        return metrics;
    }

    private Map<String, Object> transforms(Map<String, Tensor> copies) {
        Map<String, Object> transforms = new LinkedHashMap<>();
        parts.transforms().forEach((name, transform) -> {
            Map<String, Object> arrays = new LinkedHashMap<>();
            for (String array : transform.stateArrays().keySet()) {
                arrays.put(array, Objects.requireNonNull(copies.get(TrainingParts.ofTransform(name, array)), array));
            }
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("arrays", arrays);
            state.put("state", new TreeMap<>(transform.state()));
            transforms.put(name, state);
        });
        return transforms;
    }

    private List<String> frozen() {
        List<String> frozen = new ArrayList<>();
        parts.network().parameters().forEach((name, parameter) -> {
            if (!parameter.requiresGradient()) {
                frozen.add(name);
            }
        });
        return frozen;
    }
}
