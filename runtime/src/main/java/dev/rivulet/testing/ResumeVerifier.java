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
 * <p>Runs it straight, then again with stops, from each of which a new module and a new trainer resume, and compares
 * the two runs to the bit:
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
 * <p>Compared are the inputs and the loss of each batch, all weights and metrics after it, and at the end the whole training
 * state: optimizer, schedules, random numbers, metrics, transforms, entries. If something differs, the run is repeated
 * straight, which shows whether it can be repeated at all, and the {@link ResumeReport} says what differs first and the
 * likely cause.
 *
 * <p>The runs are those of the trainer that is given, its streams and callbacks included, but save to a temporary
 * directory, which is deleted at the end; a directory that the trainer was given is not touched. All of them happen in
 * this JVM, so what a real restart would lose in static fields is not lost here. The cost is that of two runs, and of a
 * third if they differ. Immutable.
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
     * @param module makes a new module for each run, which is closed after it
     * @param trainer makes a new builder for each run, with a seed and few steps
     * @param train makes the training data of a run; the same again if it has no state of its own
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
     * @param module makes a new module for each run, which is closed after it
     * @param trainer makes a new builder for each run, with a seed and few steps
     * @param train makes the training data of a run; the same again if it has no state of its own
     * @param validation makes the validation data of a run
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
     * <p>It is stopped right after the checkpoint of such a step, as if the process had been killed then. By default
     * after the first step, in the middle and at the end of the first epoch, and in the middle of the last.
     *
     * @param steps optimizer steps, at least 1 and fewer than the run has
     * @throws IllegalArgumentException if one is less than 1
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
     * @throws IllegalArgumentException if a stop is not within the run, or a supplier gave the same object twice
     * @return whether resuming is exact, or what differs first
     * @throws NotResumableException if the run cannot be resumed at all, for example because of its optimizer; the
     *     message names the remedy
     * @throws FitException as {@link Trainer#fit}
     * @throws IllegalStateException if a checkpoint to resume from could not be saved, for example because the disk is
     *     full
     */
    public ResumeReport run() {
        try (TemporaryDirectory root = new TemporaryDirectory("resume-proof")) {
            Runs runs = new Runs(module, trainer, train, validation, root.path());
            return Experiment.run(runs, stops);
        }
    }
}
