package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Records each step of a run, passes it to observers, and stops the run at a given step. */
final class Recorder implements Callback {
    /** Name of the stream that saves at the stop. */
    static final String STOP_STREAM = "resume-verifier-stop";

    private final int firstIndex;
    private final OptionalInt stopAt;
    private final List<RunObserver> observers;
    private final List<Step> steps = new ArrayList<>();
    private List<String> tensors = List.of();
    private @Nullable Path stopFile;
    private boolean stopped;

    /**
     * A recorder for one run.
     *
     * @param firstIndex number of batches before the run resumed
     * @param stopAt step after which the run is stopped
     */
    Recorder(int firstIndex, OptionalInt stopAt, List<RunObserver> observers) {
        this.firstIndex = firstIndex;
        this.stopAt = stopAt;
        this.observers = observers;
    }

    List<Step> steps() {
        return steps;
    }

    /** Names of the weights. */
    List<String> tensors() {
        return tensors;
    }

    /** Whether the run was stopped at its step. */
    boolean hasStopped() {
        return stopped;
    }

    /** The checkpoint of the stop, once it is committed. */
    Optional<Path> stopFile() {
        return Optional.ofNullable(stopFile);
    }

    @Override
    public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        stopIfDue(trainer);
        record(trainer, module, Optional.of(batch), batchIndex);
    }

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        int last = steps.size() - 1;
        Step step = steps.get(last).withLoss(loss);
        steps.set(last, step);
        observers.forEach(observer -> observer.afterBatch(firstIndex + last, step));
    }

    @Override
    public void onValidationStart(Trainer trainer, LightningModule module) {
        stopIfDue(trainer);
    }

    @Override
    public void onTrainEpochEnd(Trainer trainer, LightningModule module) {
        stopIfDue(trainer);
    }

    @Override
    public void onTrainEnd(Trainer trainer, LightningModule module) {
        record(trainer, module, Optional.empty(), -1);
    }

    @Override
    public void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint checkpoint) {
        if (checkpoint.checkpoint().stream().equals(STOP_STREAM)) {
            stopFile = checkpoint.path();
        }
    }

    private void record(Trainer trainer, LightningModule module, Optional<Batch> batch, int batchIndex) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        module.parameters().forEach((name, parameter) -> weights.put(name, parameter.getArray()));
        Step.Position position = new Step.Position(trainer.currentEpoch(), batchIndex, trainer.globalStep());
        Step step = Step.before(position, weights, trainer.callbackMetrics(), batch);
        tensors = List.copyOf(weights.keySet());
        steps.add(step);
        observers.forEach(observer -> observer.beforeBatch(firstIndex + steps.size() - 1, step, weights));
    }

    /** A step is saved after the last callback hook of its batch, so the run ends at the next hook. */
    private void stopIfDue(Trainer trainer) {
        if (stopAt.isPresent()
                && trainer.globalStep() >= stopAt.getAsInt()
                && observers.stream().noneMatch(RunObserver::needsMoreBatches)) {
            stopped = true;
            throw new InjectedStop();
        }
    }
}
