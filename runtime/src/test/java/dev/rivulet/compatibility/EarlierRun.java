package dev.rivulet.compatibility;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.FitResult;
import dev.rivulet.LightningModule;
import dev.rivulet.ResumeFrom;
import dev.rivulet.Trainer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.policy.FilenameStyle;
import java.nio.file.Path;

/** The recorded run: four epochs of six steps, with streams that together use every kind of retention. */
final class EarlierRun {
    private static final int BATCH_SIZE = 4;
    private static final int BATCHES = 6;

    /** In the middle of an epoch, after a step that not all streams save. */
    private static final int STOP_STEP = 15;

    private static final String STOP = "stopped on purpose";

    private final Path root;

    /**
     * A run.
     *
     * @param root its directory
     */
    EarlierRun(Path root) {
        this.root = root;
    }

    /**
     * Trains from the beginning to the end.
     *
     * @param arguments directory of the run
     */
    public static void main(String[] arguments) {
        new EarlierRun(Path.of(arguments[0])).toEnd();
    }

    /** Trains from the start to the end. */
    FitResult toEnd() {
        return fit((trainer, module, train, validation) -> trainer.fit(module, train, validation));
    }

    /** Resumes and trains to the end. */
    FitResult toEnd(ResumeFrom from) {
        return fit((trainer, module, train, validation) -> trainer.fit(module, train, validation, from));
    }

    /** Trains until an exception ends the run. */
    void untilStop() {
        try {
            fit((trainer, module, train, validation) -> trainer.fit(module, train, validation), new Callback() {
                @Override
                public void onTrainBatchEnd(
                        Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
                    if (trainer.globalStep() == STOP_STEP) {
                        throw new IllegalStateException(STOP);
                    }
                }
            });
        } catch (IllegalStateException stopped) {
            if (!STOP.equals(stopped.getMessage())) {
                throw stopped;
            }
        }
    }

    /** Calls the trainer. */
    private interface Fit {
        FitResult run(Trainer trainer, EarlierModule module, SeededDataset train, SeededDataset validation);
    }

    private FitResult fit(Fit fit, Callback... callbacks) {
        try (NDManager manager = NDManager.newBaseManager();
                EarlierModule module = new EarlierModule()) {
            return fit.run(
                    trainer(callbacks),
                    module,
                    SeededDataset.shuffled(records(manager, BATCHES * BATCH_SIZE - 1), BATCH_SIZE, 5),
                    SeededDataset.sequential(records(manager, 2 * BATCH_SIZE), BATCH_SIZE));
        }
    }

    private Trainer trainer(Callback... callbacks) {
        return Trainer.builder()
                .seed(11)
                .maxEpochs(4)
                .valCheckInterval(3)
                .gradientClipVal(0.5)
                .maxPendingSaves(0)
                .enableProgressBar(false)
                .defaultRootDir(root)
                .callbacks(callbacks)
                .stream(
                        "original",
                        policy -> policy.filename("original-{epoch}-{step}-{score:.2f}")
                                .everyNTrainSteps(2)
                                .monitor("score")
                                .saveTopK(2)
                                .saveLast(SaveLast.COPY))
                .stream(
                        "recent",
                        policy -> policy.filename("recent-{step}")
                                .everyNTrainSteps(1)
                                .monitor("score")
                                .saveTopK(1)
                                .keepLast(3)
                                .saveBest(SaveBest.LINK)
                                .saveLast(SaveLast.LINK)
                                .filenameStyle(FilenameStyle.DEFAULT
                                        .withLast("recent-last")
                                        .withBest("recent-best")))
                .stream(
                        "averaged",
                        policy -> policy.format(CheckpointFormat.CKPT)
                                .everyNTrainSteps(2)
                                .saveTopK(0)
                                .keepLast(2))
                .stream(
                        "halved",
                        policy -> policy.filename("halved")
                                .format(CheckpointFormat.SAFETENSORS)
                                .everyNTrainSteps(2)
                                .keepEveryNth(5))
                .build();
    }

    private static ArrayDataset records(NDManager manager, int count) {
        float[] inputs = new float[count * EarlierModule.FEATURES];
        float[] outputs = new float[count];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (i * 7 % 16) / 16f;
            outputs[i / EarlierModule.FEATURES] += (i % 3 - 1) * inputs[i];
        }
        return new ArrayDataset.Builder()
                .setData(manager.create(inputs, new Shape(count, EarlierModule.FEATURES)))
                .optLabels(manager.create(outputs, new Shape(count, 1)))
                .setSampling(BATCH_SIZE, false)
                .build();
    }
}
