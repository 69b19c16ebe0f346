package dev.rivulet.examples.digits;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import dev.rivulet.Checkpoints;
import dev.rivulet.FitResult;
import dev.rivulet.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Trains {@link DigitsModule} and shows what its four streams have kept.
 *
 * <p>Takes the directory of the run; without one, each run gets a new directory {@code target/digits/run-n}.
 */
public final class TrainDigits {
    private TrainDigits() {}

    /** Trains for 12 epochs, then loads the best file of each stream into a new module and tries it. */
    public static void main(String[] args) throws IOException, TranslateException {
        Path directory = args.length > 0 ? Path.of(args[0]) : newRun(Path.of("target", "digits"));
        DigitsDataset train = DigitsDataset.training();
        DigitsDataset validation = DigitsDataset.validation();
        System.out.printf("Training on %d digits, validating on %d others.%n", train.size(), validation.size());

        FitResult result;
        try (DigitsModule module = new DigitsModule()) {
            result = trainer(directory).build().fit(module, train, validation);
        }

        System.out.printf("%nCheckpoints in %s:%n%n", directory.resolve("checkpoints"));
        StreamTable table = new StreamTable();
        for (FitResult.StreamResult stream : result.streams().values()) {
            table.add(stream, accuracy(stream.bestModelPath(), validation));
        }
        System.out.print(table);
    }

    /** The settings of a run that can be repeated to the last bit. */
    static Trainer.Builder trainer(Path directory) {
        return Trainer.builder().maxEpochs(12).seed(42).defaultRootDir(directory);
    }

    /** Accuracy of a checkpoint's weights, loaded into a new module. */
    static double accuracy(Path checkpoint, Dataset dataset) throws IOException, TranslateException {
        long hits = 0;
        long images = 0;
        try (DigitsModule module = Checkpoints.load(checkpoint, new DigitsModule());
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            for (Batch batch : dataset.getData(manager)) {
                try (batch) {
                    float share = DigitsModule.accuracy(batch.getLabels(), module.predict(batch.getData()));
                    hits += Math.round(share * batch.getSize());
                    images += batch.getSize();
                }
            }
        }
        return hits / (double) images;
    }

    private static Path newRun(Path parent) {
        int number = 1;
        while (Files.exists(parent.resolve("run-" + number))) {
            number++;
        }
        return parent.resolve("run-" + number);
    }
}
