package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.LoopMemory;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.optim.MismatchedStateException;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.optim.StatefulOptimizer;
import dev.rivulet.random.RandomState;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StatefulTransform;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the state of a run at a step boundary, and restores it in another run. From a checkpoint that Lightning saved, what
 * Lightning does not save starts fresh.
 */
public final class TrainingStateMapper {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingStateMapper.class);

    private final Path file;
    private final TrainingState saved;
    private final TrainingEntries own;

    /**
     * Prepares to restore.
     *
     * @param file for messages
     * @param saved whose tensors are in memory
     */
    public TrainingStateMapper(Path file, TrainingState saved) {
        this.file = file;
        this.saved = saved;
        this.own = new TrainingEntries(file, saved);
    }

    /**
     * The state of a run, which is the same in every process: the same state gives the same bytes. Its tensors borrow the
     * snapshot's memory; everything else is small and copied on the thread that trains.
     *
     * @param streams what decides on their next saves, by their names
     */
    public static TrainingState capture(TrainingComponents run, Snapshot snapshot, Map<String, DecisionState> streams) {
        Map<String, Tensor> copies = snapshot.state();
        OptimizerStep optimizer = run.optimizer();
        return new TrainingState(
                run.loop().state().progress(),
                optimizer.stateful().stream()
                        .map(stateful -> stateful.stateDict(
                                name -> Objects.requireNonNull(copies.get(TrainingComponents.ofOptimizer(name)), name)))
                        .toList(),
                optimizer.schedules().stateDicts(),
                new LinkedHashMap<>(run.hyperParameters()),
                TrainingEntries.of(run, copies, streams));
    }

    /** The seed of the run that was saved; empty if it is not known. */
    public OptionalLong seed() {
        return own.random().stream().mapToLong(RandomState::seed).findAny();
    }

    /**
     * What decides on the next saves of streams, by their names.
     *
     * @throws NotResumableException if it is malformed
     */
    public Map<String, DecisionState> decisions() {
        try {
            return own.streams();
        } catch (IllegalArgumentException e) {
            throw new NotResumableException("Training cannot go on from " + file + ": " + e.getMessage(), e);
        }
    }

    /** Freezes what was frozen, and trains what was trained. */
    public void restoreFrozen(Network network) {
        own.frozen()
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
    public void restore(TrainingComponents run) {
        try {
            requireSameParameters(run.network().parameters());
            restoreOptimizer(run.optimizer());
            own.transforms().ifPresent(transforms -> restoreTransforms(run.transforms(), transforms));
            own.metrics().ifPresent(run.loop().memory().metrics()::restore);
            restoreRandom(run.loop().memory());
            own.gradients().ifPresent(run.optimizer()::restoreGradients);
        } catch (MismatchedStateException | IllegalArgumentException | ClassCastException e) {
            throw new NotResumableException("Training cannot go on from " + file + ": " + e.getMessage(), e);
        }
        requireSameOrder(run.dataOrder());
        warn(run);
    }

    /** Optimizers number parameters, so the order counts. */
    private void requireSameParameters(Map<String, Parameter> parameters) {
        own.parameters().ifPresent(names -> {
            List<String> now = List.copyOf(parameters.keySet());
            if (!names.equals(now)) {
                throw new NotResumableException("Training cannot go on from " + file
                        + ": the model's parameters were in the order " + names + ", but now they are " + now
                        + "; build the model as it was built then.");
            }
        });
    }

    private void restoreOptimizer(OptimizerStep optimizer) {
        if (saved.optimizerStates().size() != 1) {
            throw new NotResumableException("Training cannot go on from " + file + ": it holds the states of "
                    + saved.optimizerStates().size() + " optimizers, not of one"
                    + own.optimizer().map(name -> "; " + name + " was used").orElse("") + ". "
                    + OptimizerStep.STATE_REMEDY);
        }
        StatefulOptimizer stateful = optimizer
                .stateful()
                .orElseThrow(() -> new NotResumableException(
                        "Training cannot go on with " + optimizer.optimizerName() + ". " + OptimizerStep.STATE_REMEDY));
        stateful.loadStateDict(saved.optimizerStates().get(0));
        optimizer.schedules().loadStateDicts(saved.lrSchedulers());
    }

    private void restoreTransforms(
            Map<String, StatefulTransform> transforms, Map<String, TrainingEntries.TransformEntries> then) {
        transforms.forEach((name, transform) -> {
            TrainingEntries.TransformEntries entries = then.get(name);
            if (entries == null) {
                LOG.warn("{} has no state of the transform {}, which begins anew.", file, name);
            } else {
                restore(name, transform, entries);
            }
        });
    }

    private void restore(String name, StatefulTransform transform, TrainingEntries.TransformEntries then) {
        Map<String, NDArray> live = transform.stateArrays();
        if (!then.arrays().keySet().equals(live.keySet())) {
            throw new NotResumableException("Training cannot go on from " + file + ": of the transform " + name
                    + " it has the arrays " + then.arrays().keySet() + ", but now there are " + live.keySet()
                    + "; declare the transform as it was declared then.");
        }
        then.arrays().forEach((array, tensor) -> NDArrays.write(tensor, Objects.requireNonNull(live.get(array))));
        transform.restore(then.state());
    }

    private void restoreRandom(LoopMemory memory) {
        memory.resume(own.epochRandom());
        Optional<RandomState> random = own.random();
        if (random.isEmpty()) {
            LOG.warn("{} says nothing of random numbers: they begin anew, and so does the order of the data.", file);
        }
        random.flatMap(memory.random()::restore).ifPresent(LOG::warn);
    }

    /** Within an epoch, another order would repeat some records and leave others out. */
    private void requireSameOrder(Optional<String> now) {
        Optional<String> then = own.dataOrder();
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

    private void warn(TrainingComponents run) {
        long now = JniUtils.getNumThreads();
        own.threads()
                .filter(then -> then != now)
                .ifPresent(then -> LOG.warn(
                        "{} was saved by a run of {} threads, this one has {}: sums are taken in another order, so results will"
                                + " differ in the last digits. Set -Dai.djl.pytorch.num_threads={}.",
                        file,
                        then,
                        now,
                        then));
        warnOfOtherOptimizer(run.optimizer().optimizerName());
        if (saved.progress().repeatsBatch()) {
            LOG.warn("{} was saved in the middle of a batch, which is trained on once more.", file);
        }
        Set<String> gone = new TreeSet<>(own.transforms().orElse(Map.of()).keySet());
        gone.removeAll(run.transforms().keySet());
        if (!gone.isEmpty()) {
            LOG.warn("{} has the state of transforms that are no longer there: {}.", file, gone);
        }
    }

    private void warnOfOtherOptimizer(String now) {
        own.optimizer()
                .filter(then -> !then.equals(now))
                .ifPresent(then -> LOG.warn(
                        "{} was saved by a run that was optimized by {}. This run's {} takes over its state, and"
                                + " hyper-parameters such as the learning rate, as in PyTorch.",
                        file,
                        then,
                        now));
    }
}
