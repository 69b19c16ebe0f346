package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The main program of a JVM that trains until it receives a signal. */
final class SignalledRun {
    private SignalledRun() {}

    /**
     * Trains without end, and prints a line once it is training.
     *
     * @param arguments directory of the run; whether the run hangs; time budget in milliseconds
     */
    public static void main(String[] arguments) {
        boolean stuck = Boolean.parseBoolean(arguments[1]);
        try (NDManager manager = NDManager.newBaseManager();
                PlaneModule module = new PlaneModule()) {
            Trainer.builder().maxEpochs(-1).maxSteps(Long.MAX_VALUE).defaultRootDir(Path.of(arguments[0])).stream(
                            "original", policy -> policy.everyNEpochs(0).saveOnException(true))
                    .shutdownBudget(Duration.ofMillis(Long.parseLong(arguments[2])))
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainBatchEnd(
                                Trainer trainer, LightningModule trained, NDArray loss, Batch batch, int index)
                                throws InterruptedException {
                            if (trainer.globalStep() == 3) {
                                System.out.println("training");
                                if (stuck) {
                                    new CountDownLatch(1).await();
                                }
                            }
                        }
                    })
                    .build()
                    .fit(module, Points.of(manager, 8, 8));
        }
    }
}
