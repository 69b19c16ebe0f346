package dev.rivulet;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.TrainerSettings.Checkpointing.Mode;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.EmptyDatasetException;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.engine.EnginePatch;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.engine.TorchEngine;
import dev.rivulet.internal.loop.ConsoleProgress;
import dev.rivulet.internal.loop.FitLoop;
import dev.rivulet.internal.loop.HookChain;
import dev.rivulet.internal.loop.LoopMemory;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.loop.Metrics;
import dev.rivulet.internal.loop.RunningFit;
import dev.rivulet.internal.loop.StepFunctions;
import dev.rivulet.internal.loop.Terminal;
import dev.rivulet.internal.loop.TrainingRun;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.resume.CheckpointFinder;
import dev.rivulet.internal.resume.CheckpointStartingPoint;
import dev.rivulet.internal.resume.ResumeJfrEvent;
import dev.rivulet.internal.resume.StartingPoint;
import dev.rivulet.internal.retention.ValidationSchedule;
import dev.rivulet.internal.save.CheckpointEngine;
import dev.rivulet.internal.save.DryRun;
import dev.rivulet.internal.save.SavedRun;
import dev.rivulet.internal.state.CallbackStates;
import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.state.StatefulUpdates;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.random.TrainingRandom;
import dev.rivulet.transform.StateDict;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One call of {@link Trainer#fit}: assembles the components, runs the loop, cleans up. */
final class FitSession implements StepFunctions, FitContext {
    private final TrainerSettings settings;
    private final List<FitCallback> callbacks;
    private final LightningModule module;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final ResumeFrom resumeFrom;
    private final LoopState state = new LoopState();
    private final Metrics metrics = new Metrics();
    private long batchSize = 1;
    private boolean trainingStep;
    private boolean started;
    private @Nullable TrainingRandom random;

    FitSession(
            TrainerSettings settings,
            List<FitCallback> callbacks,
            LightningModule module,
            Dataset train,
            Optional<Dataset> validation,
            ResumeFrom resumeFrom) {
        this.settings = settings;
        this.callbacks = callbacks;
        this.module = module;
        this.train = train;
        this.validation = validation;
        this.resumeFrom = resumeFrom;
    }

    LoopState state() {
        return state;
    }

    Metrics metrics() {
        return metrics;
    }

    @Override
    public int epoch() {
        return state.epoch();
    }

    @Override
    public long globalStep() {
        return state.globalStep();
    }

    @Override
    public boolean isTrainingStep() {
        return trainingStep;
    }

    @Override
    public void log(String name, double value) {
        if (state.isValidating()) {
            metrics.accumulate(true, name, value, batchSize);
        } else {
            metrics.set(name, value);
        }
    }

    @Override
    public void logEpochMean(String name, double value) {
        metrics.accumulate(state.isValidating(), name, value, batchSize);
    }

    @Override
    public RandomGenerator random(String name) {
        if (random == null) {
            throw new IllegalStateException("The run has no random generators before it starts: call random(…)"
                    + " in a step or a hook, not while the model or the optimizer is created.");
        }
        return random.named().generator(name);
    }

    FitResult run() {
        EnginePatch.requireInstalled();
        module.attach(this);
        RunningFit running = new RunningFit(settings.seed().isPresent());
        try {
            return GradientMode.callWithoutGradients(this::runWithoutGradients);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            String when = started
                    ? "Training ended in epoch " + epoch() + ", step " + globalStep()
                    : "Training did not start";
            throw new FitException(when + ": " + e, e);
        } finally {
            running.close();
            module.detach();
        }
    }

    private FitResult runWithoutGradients() throws Exception {
        DeclaredStreams declared = new DeclaredStreams(module);
        StreamGraph graph =
                StreamGraph.of(declared.declarations(), settings.checkpointing().streams());
        try (CallbackScope scope = new CallbackScope()) {
            scope.setUp(callbacks);
            if (settings.checkpointing().mode() != Mode.ON) {
                return start(declared, graph, Optional.empty());
            }
            try (CheckpointDirectory directory = CheckpointDirectory.open(
                    settings.checkpointing().directory(),
                    settings.checkpointing().saving().retries())) {
                CheckpointEngine.logRecovery(directory.recovery());
                return start(declared, graph, Optional.of(directory));
            }
        }
    }

    private FitResult start(DeclaredStreams declared, StreamGraph graph, Optional<CheckpointDirectory> directory)
            throws Exception {
        boolean isNew = !module.hasWeights();
        // A damaged file must not destroy weights that the module already has.
        CheckpointStartingPoint.When verification =
                isNew ? CheckpointStartingPoint.When.WHEN_READ : CheckpointStartingPoint.When.NOW;
        try (StartingPoint start = find(graph, verification)) {
            Network network = module.network(inputShapes(start));
            network.requireTrainable();
            restore(start, "weights", isNew, () -> start.restoreWeights(network));
            try (OptimizerStep optimizer =
                    new OptimizerStep(module.configureOptimizers(), network.parameters(), settings.clipping())) {
                restore(start, "state", isNew, () -> start.readState(network, optimizer));
                return train(start, declared, graph, directory, network, optimizer);
            }
        }
    }

    private StartingPoint find(StreamGraph graph, CheckpointStartingPoint.When verification) throws IOException {
        ResumeJfrEvent event = new ResumeJfrEvent("finding");
        CheckpointFinder checkpoints =
                new CheckpointFinder(settings.checkpointing().directory(), graph, verification);
        StartingPoint found = switch (resumeFrom.kind()) {
            case NOTHING -> StartingPoint.FRESH;
            case FILE -> checkpoints.file(resumeFrom.file().orElseThrow());
            case LAST -> checkpoints.last();
            case AUTO -> checkpoints.auto();
            case BEST -> checkpoints.best();
        };
        event.commit(found);
        return found;
    }

    /** Reads a file into the module. */
    private interface Restoring {
        void run() throws IOException;
    }

    /** Closes a new module if it fails, so that no weights of a damaged file remain in it. */
    private void restore(StartingPoint start, String part, boolean isNew, Restoring restoring) throws IOException {
        ResumeJfrEvent event = new ResumeJfrEvent(part);
        try {
            restoring.run();
            event.commit(start);
        } catch (Throwable failure) {
            if (isNew) {
                module.free();
            }
            throw failure;
        }
    }

    /** Also seeds libtorch: after the first batch is read, before weights are initialized. */
    private List<Shape> inputShapes(StartingPoint start) throws Exception {
        List<Shape> shapes = start.inputShapes();
        if (shapes.isEmpty() && !module.knowsInputShapes()) {
            shapes = shapesOfFirstBatch();
        }
        settings.seed().ifPresent(seed -> TorchEngine.get().setRandomSeed(seed));
        return shapes;
    }

    private FitResult train(
            StartingPoint start,
            DeclaredStreams declared,
            StreamGraph graph,
            Optional<CheckpointDirectory> directory,
            Network network,
            OptimizerStep optimizer)
            throws Exception {
        LoopMemory memory = new LoopMemory(randomness(start, network), metrics, state);
        TrainingComponents parts = new TrainingComponents(
                network,
                optimizer,
                new TrainingComponents.UserState(
                        declared.statefulTransforms(), new CallbackStates(memory, callbacks), module.hyperParameters()),
                train,
                new TrainingComponents.Loop(state, memory, settings.loop()));
        module.closeLater(parts.transforms().values());
        try (NDManager scope = network.manager().newSubManager();
                SlowCalls slowCalls =
                        new SlowCalls(settings.checkpointing().saving().slowCallWarning())) {
            StateDict live = StateDict.of(network.arrays(), scope);
            StatefulUpdates updates = new StatefulUpdates(parts, live, slowCalls);
            updates.begin();
            SavedRun saved = new SavedRun(parts, view(), new UserSaveHooks(callbacks, declared), slowCalls);
            try (CheckpointEngine streams = streams(start, declared, graph, directory, saved)) {
                restore(start, "restoring", false, () -> start.restoreState(parts));
                streams.resume(start.decisions());
                if (start.checkpoint().isPresent()) {
                    notifyLoaded(start.checkpoint().get(), declared);
                }
                start.restoreCallbacks(parts.user().callbacks());
                List<ModelHooks> ownHooks = List.of(parts.user().callbacks(), updates);
                started = true;
                TrainingRun run = new TrainingRun(network.manager(), optimizer, state, memory, slowCalls);
                HookChain hooks = hooks(ownHooks, watchers(streams, saved, declared, graph));
                new FitLoop(settings.loop(), train, validation, this, hooks, run).run(start.progress());
                return new FitResult(
                        state.epochsEnded(),
                        state.globalStep(),
                        metrics.toMap(),
                        start.file(),
                        streams.results(),
                        streams.statistics());
            }
        }
    }

    private void notifyLoaded(Checkpoint checkpoint, DeclaredStreams declared) throws Exception {
        declared.notifyLoaded(checkpoint);
        for (FitCallback callback : callbacks) {
            callback.onLoadCheckpoint(checkpoint);
        }
    }

    /** The run's random state, from the trainer's seed, else from the seed in the checkpoint, else from a new one. */
    private TrainingRandom randomness(StartingPoint start, Network network) {
        long seed = settings.seed().isPresent()
                ? settings.seed().getAsInt()
                : start.seed().orElseGet(() -> new SecureRandom().nextInt());
        TrainingRandom created = new TrainingRandom(seed, network.manager().getDevice());
        random = created;
        return created;
    }

    private LoopView view() {
        LoopSettings loop = settings.loop();
        ValidationSchedule schedule = new ValidationSchedule(
                false,
                OptionalInt.of(loop.validation().everyNEpoch()),
                validation.isPresent() ? loop.limits().valBatches() : 0,
                loop.validation().interval().setting());
        return new LoopView(state, metrics, schedule, loop.limits(), settings.clock());
    }

    private CheckpointEngine streams(
            StartingPoint start,
            DeclaredStreams declared,
            StreamGraph graph,
            Optional<CheckpointDirectory> directory,
            SavedRun run)
            throws IOException {
        if (directory.isEmpty()) {
            return CheckpointEngine.none(run);
        }
        return CheckpointEngine.open(
                run,
                declared,
                graph,
                directory.get(),
                start.lineage(directory.get()),
                settings.checkpointing().saving());
    }

    private List<ModelHooks> watchers(
            CheckpointEngine streams, SavedRun run, DeclaredStreams declared, StreamGraph graph) {
        TrainerSettings.Checkpointing saves = settings.checkpointing();
        return saves.mode() == Mode.DRY_RUN
                ? List.of(new DryRun(
                        run, declared, graph, saves.directory(), saves.saving().determinismCheck()))
                : List.of(streams);
    }

    private HookChain hooks(List<ModelHooks> ownHooks, List<ModelHooks> watchers) {
        List<ModelHooks> beforeSaving = new ArrayList<>(ownHooks);
        beforeSaving.addAll(callbacks);
        if (settings.showsProgress() && Terminal.isPresent()) {
            beforeSaving.add(new ConsoleProgress(state, metrics));
        }
        return new HookChain(beforeSaving, watchers, module);
    }

    private List<Shape> shapesOfFirstBatch() throws Exception {
        try (NDManager scratch = TorchEngine.get().newBaseManager();
                BatchIterator batches = new BatchIterator(train, scratch)) {
            if (!batches.hasNext()) {
                throw new EmptyDatasetException("training");
            }
            try (Batch batch = batches.next()) {
                return Arrays.asList(batch.getData().getShapes());
            }
        }
    }

    @Override
    public NDArray trainingStep(Batch batch, int batchIndex) throws Exception {
        batchSize = batch.getSize();
        trainingStep = true;
        try {
            NDArray loss = module.trainingStep(batch, batchIndex);
            if (loss == null) {
                throw new IllegalStateException(
                        module.getClass().getSimpleName() + ".trainingStep returned null; return the loss.");
            }
            return loss;
        } catch (EngineException e) {
            throw failedOn(batch, "trainingStep", e);
        } finally {
            trainingStep = false;
        }
    }

    /** libtorch's message says neither which step failed nor on what. */
    private IllegalStateException failedOn(Batch batch, String step, EngineException failure) {
        return new IllegalStateException(
                module.getClass().getSimpleName() + "." + step + " failed on a batch with data of the shapes "
                        + Arrays.toString(batch.getData().getShapes()) + " and labels of the shapes "
                        + Arrays.toString(batch.getLabels().getShapes()) + ": "
                        + Network.firstLine(failure),
                failure);
    }

    @Override
    public void validationStep(Batch batch, int batchIndex) throws Exception {
        batchSize = batch.getSize();
        try {
            module.validationStep(batch, batchIndex);
        } catch (EngineException e) {
            throw failedOn(batch, "validationStep", e);
        }
    }
}
