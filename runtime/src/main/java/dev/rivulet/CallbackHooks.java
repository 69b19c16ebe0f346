package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.declaration.DeclaredStreams;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A callback bound to the trainer and module of one fit. */
record CallbackHooks(Callback callback, Trainer trainer, LightningModule module) implements FitCallback {

    /**
     * The callbacks of a trainer.
     *
     * @throws IllegalArgumentException if the states of two of them would have the same key
     */
    static List<Callback> requireDistinctKeys(List<Callback> callbacks) {
        Map<String, Callback> byKey = new HashMap<>();
        for (Callback callback : callbacks) {
            Callback other = hasState(callback) ? byKey.putIfAbsent(callback.stateKey(), callback) : null;
            if (other != null) {
                throw new IllegalArgumentException("The callbacks " + other + " and " + callback
                        + " would save their states under the same key \"" + callback.stateKey()
                        + "\"; override stateKey so that each has its own.");
            }
        }
        return List.copyOf(callbacks);
    }

    @Override
    public void setup() throws Exception {
        callback.setup(trainer, module);
    }

    @Override
    public void onFitStart() throws Exception {
        callback.onFitStart(trainer, module);
    }

    @Override
    public void onSanityCheckStart() throws Exception {
        callback.onSanityCheckStart(trainer, module);
    }

    @Override
    public void onSanityCheckEnd() throws Exception {
        callback.onSanityCheckEnd(trainer, module);
    }

    @Override
    public void onTrainStart() throws Exception {
        callback.onTrainStart(trainer, module);
    }

    @Override
    public void onTrainEpochStart() throws Exception {
        callback.onTrainEpochStart(trainer, module);
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) throws Exception {
        callback.onTrainBatchStart(trainer, module, batch, batchIndex);
    }

    @Override
    public void onBeforeZeroGrad() throws Exception {
        callback.onBeforeZeroGrad(trainer, module);
    }

    @Override
    public void onBeforeBackward(NDArray loss) throws Exception {
        callback.onBeforeBackward(trainer, module, loss);
    }

    @Override
    public void onAfterBackward() throws Exception {
        callback.onAfterBackward(trainer, module);
    }

    @Override
    public void onBeforeOptimizerStep() throws Exception {
        callback.onBeforeOptimizerStep(trainer, module);
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        callback.onTrainBatchEnd(trainer, module, loss, batch, batchIndex);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        callback.onTrainEpochEnd(trainer, module);
    }

    @Override
    public void onTrainEnd() throws Exception {
        callback.onTrainEnd(trainer, module);
    }

    @Override
    public void onFitEnd() throws Exception {
        callback.onFitEnd(trainer, module);
    }

    @Override
    public void onValidationStart() throws Exception {
        callback.onValidationStart(trainer, module);
    }

    @Override
    public void onValidationEpochStart() throws Exception {
        callback.onValidationEpochStart(trainer, module);
    }

    @Override
    public void onValidationBatchStart(Batch batch, int batchIndex) throws Exception {
        callback.onValidationBatchStart(trainer, module, batch, batchIndex);
    }

    @Override
    public void onValidationBatchEnd(Batch batch, int batchIndex) throws Exception {
        callback.onValidationBatchEnd(trainer, module, batch, batchIndex);
    }

    @Override
    public void onValidationEpochEnd() throws Exception {
        callback.onValidationEpochEnd(trainer, module);
    }

    @Override
    public void onValidationEnd() throws Exception {
        callback.onValidationEnd(trainer, module);
    }

    @Override
    public void onException(Throwable exception) throws Exception {
        callback.onException(trainer, module, exception);
    }

    /** True only if the class overrides the hook: guarding a hook costs a comparison of all weights per save. */
    @Override
    public boolean addEntries() {
        return DeclaredStreams.overrides(callback, Callback.class, "onSaveCheckpoint");
    }

    @Override
    public void onSaveCheckpoint(Checkpoint checkpoint) throws Exception {
        callback.onSaveCheckpoint(trainer, module, checkpoint);
    }

    @Override
    public void onLoadCheckpoint(Checkpoint checkpoint) throws Exception {
        callback.onLoadCheckpoint(trainer, module, checkpoint);
    }

    /** True only if the class overrides {@link Callback#stateDict}: many callbacks of one class may have no state. */
    private static boolean hasState(Callback callback) {
        return DeclaredStreams.overrides(callback, Callback.class, "stateDict");
    }

    @Override
    public boolean hasState() {
        return hasState(callback);
    }

    @Override
    public String stateKey() {
        return callback.stateKey();
    }

    @Override
    public Map<String, @Nullable Object> stateDict() throws Exception {
        return callback.stateDict();
    }

    @Override
    public void loadStateDict(Map<String, @Nullable Object> state) throws Exception {
        callback.loadStateDict(state);
    }

    @Override
    public void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception {
        callback.onCheckpointCommitted(trainer, module, checkpoint);
    }

    @Override
    public void teardown() {
        callback.teardown(trainer, module);
    }
}
