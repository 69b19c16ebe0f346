package dev.rivulet.examples.digits;

import static dev.rivulet.ResumeFrom.resumeFrom;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import dev.rivulet.Checkpoints;
import dev.rivulet.FitResult;
import dev.rivulet.Trainer;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.data.SeededDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Trains {@link DigitsModule} and prints the checkpoints kept by its four streams.
 *
 * <p>Arguments: {@code --resume} resumes the newest run, for example after Ctrl-C; {@code --max-epochs=n} changes the
 * number of epochs from 12; and the directory of the run. Without a directory, each run gets a new one, {@code
 * target/digits/run-n}.
 */
public final class TrainDigits {
    private static final Path RUNS = Path.of("target", "digits");
    private static final String MAX_EPOCHS = "--max-epochs=";
    private static final int BATCH_SIZE = 32;

    private TrainDigits() {}

    /** Trains, then loads the best file of each stream into a new module and measures its accuracy. */
    public static void main(String[] args) throws IOException, TranslateException {
        boolean resumes = false;
        int maxEpochs = 12;
        Optional<Path> named = Optional.empty();
        for (String argument : args) {
            if (argument.equals("--resume")) {
                resumes = true;
            } else if (argument.startsWith(MAX_EPOCHS)) {
                maxEpochs = Integer.parseInt(argument.substring(MAX_EPOCHS.length()));
            } else {
                named = Optional.of(Path.of(argument));
            }
        }
        Path directory = named.isPresent() ? named.get() : run(resumes);
        DigitsDataset validation = DigitsDataset.validation();

        FitResult result;
        try (DigitsModule module = new DigitsModule()) {
            System.out.println("Training on " + DigitsDataset.training().size() + " digits, validating on "
                    + validation.size() + " others.");
            Trainer trainer = trainer(directory).maxEpochs(maxEpochs).build();
            result = resumes
                    ? trainer.fit(module, training(), validation, resumeFrom("auto"))
                    : trainer.fit(module, training(), validation);
        }

        result.resumedFrom().ifPresent(file -> System.out.println("Resumed from " + file.getFileName() + "."));
        System.out.println("\nCheckpoints in " + directory.resolve("checkpoints") + ":\n");
        StreamTable table = new StreamTable();
        for (StreamResult stream : result.streams().values()) {
            table.add(stream, accuracy(stream.bestModelPath(), validation));
        }
        System.out.print(table);
    }

    /** The training data, in an order that a resumed run continues at any batch. */
    static Dataset training() throws IOException {
        return SeededDataset.shuffled(DigitsDataset.training(), BATCH_SIZE, 42);
    }

    /** Settings of a run that is reproducible to the bit. */
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

    /** The directory of a new run, or of the newest existing run. */
    private static Path run(boolean newest) {
        int number = 1;
        while (Files.exists(RUNS.resolve("run-" + number))) {
            number++;
        }
        return RUNS.resolve("run-" + (newest ? Math.max(1, number - 1) : number));
    }
}
