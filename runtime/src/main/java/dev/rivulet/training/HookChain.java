package dev.rivulet.training;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * Several hooks called one after the other in Lightning's order: callbacks, then those that watch metrics, then the
 * module; at the end of a training epoch the watchers come last, so that they see what the module logs there.
 */
public final class HookChain implements FitHooks {
    private final List<FitHooks> hooks;
    private final List<FitHooks> hooksAtEpochEnd;

    /**
     * A chain.
     *
     * @param watchers what decides by metrics: checkpoints, early stopping
     */
    public HookChain(List<FitHooks> callbacks, List<FitHooks> watchers, FitHooks module) {
        this.hooks = concat(callbacks, watchers, List.of(module));
        this.hooksAtEpochEnd = concat(callbacks, List.of(module), watchers);
    }

    @SafeVarargs
    private static List<FitHooks> concat(List<FitHooks>... parts) {
        List<FitHooks> all = new ArrayList<>();
        for (List<FitHooks> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }

    @Override
    public void onFitStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onFitStart();
        }
    }

    @Override
    public void onSanityCheckStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onSanityCheckStart();
        }
    }

    @Override
    public void onSanityCheckEnd() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onSanityCheckEnd();
        }
    }

    @Override
    public void onTrainStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onTrainStart();
        }
    }

    @Override
    public void onTrainEpochStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onTrainEpochStart();
        }
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) throws Exception {
        for (FitHooks hook : hooks) {
            hook.onTrainBatchStart(batch, batchIndex);
        }
    }

    @Override
    public void onBeforeZeroGrad() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onBeforeZeroGrad();
        }
    }

    @Override
    public void onBeforeBackward(NDArray loss) throws Exception {
        for (FitHooks hook : hooks) {
            hook.onBeforeBackward(loss);
        }
    }

    @Override
    public void onAfterBackward() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onAfterBackward();
        }
    }

    @Override
    public void onBeforeOptimizerStep() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onBeforeOptimizerStep();
        }
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        for (FitHooks hook : hooks) {
            hook.onTrainBatchEnd(loss, batch, batchIndex);
        }
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        for (FitHooks hook : hooksAtEpochEnd) {
            hook.onTrainEpochEnd();
        }
    }

    @Override
    public void onTrainEnd() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onTrainEnd();
        }
    }

    @Override
    public void onFitEnd() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onFitEnd();
        }
    }

    @Override
    public void onValidationStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationStart();
        }
    }

    @Override
    public void onValidationEpochStart() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationEpochStart();
        }
    }

    @Override
    public void onValidationBatchStart(Batch batch, int batchIndex) throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationBatchStart(batch, batchIndex);
        }
    }

    @Override
    public void onValidationBatchEnd(Batch batch, int batchIndex) throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationBatchEnd(batch, batchIndex);
        }
    }

    @Override
    public void onValidationEpochEnd() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationEpochEnd();
        }
    }

    @Override
    public void onValidationEnd() throws Exception {
        for (FitHooks hook : hooks) {
            hook.onValidationEnd();
        }
    }

    /** Calls all, whatever one throws: each may have something to rescue. */
    @Override
    public void onException(Throwable exception) {
        for (FitHooks hook : hooks) {
            try {
                hook.onException(exception);
            } catch (Throwable further) {
                if (further != exception) {
                    exception.addSuppressed(further);
                }
            }
        }
    }
}
