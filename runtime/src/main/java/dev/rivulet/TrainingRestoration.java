package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.lightning.TrainingState;
import dev.rivulet.optim.MismatchedStateException;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.optim.StatefulOptimizer;
import dev.rivulet.random.RandomState;
import dev.rivulet.stream.DecisionState;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.training.LoopProgress;
import dev.rivulet.training.Metrics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of a run where those of another stood, as {@link TrainingCapture} has saved them. A file of Lightning's
 * has nothing of what Lightning has no place for; that begins anew.
 */
final class TrainingRestoration {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRestoration.class);

    private final Path file;
    private final TrainingState saved;
    private final OwnEntries own;

    /**
     * Prepares to restore.
     *
     * @param file for messages
     * @param saved whose tensors are in memory
     */
    TrainingRestoration(Path file, TrainingState saved) {
        this.file = file;
        this.saved = saved;
        this.own = new OwnEntries(file, saved.own());
    }

    /** The seed of the run that was saved; empty if it is not known. */
    OptionalLong seed() {
        return own.map("random").map(RandomState::fromEntries).stream()
                .mapToLong(RandomState::seed)
                .findAny();
    }

    /**
     * What decides on the next saves of streams, by their names.
     *
     * @throws NotResumableException if it is malformed
     */
    Map<String, DecisionState> decisions() {
        Map<String, DecisionState> decisions = new LinkedHashMap<>();
        try {
            own.map("streams")
                    .ifPresent(streams -> new OwnEntries(file, streams)
                            .forEach(
                                    Map.class, (name, state) -> decisions.put(name, DecisionState.fromEntries(state))));
        } catch (IllegalArgumentException e) {
            throw new NotResumableException("Training cannot go on from " + file + ": " + e.getMessage(), e);
        }
        return decisions;
    }

    /** Freezes what was frozen, and trains what was trained. */
    void restoreFrozen(Network network) {
        own.list("frozen")
                .ifPresent(frozen -> network.parameters().forEach((name, parameter) -> {
                    boolean trained = !frozen.contains(name);
                    if (parameter.requiresGradient() != trained) {
                        LOG.info(
                                "\"{}\" is {}, as it was when {} was saved.",
                                name,
                                trained ? "trained" : "frozen",
                                file);
                        parameter.freeze(!trained);
                    }
                }));
    }

    /**
     * Restores everything but weights.
     *
     * @throws NotResumableException if something does not fit
     */
    void restore(TrainingParts parts) {
        try {
            requireSameParameters(parts.network().parameters());
            restoreOptimizer(parts);
            own.map("transforms")
                    .ifPresent(transforms -> parts.transforms()
                            .forEach((name, transform) -> restore(name, transform, transforms.get(name))));
            own.map("metrics").ifPresent(metrics -> restore(parts.memory().metrics(), metrics));
            restoreRandom(parts);
            own.map("gradients").ifPresent(gradients -> parts.optimizer().restoreGradients(tensors(gradients)));
        } catch (MismatchedStateException | IllegalArgumentException | ClassCastException e) {
            throw new NotResumableException("Training cannot go on from " + file + ": " + e.getMessage(), e);
        }
        requireSameOrder(parts);
        warn(parts);
    }

    /** Optimizers number parameters, so the order counts. */
    private void requireSameParameters(Map<String, Parameter> parameters) {
        own.list("parameters").ifPresent(names -> {
            List<String> now = List.copyOf(parameters.keySet());
            if (!names.equals(now)) {
                throw new NotResumableException("Training cannot go on from " + file
                        + ": the model's parameters were in the order " + names + ", but now they are " + now
                        + "; build the model as it was built then.");
            }
        });
    }

    private void restoreOptimizer(TrainingParts parts) {
        String now = parts.optimizer().optimizerName();
        if (saved.optimizerStates().size() != 1) {
            throw new NotResumableException("Training cannot go on from " + file + ": it holds the states of "
                    + saved.optimizerStates().size() + " optimizers, not of one"
                    + own.text("optimizer")
                            .map(name -> "; " + name + " was used")
                            .orElse("") + ". "
                    + OptimizerStep.USE_STATEFUL);
        }
        StatefulOptimizer optimizer = parts.optimizer()
                .stateful()
                .orElseThrow(() -> new NotResumableException(
                        "Training cannot go on with " + now + ". " + OptimizerStep.USE_STATEFUL));
        optimizer.loadStateDict(saved.optimizerStates().get(0));
        parts.optimizer().schedules().loadStateDicts(saved.lrSchedulers());
    }

    private void restore(String name, StatefulTransform transform, @Nullable Object entries) {
        if (!(entries instanceof Map<?, ?> map)) {
            LOG.warn("{} has no state of the transform {}, which begins anew.", file, name);
            return;
        }
        OwnEntries state = new OwnEntries(file, map);
        Map<String, Tensor> arrays = tensors(state.map("arrays").orElse(Map.of()));
        Map<String, NDArray> live = transform.stateArrays();
        if (!arrays.keySet().equals(live.keySet())) {
            throw new NotResumableException("Training cannot go on from " + file + ": of the transform " + name
                    + " it has the arrays " + arrays.keySet() + ", but now there are " + live.keySet()
                    + "; declare the transform as it was declared then.");
        }
        live.forEach((array, values) -> {
            Tensor tensor = arrays.get(array);
            if (tensor != null) {
                NDArrays.write(tensor, values);
            }
        });
        transform.restore(byText(state.map("state").orElse(Map.of())));
    }

    private void restore(Metrics metrics, Map<?, ?> entries) {
        OwnEntries known = new OwnEntries(file, entries);
        Map<String, Double> values = new LinkedHashMap<>();
        Map<String, Metrics.MeanState> means = new LinkedHashMap<>();
        new OwnEntries(file, known.map("values").orElse(Map.of())).forEach(Double.class, values::put);
        new OwnEntries(file, known.map("epoch_means").orElse(Map.of()))
                .forEach(List.class, (name, mean) -> means.put(name, mean(mean)));
        metrics.restore(new Metrics.State(values, means));
    }

    private static Metrics.MeanState mean(List<?> parts) {
        if (parts.size() == 2 && parts.get(0) instanceof Double sum && parts.get(1) instanceof Long weight) {
            return new Metrics.MeanState(sum, weight);
        }
        throw new IllegalArgumentException(
                "An epoch's mean is " + parts + " where a sum and a weight belong; resume from another checkpoint.");
    }

    private void restoreRandom(TrainingParts parts) {
        parts.memory().resume(own.map("epoch_random").map(RandomState::fromEntries));
        Optional<RandomState> random = own.map("random").map(RandomState::fromEntries);
        if (random.isEmpty()) {
            LOG.warn("{} says nothing of random numbers: they begin anew, and so does the order of the data.", file);
        }
        random.flatMap(state -> parts.memory().random().restore(state)).ifPresent(LOG::warn);
    }

    /** Within an epoch, another order would repeat some records and leave others out. */
    private void requireSameOrder(TrainingParts parts) {
        Optional<String> then = own.text("data_order");
        Optional<String> now = parts.dataOrder();
        if (saved.own().isEmpty() || then.equals(now)) {
            return;
        }
        String difference = "the training data was " + then.orElse("in an order of its own") + ", and is "
                + now.orElse("in an order of its own");
        if (isWithinEpoch(saved.progress())) {
            throw new NotResumableException("Training cannot go on from " + file + " in the middle of an epoch: "
                    + difference + ". Give the same data, or resume from a checkpoint of an epoch's end.");
        }
        LOG.warn("Training goes on with other data: {}.", difference);
    }

    private static boolean isWithinEpoch(LoopProgress progress) {
        return progress.batchIndex() >= 0 && !progress.lastBatch();
    }

    private void warn(TrainingParts parts) {
        long now = JniUtils.getNumThreads();
        own.number("threads")
                .filter(then -> then != now)
                .ifPresent(then -> LOG.warn(
                        "{} was saved by a run of {} threads, this one has {}: sums are taken in another order, so"
                                + " results will differ in the last digits. Set -Dai.djl.pytorch.num_threads={}.",
                        file,
                        then,
                        now,
                        then));
        warnOfOtherOptimizer(parts.optimizer().optimizerName());
        if (saved.progress().repeatsBatch()) {
            LOG.warn("{} was saved in the middle of a batch, which is trained on once more.", file);
        }
        Set<String> gone = new TreeSet<>();
        own.map("transforms")
                .ifPresent(transforms -> transforms.keySet().forEach(name -> gone.add(String.valueOf(name))));
        gone.removeAll(parts.transforms().keySet());
        if (!gone.isEmpty()) {
            LOG.warn("{} has the state of transforms that are no longer there: {}.", file, gone);
        }
    }

    private void warnOfOtherOptimizer(String now) {
        own.text("optimizer")
                .filter(then -> !then.equals(now))
                .ifPresent(then -> LOG.warn(
                        "{} was saved by a run that was optimized by {}. This run's {} takes over its state, and"
                                + " hyper-parameters such as the learning rate, as in PyTorch.",
                        file,
                        then,
                        now));
    }

    private Map<String, Tensor> tensors(Map<?, ?> entries) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        new OwnEntries(file, entries).forEach(Tensor.class, tensors::put);
        return tensors;
    }

    private static Map<String, Object> byText(Map<?, ?> entries) {
        Map<String, Object> byText = new LinkedHashMap<>();
        entries.forEach((name, value) -> byText.put(String.valueOf(name), value));
        return byText;
    }
}
