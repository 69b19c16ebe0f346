package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.ResumableModule;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The main program of a JVM that resumes a run wherever it was killed, and prints its outcome. */
final class ResumedRun {
    private static final int FEATURES = 16;

    private ResumedRun() {}

    /** Large enough for a kill in the middle of a file. */
    static final class Module extends ResumableModule {
        Module(ResumedSettings settings) {
            super(() -> settings.optimizer().make(settings.schedule(), settings.steps()));
        }

        @Override
        protected Block configureModel() {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(192).build())
                    .add(BatchNorm.builder().build())
                    .add(Activation::relu)
                    .add(Dropout.builder().optRate(0.3f).build())
                    .add(Linear.builder().setUnits(192).build())
                    .add(Activation::relu)
                    .add(Dropout.builder().optRate(0.1f).build())
                    .add(Linear.builder().setUnits(1).build());
        }
    }

    /** Prints the next activity of the run, and durable checkpoints. */
    private static final class Reporter implements Callback {
        @Override
        public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int index) {
            System.out.println("batch " + trainer.globalStep());
        }

        @Override
        public void onValidationBatchStart(Trainer trainer, LightningModule module, Batch batch, int index) {
            System.out.println("validation " + trainer.globalStep());
        }

        @Override
        public void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint saved) {
            System.out.println("committed " + saved.checkpoint().globalStep() + " " + saved.checkpoint().stream());
        }
    }

    /**
     * Trains to the end. The last line on standard output is then {@code end} with steps, epochs and metrics.
     *
     * @param arguments directory of the run; optimizer; seed of the settings
     */
    public static void main(String[] arguments) {
        ResumedSettings settings =
                ResumedSettings.random(ResumedOptimizer.valueOf(arguments[1]), Long.parseLong(arguments[2]));
        ExecutorService loaders = Executors.newFixedThreadPool(2);
        try (NDManager manager = NDManager.newBaseManager();
                Module module = new Module(settings)) {
            Dataset train = data(manager, settings.batches(), 3, settings.order(), loaders);
            Dataset validation = data(manager, 3, 0, settings.validationOrder(), loaders);
            Trainer trainer = settings.trainer(Path.of(arguments[0]))
                    .callbacks(new Reporter())
                    .build();
            System.out.println("start");
            FitResult result = trainer.fit(module, train, validation, resumeFrom("auto"));
            System.out.println(
                    "end " + result.globalStep() + " " + result.epochs() + " " + new TreeMap<>(result.metrics()));
        } finally {
            loaders.shutdownNow();
        }
    }

    private static Dataset data(
            NDManager manager, int batches, int missing, ResumedSettings.Order order, ExecutorService loaders) {
        int size = ResumedSettings.BATCH_SIZE;
        int records = batches * size - missing;
        Random random = new Random(batches);
        float[] inputs = new float[records * FEATURES];
        float[] outputs = new float[records];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
            outputs[i / FEATURES] += (i % 3 - 1) * inputs[i];
        }
        ArrayDataset dataset = new ArrayDataset.Builder()
                .setData(manager.create(inputs, new Shape(records, FEATURES)))
                .optLabels(manager.create(outputs, new Shape(records, 1)))
                .setSampling(size, order == ResumedSettings.Order.DRAWN_BY_DJL)
                .build();
        return switch (order) {
            case SEEDED -> SeededDataset.shuffled(dataset, size, 5);
            case SEEDED_PREFETCHED -> SeededDataset.shuffled(dataset, size, 5).prefetch(loaders);
            case DRAWN_BY_DJL, SEQUENTIAL -> dataset;
        };
    }
}
