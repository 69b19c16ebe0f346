package dev.rivulet;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.stream.ValidationSchedule;
import dev.rivulet.training.ConsoleProgress;
import dev.rivulet.training.EmptyDatasetException;
import dev.rivulet.training.FitHooks;
import dev.rivulet.training.FitLoop;
import dev.rivulet.training.GradientMode;
import dev.rivulet.training.HookChain;
import dev.rivulet.training.LoopSettings;
import dev.rivulet.training.LoopState;
import dev.rivulet.training.Metrics;
import dev.rivulet.training.Steps;
import dev.rivulet.training.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One call of {@link Trainer#fit}: puts the parts together, runs the loop, cleans up. */
final class FitSession implements Steps {
    private final Trainer trainer;
    private final TrainerSettings settings;
    private final LightningModule module;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final LoopState state = new LoopState();
    private final Metrics metrics = new Metrics();
    private long batchSize = 1;
    private boolean trainingStep;

    FitSession(
            Trainer trainer,
            TrainerSettings settings,
            LightningModule module,
            Dataset train,
            Optional<Dataset> validation) {
        this.trainer = trainer;
        this.settings = settings;
        this.module = module;
        this.train = train;
        this.validation = validation;
    }

    LoopState state() {
        return state;
    }

    Metrics metrics() {
        return metrics;
    }

    boolean isTrainingStep() {
        return trainingStep;
    }

    FitResult run() {
        module.attach(this);
        try {
            return GradientMode.callWithoutGradients(this::runWithoutGradients);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new FitException(
                    "Training ended in epoch " + state.epoch() + ", step " + state.globalStep() + ": " + e, e);
        } finally {
            module.detach();
        }
    }

    private FitResult runWithoutGradients() throws Exception {
        RegistryChain registries = new RegistryChain(module);
        StreamGraph graph = StreamGraph.of(registries.declarations(), settings.streams());
        try (CallbackScope callbacks = new CallbackScope(trainer, module)) {
            callbacks.setUp(settings.callbacks());
            List<Shape> shapes = module.knowsInputShapes() ? List.of() : shapesOfFirstBatch();
            settings.seed().ifPresent(seed -> Engine.getEngine("PyTorch").setRandomSeed(seed));
            Network network = module.network(shapes);
            try (Workspace workspace = new Workspace(network.manager());
                    CheckpointStreams streams = openStreams(registries, graph, network);
                    OptimizerStep optimizer = new OptimizerStep(
                            module.configureOptimizers(), network.parameters(), settings.clipping())) {
                FitHooks updates = new StatefulUpdates(
                        network,
                        registries.statefulTransforms(),
                        StateDict.ofArrays(workspace, network.arrays()),
                        state);
                new FitLoop(
                                settings.loop(),
                                train,
                                validation,
                                this,
                                optimizer,
                                hooks(updates, streams),
                                metrics,
                                state,
                                network.manager())
                        .run();
                return new FitResult(
                        state.epochsEnded(),
                        state.globalStep(),
                        metrics.toMap(),
                        streams.results(),
                        streams.statistics());
            }
        }
    }

    private CheckpointStreams openStreams(RegistryChain registries, StreamGraph graph, Network network)
            throws IOException {
        LoopSettings loop = settings.loop();
        ValidationSchedule schedule = new ValidationSchedule(
                false,
                OptionalInt.of(loop.checkValEveryNEpoch()),
                validation.isPresent() ? loop.limitValBatches() : 0,
                loop.validationInterval().setting());
        LoopMoment moment = new LoopMoment(state, metrics, schedule, settings.clock());
        SaveHooks hooks = new UserSaveHooks(trainer, module, settings.callbacks(), registries);
        return settings.savesCheckpoints()
                ? CheckpointStreams.open(
                        settings.checkpointDirectory(), settings.saving(), network, registries, graph, hooks, moment)
                : CheckpointStreams.none(hooks, moment);
    }

    private FitHooks hooks(FitHooks updates, CheckpointStreams streams) {
        List<FitHooks> callbacks = new ArrayList<>();
        callbacks.add(updates);
        settings.callbacks().forEach(callback -> callbacks.add(new CallbackHooks(callback, trainer, module)));
        if (settings.showsProgress() && Terminal.isPresent()) {
            callbacks.add(new ConsoleProgress(state, metrics));
        }
        return new HookChain(callbacks, List.of(streams), new ModuleHooks(module));
    }

    private List<Shape> shapesOfFirstBatch() throws Exception {
        try (NDManager scratch = Engine.getEngine("PyTorch").newBaseManager();
                BatchIterator batches = new BatchIterator(train, scratch)) {
            if (!batches.hasNext()) {
                throw new EmptyDatasetException("training");
            }
            try (Batch batch = batches.next()) {
                return Arrays.asList(batch.getData().getShapes());
            }
        }
    }

    void log(String name, double value, boolean epochMean) {
        if (state.isValidating() || epochMean) {
            metrics.accumulate(state.isValidating(), name, value, batchSize);
        } else {
            metrics.set(name, value);
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
        } finally {
            trainingStep = false;
        }
    }

    @Override
    public void validationStep(Batch batch, int batchIndex) throws Exception {
        batchSize = batch.getSize();
        module.validationStep(batch, batchIndex);
    }
}
