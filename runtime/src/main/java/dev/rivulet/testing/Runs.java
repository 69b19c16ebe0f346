package dev.rivulet.testing;

import ai.djl.training.dataset.Dataset;
import dev.rivulet.FitResult;
import dev.rivulet.LightningModule;
import dev.rivulet.ResumeFrom;
import dev.rivulet.Trainer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.Backpressure;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** Runs a module as its user would, each time with new objects, in subdirectories of one directory. */
final class Runs {
    private static final String END_STREAM = "resume-verifier-end";

    private final Supplier<? extends LightningModule> modules;
    private final Supplier<Trainer.Builder> trainers;
    private final Supplier<? extends Dataset> train;
    private final Optional<Supplier<? extends Dataset>> validation;
    private final Path root;
    private final Set<Object> used = Collections.newSetFromMap(new IdentityHashMap<>());

    Runs(
            Supplier<? extends LightningModule> modules,
            Supplier<Trainer.Builder> trainers,
            Supplier<? extends Dataset> train,
            Optional<Supplier<? extends Dataset>> validation,
            Path root) {
        this.modules = modules;
        this.trainers = trainers;
        this.train = train;
        this.validation = validation;
        this.root = root;
    }

    /**
     * The outcome of a run.
     *
     * @param steps all steps, including the end of training if it was reached
     * @param tensors names of the weights
     * @param stopFile the checkpoint from which the next run resumes, if the run was stopped
     * @param endFile the training state at the end, if it was reached
     */
    record Outcome(List<Step> steps, List<String> tensors, Optional<Path> stopFile, Optional<Path> endFile) {}

    /** Runs from the start to the end. */
    Outcome straight(String directory, List<RunObserver> observers) {
        return fit(directory, Optional.empty(), new Recorder(0, OptionalInt.empty(), observers), OptionalInt.empty());
    }

    /**
     * Runs up to a stop.
     *
     * @param from the checkpoint to resume from; empty to start fresh
     * @param firstIndex number of batches before it
     * @param stopAt empty to run to the end
     */
    Outcome part(String directory, Optional<Path> from, int firstIndex, OptionalInt stopAt, RunObserver observer) {
        return fit(directory, from, new Recorder(firstIndex, stopAt, List.of(observer)), stopAt);
    }

    private Outcome fit(String directory, Optional<Path> from, Recorder recorder, OptionalInt stopAt) {
        // A fresh run has its own directory, in which "auto" finds nothing.
        ResumeFrom start = from.map(ResumeFrom::resumeFrom).orElseGet(() -> ResumeFrom.resumeFrom("auto"));
        Trainer trainer = trainer(root.resolve(directory), recorder, stopAt);
        Optional<Path> endFile = Optional.empty();
        try (LightningModule module = unused(modules.get(), "module", "() -> new MyModule()")) {
            FitResult result = validation.isPresent()
                    ? trainer.fit(module, train.get(), validation.get().get(), start)
                    : trainer.fit(module, train.get(), start);
            endFile = result.stream(END_STREAM).last();
        } catch (InjectedStop stop) {
            if (recorder.hasStopped() && recorder.stopFile().isEmpty()) {
                throw new IllegalStateException(
                        "The checkpoint of step " + stopAt.orElseThrow() + ", from which the run must resume, could not"
                                + " be saved.",
                        stop);
            }
        }
        return new Outcome(recorder.steps(), recorder.tensors(), recorder.stopFile(), endFile);
    }

    private Trainer trainer(Path directory, Recorder recorder, OptionalInt stopAt) {
        Trainer.Builder builder = unused(trainers.get(), "trainer's builder", "() -> Trainer.builder()…")
                .defaultRootDir(directory)
                .enableProgressBar(false)
                .enableCheckpointing(true)
                .fastDevRun(false)
                .backpressure(Backpressure.WAIT)
                .callbacks(recorder)
                // A stream that is never due before saves "last" when training ends.
                .stream(
                        END_STREAM,
                        policy -> policy.everyNTrainSteps(Integer.MAX_VALUE)
                                .saveTopK(0)
                                .saveLast(SaveLast.COPY)
                                .format(CheckpointFormat.CKPT));
        stopAt.ifPresent(step -> builder.stream(
                Recorder.STOP_STREAM, policy -> policy.everyNTrainSteps(step).format(CheckpointFormat.CKPT)));
        return builder.build();
    }

    /** Rejects a reused object: state in it would survive the stop, as it does not in reality. */
    private <T> T unused(T created, String what, String example) {
        if (!used.add(created)) {
            throw new IllegalArgumentException("The supplier of the " + what
                    + " returned the same object twice, which would keep state that a real stop loses; create a new one"
                    + " each time: " + example + ".");
        }
        return created;
    }
}
