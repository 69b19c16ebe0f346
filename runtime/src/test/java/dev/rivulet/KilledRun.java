package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.SeeingModule;
import java.nio.file.Path;

/**
 * The main program of a JVM that trains, saves all streams at every step, and prints each commit until it is killed.
 */
final class KilledRun {
    private KilledRun() {}

    /** A module whose six streams are large enough for a kill to come in the middle of a file. */
    static final class Module extends SeeingModule {
        @Override
        protected Block configureModel() {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(20_000).build())
                    .add(Linear.builder().setUnits(1).build());
        }
    }

    /**
     * Trains without end. Prints a line for each checkpoint that is reported as durable: its step, a space, its stream.
     *
     * @param arguments directory of the run
     */
    public static void main(String[] arguments) {
        Trainer.Builder trainer = Trainer.builder()
                .maxEpochs(-1)
                .maxSteps(Long.MAX_VALUE)
                .defaultRootDir(Path.of(arguments[0]))
                .callbacks(new Callback() {
                    @Override
                    public void onCheckpointCommitted(
                            Trainer running, LightningModule trained, CommittedCheckpoint saved) {
                        System.out.println(saved.checkpoint().globalStep() + " " + saved.checkpoint().stream());
                    }
                });
        trainer.stream(
                "original",
                policy -> policy.everyNTrainSteps(1)
                        .monitor("train_loss")
                        .saveTopK(2)
                        .saveLast(SaveLast.LINK))
                .stream(
                        "transformed",
                        policy -> policy.everyNTrainSteps(1).saveTopK(1).saveLast(SaveLast.COPY))
                .stream(
                        "averaged",
                        policy -> policy.everyNTrainSteps(2).saveTopK(0).keepLast(2))
                .stream("half", policy -> policy.everyNTrainSteps(1).saveTopK(1).keepEveryNth(50))
                .stream(
                        "tail",
                        policy -> policy.everyNTrainSteps(1)
                                .monitor("train_loss")
                                .saveTopK(1)
                                .saveBest(SaveBest.LINK))
                .stream(
                        "pruned",
                        policy -> policy.everyNTrainSteps(3).filename("pruned").enableVersionCounter(false));
        try (NDManager manager = NDManager.newBaseManager();
                Module module = new Module()) {
            trainer.build().fit(module, Points.of(manager, 64, 4));
        }
    }
}
