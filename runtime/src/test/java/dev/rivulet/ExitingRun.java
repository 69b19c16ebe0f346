package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TransformingModule;
import java.nio.file.Path;

/** The main program of a JVM whose user code ends it in the middle of training. */
final class ExitingRun {
    /** The status with which it exits. */
    static final int STATUS = 3;

    private ExitingRun() {}

    /**
     * Trains until step 3.
     *
     * @param arguments directory of the run; what exits
     */
    public static void main(String[] arguments) {
        String where = arguments[1];
        try (NDManager manager = NDManager.newBaseManager();
                TransformingModule module = new TransformingModule()) {
            module.transform("averaged", (weights, context) -> {
                exit(where.equals("transform"));
                return weights;
            });
            module.when("averaged", context -> {
                exit(where.equals("condition"));
                return true;
            });
            Trainer.builder().maxEpochs(2).defaultRootDir(Path.of(arguments[0])).stream(
                            "original", policy -> policy.everyNEpochs(0).saveOnException(true))
                    .stream("averaged", policy -> policy.everyNTrainSteps(3))
                    .callbacks(new Callback() {
                        @Override
                        public void onBeforeBackward(Trainer trainer, LightningModule trained, NDArray loss) {
                            exit(where.equals("step") && trainer.globalStep() == 2);
                        }

                        @Override
                        public void onTrainBatchEnd(
                                Trainer trainer, LightningModule trained, NDArray loss, Batch batch, int index) {
                            exit(where.equals("hook") && trainer.globalStep() == 3);
                        }
                    })
                    .build()
                    .fit(module, Points.of(manager, 16, 4));
        }
    }

    private static void exit(boolean exits) {
        if (exits) {
            System.exit(STATUS);
        }
    }
}
