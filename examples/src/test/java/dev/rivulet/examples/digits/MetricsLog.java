package dev.rivulet.examples.digits;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import java.util.ArrayList;
import java.util.List;

/** Collects logged metrics, from which a test computes the checkpoints that should be kept. */
final class MetricsLog implements Callback {
    private final List<Step> steps = new ArrayList<>();
    private final List<Evaluation> evaluations = new ArrayList<>();

    /** The loss of an optimizer step. */
    record Step(long globalStep, double loss) {}

    /** The result of a validation. */
    record Evaluation(int epoch, double loss, double accuracy) {}

    /** All optimizer steps, in order. */
    List<Step> steps() {
        return steps;
    }

    /** All validations, in order. */
    List<Evaluation> evaluations() {
        return evaluations;
    }

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        steps.add(new Step(trainer.globalStep(), metric(trainer, "train_loss")));
    }

    @Override
    public void onValidationEnd(Trainer trainer, LightningModule module) {
        if (!trainer.isSanityChecking()) {
            evaluations.add(new Evaluation(
                    trainer.currentEpoch(), metric(trainer, "val_loss"), metric(trainer, "val_accuracy")));
        }
    }

    private static double metric(Trainer trainer, String name) {
        Double value = trainer.callbackMetrics().get(name);
        if (value == null) {
            throw new AssertionError(name + " was not logged.");
        }
        return value;
    }
}
