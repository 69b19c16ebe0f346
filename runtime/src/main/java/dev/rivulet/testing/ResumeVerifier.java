package dev.rivulet.testing;

import ai.djl.training.dataset.Dataset;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.NotResumableException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Verifies that a module resumes exactly.
 *
 * <p>Runs it without stops, then again with stops, after each of which a new module and a new trainer resume, and
 * compares the two runs bit for bit:
 *
 * <pre>{@code
 * ResumeVerifier.of(
 *                 () -> new DigitsModule(),
 *                 () -> Trainer.builder().maxEpochs(2).seed(1),
 *                 () -> SeededDataset.shuffled(digits, 32, 1),
 *                 () -> validation)
 *         .run()
 *         .requireExact();
 * }</pre>
 *
 * <p>Compares the inputs and the loss of each batch, all weights and metrics after it, and the complete training state
 * at the end: optimizer, schedulers, random numbers, metrics, transforms, entries. If they differ, the run without
 * stops is repeated, to check that it is repeatable at all; the {@link ResumeReport} names the first difference and its
 * likely cause.
 *
 * <p>The runs use the given trainer with its streams and callbacks, but save to a temporary directory, which is deleted
 * at the end; the trainer's own directory is not touched. All runs share this JVM, so static fields, which a real
 * restart resets, keep their values. The cost is two runs, and a third if they differ. Immutable.
 *
 * @since 0.1
 */
public final class ResumeVerifier {
    private final Supplier<? extends LightningModule> module;
    private final Supplier<Trainer.Builder> trainer;
    private final Supplier<? extends Dataset> train;
    private final Optional<Supplier<? extends Dataset>> validation;
    private final List<Integer> stops;

    private ResumeVerifier(
            Supplier<? extends LightningModule> module,
            Supplier<Trainer.Builder> trainer,
            Supplier<? extends Dataset> train,
            Optional<Supplier<? extends Dataset>> validation,
            List<Integer> stops) {
        this.module = module;
        this.trainer = trainer;
        this.train = train;
        this.validation = validation;
        this.stops = stops;
    }

    /**
     * Verifies training without validation.
     *
     * @param module creates a new module for each run, which is closed after it
     * @param trainer creates a new builder for each run, with a seed and few steps
     * @param train returns the training data of a run; may return the same object again if it is stateless
     */
    public static ResumeVerifier of(
            Supplier<? extends LightningModule> module,
            Supplier<Trainer.Builder> trainer,
            Supplier<? extends Dataset> train) {
        return new ResumeVerifier(module, trainer, train, Optional.empty(), List.of());
    }

    /**
     * Verifies training with validation.
     *
     * @param module creates a new module for each run, which is closed after it
     * @param trainer creates a new builder for each run, with a seed and few steps
     * @param train returns the training data of a run; may return the same object again if it is stateless
     * @param validation returns the validation data of a run
     */
    public static ResumeVerifier of(
            Supplier<? extends LightningModule> module,
            Supplier<Trainer.Builder> trainer,
            Supplier<? extends Dataset> train,
            Supplier<? extends Dataset> validation) {
        return new ResumeVerifier(module, trainer, train, Optional.of(validation), List.of());
    }

    /**
     * Chooses the steps after which the run is stopped and resumed.
     *
     * <p>It is stopped right after the checkpoint of such a step, as if the process had been killed. The default steps
     * are the first one, the middle and the end of the first epoch, and the middle of the last epoch.
     *
     * @param steps optimizer steps, at least 1 and fewer than the run has
     * @throws IllegalArgumentException if a step is less than 1
     */
    public ResumeVerifier stopAt(int... steps) {
        List<Integer> ascending =
                Arrays.stream(steps).distinct().sorted().boxed().toList();
        if (!ascending.isEmpty() && ascending.get(0) < 1) {
            throw new IllegalArgumentException("stopAt(" + ascending.get(0)
                    + "): a run is stopped after an optimizer step, so after 1 at the earliest.");
        }
        return new ResumeVerifier(module, trainer, train, validation, ascending);
    }

    /**
     * Runs, stops, resumes and compares.
     *
     * @return whether resuming is exact, and the first difference if not
     * @throws IllegalArgumentException if a stop is not within the run, or a supplier returned the same object twice
     * @throws NotResumableException if the run cannot resume, for example because of its optimizer; the message names
     *     the remedy
     * @throws FitException as {@link Trainer#fit}
     * @throws IllegalStateException if a checkpoint to resume from could not be saved, for example because the disk is
     *     full
     */
    public ResumeReport run() {
        try (TemporaryDirectory root = new TemporaryDirectory("resume-verifier")) {
            Runs runs = new Runs(module, trainer, train, validation, root.path());
            return Experiment.run(runs, stops);
        }
    }
}
