package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.LoopMemory;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.optim.TorchOptimizers;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.store.FailureReason;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.optim.Adam;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the state of a run at a step boundary, and restores it in another run. When resuming from a Lightning
 * checkpoint, state that Lightning does not save starts fresh. For the training thread.
 */
public final class TrainingStateMapper {
    /** The remedy for an optimizer whose state cannot be saved or restored, for messages. */
    public static final String STATE_REMEDY = "DJL's optimizers do not expose their state; use one of"
            + " dev.rivulet.optim, such as Adam, or RestorableAdam, which computes the same steps as DJL's.";

    private static final Logger LOG = LoggerFactory.getLogger(TrainingStateMapper.class);

    private final Path file;
    private final TrainingState saved;
    private final TrainingEntries own;

    /**
     * Prepares to restore.
     *
     * @param file named in messages
     * @param saved the state, with its tensors in memory
     */
    public TrainingStateMapper(Path file, TrainingState saved) {
        this.file = file;
        this.saved = saved;
        this.own = new TrainingEntries(file, saved);
    }

    /**
     * Captures the state of a run. The same state gives the same bytes in every process. The tensors borrow the
     * snapshot's memory; everything else is small and copied here, on the training thread.
     *
     * @param streams the decision states of streams, by name
     */
    public static TrainingState capture(TrainingComponents run, Snapshot snapshot, Map<String, DecisionState> streams) {
        Map<String, Tensor> copies = snapshot.state();
        OptimizerStep optimizer = run.optimizer();
        return new TrainingState(
                run.loop().state().progress(),
                optimizer.stateful().stream()
                        .map(stateful -> stateful.stateDict(name ->
                                Objects.requireNonNull(copies.get(TrainingComponents.optimizerKey(name)), name)))
                        .toList(),
                optimizer.schedules().stateDicts(),
                new LinkedHashMap<>(run.user().hyperParameters()),
                run.user().callbacks().capture(),
                TrainingEntries.of(run, copies, streams));
    }

    /** The seed of the saved run; empty if unknown. */
    public OptionalLong seed() {
        return own.random().stream().mapToLong(RandomState::seed).findAny();
    }

    /**
     * The decision states of streams, by name.
     *
     * @throws NotResumableException if they are malformed
     */
    public Map<String, DecisionState> decisions() {
        try {
            return own.streams();
        } catch (IllegalArgumentException e) {
            throw new NotResumableException("Training cannot resume from " + file + ": " + FailureReason.message(e), e);
        }
    }

    /** Freezes the parameters that were frozen, and unfreezes the others. */
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
     * Restores everything but the weights.
     *
     * @throws NotResumableException if the state does not match the run
     */
    public void restore(TrainingComponents run) {
        try {
            requireSameOrigin(run);
            restoreOptimizer(run.optimizer());
            own.transforms().ifPresent(transforms -> restoreTransforms(run.transforms(), transforms));
            own.metrics().ifPresent(run.loop().memory().metrics()::restore);
            restoreRandom(run.loop().memory());
            own.gradients().ifPresent(run.optimizer()::restoreGradients);
            own.frozen().ifPresent(run.optimizer()::resumeFrozen);
        } catch (MismatchedStateException | IllegalArgumentException | ClassCastException e) {
            throw new NotResumableException("Training cannot resume from " + file + ": " + FailureReason.message(e), e);
        }
        requireSameOrder(run.dataOrder());
        requireSameCounting(run.loop().settings());
        warn(run);
    }

    /** States of optimizers and schedulers are in an order and do not say to what they belong. */
    private void requireSameOrigin(TrainingComponents run) {
        List<String> parameters = run.network().parameterNames();
        own.parameters().ifPresent(then -> requireSame("the model's parameters", then, parameters));
        own.groups()
                .ifPresent(then ->
                        requireSame("the optimizer's parameter groups", then, TrainingEntries.groups(run.optimizer())));
        own.schedules()
                .ifPresent(then -> requireSame("the schedulers", then, TrainingEntries.schedules(run.optimizer())));
    }

    private void restoreOptimizer(OptimizerStep optimizer) {
        if (saved.optimizerStates().size() != 1) {
            throw new NotResumableException("Training cannot resume from " + file + ": it holds the states of "
                    + saved.optimizerStates().size() + " optimizers, not of one"
                    + own.optimizer().map(name -> "; " + name + " was used").orElse("") + ". "
                    + STATE_REMEDY);
        }
        StatefulOptimizer stateful = optimizer
                .stateful()
                .orElseThrow(() -> new NotResumableException(
                        "Training cannot resume with " + optimizer.optimizerName() + ". " + STATE_REMEDY));
        stateful.loadStateDict(saved.optimizerStates().get(0));
        optimizer.schedules().loadStateDicts(saved.lrSchedulers());
    }

    private void requireSame(String what, Object then, Object now) {
        if (!then.equals(now)) {
            throw new NotResumableException("Training cannot resume from " + file + ": " + what + " were " + then
                    + ", but now they are " + now + "; set them as in the run that was saved.");
        }
    }

