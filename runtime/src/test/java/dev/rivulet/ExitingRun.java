package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TransformingModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The main program of a JVM whose user code ends it in the middle of training.
 */
final class ExitingRun {
    /** The status with which it exits. */
    static final int STATUS = 3;

    /** The streams that are due at step 3, and on exceptions. */
    static final List<String> STREAMS = List.of("original", "averaged", "transformed");

    private static final int RECORDS = 16;
    private static final int BATCH = 4;

    private static final AtomicBoolean EXITED = new AtomicBoolean();

    private static volatile boolean isTrained;
    private static String where = "";

    private ExitingRun() {}

    /**
     * Trains until step 3.
     *
     * @param arguments directory of the run; saves that may be pending; what exits, "once" or each time
     */
    public static void main(String[] arguments) {
        where = arguments[2];
        ExecutorService loader = Executors.newSingleThreadExecutor();
        try (NDManager manager = NDManager.newBaseManager();
                TransformingModule module = new TransformingModule()) {
            for (String stream : List.of("averaged", "transformed")) {
                module.transform(stream, (weights, context) -> {
                    exitAt(stream);
                    return weights;
                });
            }
            module.when("averaged", context -> {
                exitAt("condition");
                return true;
            });
            module.onSave("averaged", checkpoint -> exitAt("save hook"));
            Trainer.Builder trainer = Trainer.builder()
                    .maxEpochs(2)
                    .defaultRootDir(Path.of(arguments[0]))
                    .maxPendingSaves(Integer.parseInt(arguments[1]))
                    .callbacks(new Exiting());
            for (String stream : STREAMS) {
                trainer.stream(stream, policy -> policy.everyNTrainSteps(3).saveOnException(true));
            }
            trainer.build().fit(module, data(manager, loader));
        }
    }

    private static Dataset data(NDManager manager, ExecutorService loader) {
        return where.equals("loading")
                ? SeededDataset.sequential(new ExitingDataset(manager), BATCH).prefetch(loader)
                : Points.of(manager, RECORDS, BATCH);
    }

    private static void exitAt(String here) {
        if (where.equals(here) || (where.equals(here + " once") && EXITED.compareAndSet(false, true))) {
            System.exit(STATUS);
        }
    }

    /** Hooks that exit. */
    private static final class Exiting implements Callback {
        @Override
        public void onBeforeBackward(Trainer trainer, LightningModule trained, NDArray loss) {
            if (trainer.globalStep() == 2) {
                exitAt("step");
            }
        }

        @Override
        public void onTrainBatchEnd(Trainer trainer, LightningModule trained, NDArray loss, Batch batch, int index) {
            isTrained |= trainer.globalStep() == 2;
            if (trainer.globalStep() == 2 && where.startsWith("exception")) {
                throw new IllegalStateException("no more");
            }
            if (trainer.globalStep() == 3) {
                exitAt("hook");
            }
        }

        @Override
        public void onCheckpointCommitted(Trainer trainer, LightningModule trained, CommittedCheckpoint checkpoint) {
            exitAt("committed");
        }

        @Override
        public void onException(Trainer trainer, LightningModule trained, Throwable exception) {
            exitAt("exception");
        }

        @Override
        public Map<String, @Nullable Object> stateDict() {
            exitAt("state");
            return Map.of("key", "value");
        }
    }

    /** Zeros, of which a batch exits that is loaded after step 2. */
    private static final class ExitingDataset extends ArrayDataset {
        ExitingDataset(NDManager manager) {
            super(new Builder()
                    .setData(manager.zeros(new Shape(RECORDS, 2)))
                    .optLabels(manager.zeros(new Shape(RECORDS, 1)))
                    .setSampling(BATCH, false));
        }

        @Override
        public Batch getByRange(NDManager manager, long from, long to) {
            exitAfterStep();
            return super.getByRange(manager, from, to);
        }

        @Override
        public Batch getByIndices(NDManager manager, long... indices) {
            exitAfterStep();
            return super.getByIndices(manager, indices);
        }

        private static void exitAfterStep() {
            if (isTrained) {
                exitAt("loading");
            }
        }
    }
}
