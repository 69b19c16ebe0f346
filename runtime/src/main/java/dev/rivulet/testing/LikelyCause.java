package dev.rivulet.testing;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.testing.ResumeDifference.Kind;

/** The likely cause of a difference: its kind, and what was equal before it, leave few candidates. */
final class LikelyCause {
    private static final String DATA =
            " Use SeededDataset, or your own ResumableDataset, for the order, and draw augmentations from generatorAt"
                    + " of NamedRandoms, which depends only on the position in the run.";

    private LikelyCause() {}

    /** The cause in a run that is not repeatable without a stop. */
    static String ofUnrepeatable(ResumeDifference difference) {
        return switch (difference.kind()) {
            case WEIGHTS ->
                difference.step() == 0
                        ? "The weights differ before the first step. Give the trainer a seed,"
                                + " Trainer.builder().seed(1), and let the model draw its weights from DJL's"
                                + " initializers."
                        : "Inputs and loss were the same, but the update was not: several threads may add in another"
                                + " order each time (try -Dai.djl.pytorch.num_threads=1), or trainingStep or"
                                + " onAfterBackward draw random numbers that the seed does not control.";
            case INPUTS -> "The data comes in another order, or is modified at random." + DATA;
            case LOSS ->
                "Weights and inputs were the same, so the training step draws random numbers that the seed does not"
                        + " control, such as those of new Random() or Math.random(), or depends on the clock or on"
                        + " static fields. Draw from random(\"noise\"); without a seed, dropout differs, too.";
            case METRIC ->
                "Weights, inputs and loss were the same, so the metric depends on something else: random numbers that"
                        + " the seed does not control, the clock, static fields, or validation data that changes.";
            case POSITION ->
                "Training ends at another position in each run: because of Trainer.stop() by the clock, for example, or"
                        + " data of another length.";
            case STATE -> "An entry differs from run to run, such as the time; do not save it.";
        };
    }

    /**
     * The cause in a run that is repeatable, but not resumed exactly.
     *
     * @param atOnce whether it differs before the first batch after the stop
     */
    static String ofResumed(ResumeDifference difference, boolean atOnce) {
        return switch (difference.kind()) {
            case WEIGHTS ->
                atOnce
                        ? "The resumed run started with other weights than the straight run had at that step: something"
                                + " changes them after the checkpoint is saved, such as the module's onTrainBatchEnd,"
                                + " or when a run starts, such as onFitStart. A callback's onTrainBatchEnd comes before"
                                + " the save."
                        : "Inputs and loss were the same, but the update was not: trainingStep, onAfterBackward or"
                                + " onBeforeOptimizerStep depend on something that is not saved, such as the module's"
                                + " own java.util.Random (draw from random(\"noise\") instead), or a field that changes"
                                + " in training (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint).";
            case INPUTS ->
                "The resumed run received other data: its order, or an augmentation, depends on something that is not"
                        + " saved, such as the data set's own java.util.Random." + DATA;
            case LOSS ->
                "Weights and inputs were the same, so trainingStep depends on something that is not saved: the module's"
                        + " own java.util.Random (draw from random(\"noise\") instead), or a field that changes in"
                        + " training (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint).";
            case METRIC ->
                "Weights were the same, so the metric depends on something that is not saved: a field of the module"
                        + " (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint) or of a callback (save it in"
                        + " stateDict, set it in loadStateDict), their own random numbers, or validation data that"
                        + " changes.";
            case POSITION ->
                "The end of training depends on something that is not saved: a callback that counts before"
                        + " Trainer.stop(), for example (save the count in stateDict, set it in loadStateDict), or data"
                        + " of another length.";
            case STATE -> ofState(difference.name());
        };
    }

    private static String ofState(String path) {
        String own = LightningEntries.OWN + "/" + LightningEntries.TRAINING + "/";
        if (path.startsWith(own + "transforms")) {
            return "The transform's stateArrays(), state() and restore() do not cover all state that update() depends"
                    + " on.";
        } else if (path.startsWith(own + "random") || path.startsWith(own + "epoch_random")) {
            return "The runs drew different amounts of random numbers: in a hook that runs when a run starts, for"
                    + " example, or after a checkpoint is saved.";
        } else if (path.startsWith(own + "metrics")) {
            return ofResumed(new ResumeDifference(Kind.METRIC, path, 0, "", "", ""), false);
        } else if (path.startsWith("optimizer_states") || path.startsWith("lr_schedulers")) {
            return "Something that is not saved changed the state of the optimizer or of a scheduler.";
        } else if (path.startsWith(LightningEntries.CALLBACKS)) {
            return "The callback's loadStateDict does not restore all that its stateDict saves, or it counts something"
                    + " that happens in each run, such as onFitStart.";
        } else if (Checkpoint.isReserved(root(path))) {
            return "Something changed it at the end of training.";
        }
        return "It is an entry of @OnSaveCheckpoint: @OnLoadCheckpoint must set the field from which it is saved.";
    }

    private static String root(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }
}