    private void restoreTransforms(
            Map<String, StatefulTransform> transforms, Map<String, TrainingEntries.TransformEntries> then) {
        transforms.forEach((name, transform) -> {
            TrainingEntries.TransformEntries entries = then.get(name);
            if (entries == null) {
                LOG.warn("{} has no state of the transform {}, which starts fresh.", file, name);
            } else {
                restore(name, transform, entries);
            }
        });
    }

    private void restore(String name, StatefulTransform transform, TrainingEntries.TransformEntries then) {
        String now = transform.getClass().getName();
        then.kind()
                .filter(saved -> !saved.equals(now))
                .ifPresent(saved -> LOG.warn(
                        "{} has a state of the transform {} that was a {}. This run's {} adopts it.",
                        file,
                        name,
                        saved,
                        now));
        Map<String, NDArray> live = transform.stateArrays();
        if (!then.arrays().keySet().equals(live.keySet())) {
            throw new NotResumableException("Training cannot resume from " + file + ": it holds the arrays "
                    + then.arrays().keySet() + " of the transform " + name + ", which now has " + live.keySet()
                    + "; declare the transform as in the run that was saved.");
        }
        then.arrays().forEach((array, tensor) -> NDArrays.write(tensor, Objects.requireNonNull(live.get(array))));
        transform.restore(then.state());
    }

    private void restoreRandom(LoopMemory memory) {
        memory.resume(file, own.epochRandom(), own.firstBatch());
        Optional<RandomState> random = own.random();
        if (random.isEmpty()) {
            LOG.warn("{} holds no state of random numbers: they start fresh, and so does the order of the data.", file);
        }
        random.flatMap(memory.random()::restore).ifPresent(LOG::warn);
    }

    /** Within an epoch, another order would repeat some records and omit others. */
    private void requireSameOrder(Optional<String> now) {
        Optional<String> then = own.dataOrder();
        if (saved.own().isEmpty() || then.equals(now)) {
            return;
        }
        String difference = "the training data was " + then.orElse("in an unspecified order") + ", and is "
                + now.orElse("in an unspecified order");
        if (saved.progress().isWithinEpoch()) {
            throw new NotResumableException("Training cannot resume from " + file + " in the middle of an epoch: "
                    + difference + ". Pass the same data, or resume from a checkpoint saved at the end of an epoch.");
        }
        LOG.warn("Training continues with different data: {}.", difference);
    }

    /** Settings by which batches are counted within an epoch. */
    private void requireSameCounting(LoopSettings now) {
        if (saved.progress().isWithinEpoch()) {
            requireSame("accumulateGradBatches", own.accumulateGradBatches(), now.accumulateGradBatches());
            requireSame(
                    "limitTrainBatches", own.limitTrainBatches(), now.limits().trainBatches());
        }
    }

    private void requireSame(String setting, Optional<Long> then, long now) {
        if (then.isPresent() && then.get() != now) {
            throw new NotResumableException("Training cannot resume from " + file + " in the middle of an epoch: "
                    + setting + " was " + orUnlimited(then.get()) + ", and is " + orUnlimited(now)
                    + ". Set it as before, or resume from a checkpoint saved at the end of an epoch.");
        }
    }

    private static String orUnlimited(long setting) {
        return setting == Integer.MAX_VALUE ? "not set" : Long.toString(setting);
    }

    private void warn(TrainingComponents run) {
        long now = JniUtils.getNumThreads();
        own.threads()
                .filter(then -> then != now)
                .ifPresent(then -> LOG.warn(
                        "{} was saved by a run with {} threads, this one has {}: sums are computed in another order, so"
                                + " results will differ in the last digits. Set -Dai.djl.pytorch.num_threads={}.",
                        file,
                        then,
                        now,
                        then));
        warnOfOtherOptimizer(run.optimizer().optimizerName());
        if (saved.progress().repeatsBatch()) {
            LOG.warn("{} was saved in the middle of a batch, which is trained on again.", file);
        }
        Set<String> gone = new TreeSet<>(own.transforms().orElse(Map.of()).keySet());
        gone.removeAll(run.transforms().keySet());
        if (!gone.isEmpty()) {
            LOG.warn("{} has the state of transforms that no longer exist: {}.", file, gone);
        }
    }

    private void warnOfOtherOptimizer(String now) {
        String then = own.optimizer().orElseGet(() -> externalOptimizer(now));
        if (!then.equals(now)) {
            LOG.warn(
                    "{} was saved by a run with the optimizer {}. This run's {} adopts its state, and"
                            + " hyper-parameters such as the learning rate, as in PyTorch.",
                    file,
                    then,
                    now);
        }
    }

    /** The optimizer of a file that does not name it: this run's, if its steps are the same. */
    private String externalOptimizer(String now) {
        Map<String, @Nullable Object> state = saved.optimizerStates().get(0);
        return TorchOptimizers.fits(now.replace(Adam.class.getPackageName() + ".", ""), state)
                ? now
                : TorchOptimizers.nameOf(state)
                        .map(name -> "torch.optim." + name)
                        .orElse("unknown");
    }
}
