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

/** Runs a module as its user would, each time with everything new, in directories below one. */
final class Runs {
    private static final String END_STREAM = "resume-proof-end";

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
     * What a run came to.
     *
     * @param steps all of them, the end of training included if it was reached
     * @param tensors names of the weights
     * @param stopFile the checkpoint from which another run goes on; present if the run was stopped where it should be
     * @param endFile the training state at the end; present if that was reached
     */
    record Outcome(List<Step> steps, List<String> tensors, Optional<Path> stopFile, Optional<Path> endFile) {}

    /** Runs from the beginning. */
    Outcome straight(String directory, List<RunObserver> observers) {
        return fit(directory, Optional.empty(), new Recorder(0, OptionalInt.empty(), observers), OptionalInt.empty());
    }

    /**
     * Runs up to a stop.
     *
     * @param from the checkpoint to go on from; empty to begin
     * @param firstIndex how many batches the run has had before
     * @param stopAt empty to run to the end
     */
    Outcome part(String directory, Optional<Path> from, int firstIndex, OptionalInt stopAt, RunObserver observer) {
        return fit(directory, from, new Recorder(firstIndex, stopAt, List.of(observer)), stopAt);
    }

    private Outcome fit(String directory, Optional<Path> from, Recorder recorder, OptionalInt stopAt) {
        // A run that begins has a directory of its own, in which "auto" finds nothing.
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
                        "The checkpoint of step " + stopAt.orElseThrow() + ", to go on from, could not be saved.",
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
                // A stream whose steps never come saves "last" when training ends.
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

    /** What one run has changed in an object would help the next one, as it would not after a real stop. */
    private <T> T unused(T made, String what, String example) {
        if (!used.add(made)) {
            throw new IllegalArgumentException("The supplier of the " + what
                    + " gave the same object twice, which would carry over what a real stop loses; make a new one each"
                    + " time: " + example + ".");
        }
        return made;
    }
}
