package dev.rivulet.testing;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.testing.ResumeDifference.Kind;

/** What a difference is likely to come from: what it is, and what was still the same, leave few things. */
final class LikelyCause {
    private static final String DATA =
            " Take SeededDataset, or a ResumableDataset of your own, for the order, and draw augmentations from"
                    + " generatorAt of NamedRandoms, which depends on the place in the run alone.";

    private LikelyCause() {}

    /** Of a run that differs from itself without a stop. */
    static String ofUnrepeatable(ResumeDifference difference) {
        return switch (difference.kind()) {
            case WEIGHTS ->
                difference.step() == 0
                        ? "The weights differ before the first step. Give the trainer a seed, Trainer.builder().seed(1), and"
                                + " let the model draw its weights from DJL's initializers."
                        : "Inputs and loss were the same, but the update was not: several threads may add in another order"
                                + " each time (try -Dai.djl.pytorch.num_threads=1), or trainingStep or onAfterBackward draw"
                                + " random numbers that the seed does not reach.";
            case INPUTS -> "The data comes in another order, or is changed at random." + DATA;
            case LOSS ->
                "Weights and inputs were the same, so the training step draws random numbers that the seed does not reach,"
                        + " such as those of new Random() or Math.random(), or depends on the clock or on static fields."
                        + " Draw from random(\"noise\"); without a seed, dropout differs, too.";
            case METRIC ->
                "Weights, inputs and loss were the same, so what is logged depends on something else: random numbers that"
                        + " the seed does not reach, the clock, static fields, or validation data that changes.";
            case POSITION ->
                "Something ends training that differs from run to run: Trainer.stop() by the clock, say, or data of another"
                        + " length.";
            case STATE -> "An entry differs from run to run, such as the time; leave it out.";
        };
    }

    /**
     * Of a run that can be repeated, but not resumed.
     *
     * @param atOnce whether it differs before the first batch after the stop
     */
    static String ofResumed(ResumeDifference difference, boolean atOnce) {
        return switch (difference.kind()) {
            case WEIGHTS ->
                atOnce
                        ? "The resumed run began with other weights than the straight run had then: something changes them"
                                + " after the checkpoint is saved, such as the module's onTrainBatchEnd, or when a run"
                                + " begins, such as onFitStart. A callback's onTrainBatchEnd comes before the save."
                        : "Inputs and loss were the same, but the update was not: trainingStep, onAfterBackward or"
                                + " onBeforeOptimizerStep depend on something that is not saved, such as a"
                                + " java.util.Random of the module's own (draw from random(\"noise\") instead), or a field"
                                + " that changes in training (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint).";
            case INPUTS ->
                "The resumed run was given other data: its order, or an augmentation, depends on something that is not"
                        + " saved, such as a java.util.Random of the data set's own." + DATA;
            case LOSS ->
                "Weights and inputs were the same, so trainingStep depends on something that is not saved: a"
                        + " java.util.Random of the module's own (draw from random(\"noise\") instead), or a field that"
                        + " changes in training (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint).";
            case METRIC ->
                "Weights were the same, so what is logged depends on something that is not saved: a field of the module or"
                        + " of a callback (save it in @OnSaveCheckpoint, set it in @OnLoadCheckpoint), random numbers of"
                        + " their own, or validation data that changes.";
            case POSITION ->
                "Something ends training that is not saved: a callback that counts for Trainer.stop(), say, or data of"
                        + " another length.";
            case STATE -> ofState(difference.name());
        };
    }

    private static String ofState(String path) {
        String own = LightningEntries.OWN + "/" + LightningEntries.TRAINING + "/";
        if (path.startsWith(own + "transforms")) {
            return "The transform's stateArrays(), state() and restore() do not give all that update() depends on.";
        } else if (path.startsWith(own + "random") || path.startsWith(own + "epoch_random")) {
            return "Different amounts of random numbers were drawn: by a hook that runs when a run begins, say, or after"
                    + " a checkpoint is saved.";
        } else if (path.startsWith(own + "metrics")) {
            return ofResumed(new ResumeDifference(Kind.METRIC, path, 0, "", "", ""), false);
        } else if (path.startsWith("optimizer_states") || path.startsWith("lr_schedulers")) {
            return "The optimizer's or schedule's state was changed by something that is not saved.";
        } else if (Checkpoint.isReserved(root(path))) {
            return "Something changed it at the end of training.";
        }
        return "It is an entry of @OnSaveCheckpoint: @OnLoadCheckpoint has to set the field that it is taken from.";
    }

    private static String root(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }
}
