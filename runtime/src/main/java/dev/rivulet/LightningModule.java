package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.model.Network;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A model and how to train it. Subclasses define the model and what a step does; {@link Trainer} does the rest.
 *
 * <pre>{@code
 * class DigitsModule extends LightningModule {
 *
 *     @Override
 *     protected Block configureModel() {
 *         return new SequentialBlock().add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(10).build());
 *     }
 *
 *     @Override
 *     protected Optimizer configureOptimizers() {
 *         return Adam.builder().build();
 *     }
 *
 *     @Override
 *     protected NDArray trainingStep(Batch batch, int batchIndex) {
 *         NDArray loss = Loss.softmaxCrossEntropyLoss().evaluate(batch.getLabels(), forward(batch.getData()));
 *         log("train_loss", loss);
 *         return loss;
 *     }
 * }
 * }</pre>
 *
 * <p>{@code Adam} is that of {@link dev.rivulet.optim}: from the state of these optimizers training resumes exactly. To run
 * code at other moments of training, override the hooks of {@link ModelHooks}.
 *
 * <p>A module holds its weights in native memory from its first use on; closing it frees them. The
 * optimizers of {@link dev.rivulet.optim} are closed with the fit; what DJL's own keep, Adam's moments for one, is freed
 * when the JVM ends. Confined to one thread at a time.
 */
public abstract class LightningModule implements ModelHooks, AutoCloseable {
    private @Nullable Network network;
    private @Nullable FitContext context;

    /** For subclasses. */
    protected LightningModule() {}

    /**
     * The model: any DJL block, not yet initialized. Called when it is needed first, and again after {@link #close}; so
     * make the block here unless the module is used once.
     */
    protected abstract Block configureModel();

    /**
     * The optimizer. Called once per fit.
     *
     * <p>Leave its {@code clipGrad} alone, which limits positive gradients only, and use
     * {@link Trainer.Builder#gradientClipVal}.
     */
    protected abstract Optimizer configureOptimizers();

    /**
     * Computes the loss of a batch.
     *
     * @param batch data and labels; closed after the step together with all that was computed from it
     * @return a scalar
     * @throws Exception to end the run
     */
    protected abstract NDArray trainingStep(Batch batch, int batchIndex) throws Exception;

    /**
     * Computes and logs what a validation batch tells; does nothing by default.
     *
     * @throws Exception to end the run
     */
    protected void validationStep(Batch batch, int batchIndex) throws Exception {}

    /**
     * Shapes of the model's inputs, batch dimension included. By default those of the first training batch, or those
     * recorded in the checkpoint that is loaded.
     */
    protected Shape[] exampleInputShapes() {
        return new Shape[0];
    }

    /**
     * The name under which a parameter is saved and loaded, and under which transforms and optimizer state know it. By
     * default that which PyTorch gives it, as in {@link dev.rivulet.tensor.ParameterNames}. Two parameters must not get one
     * name. Called for each parameter when the model is made, and for each {@code num_batches_tracked} that PyTorch would
     * save beside a batch norm's statistics.
     *
     * <p>A net that Lightning holds in the field {@code model}, say, is exchanged with it through
     *
     * <pre>{@code
     * @Override
     * protected String parameterName(String name) {
     *     return "model." + name;
     * }
     * }</pre>
     */
    protected String parameterName(String name) {
        return name;
    }

    /** The model's output for a batch: with gradients and dropout in a training step, without anywhere else. */
    protected final NDList forward(NDList inputs) {
        return network().forward(inputs, context != null && context.isTrainingStep());
    }

    /**
     * The model's output for inputs, as after training.
     *
     * @throws IllegalStateException if the module has neither been trained nor loaded
     */
    public final NDList predict(NDList inputs) {
        GradientMode mode = GradientMode.off();
        try {
            return network().forward(inputs, false);
        } finally {
            mode.restore();
        }
    }

    /**
     * The model's parameters, running statistics included, by the name that each is saved under. A shared one is there once.
     * Their arrays are the live ones; a parameter must not be given another one.
     *
     * @throws IllegalStateException if the model has not been made yet, by a fit (after {@code setup}) or by loading
     */
    public final Map<String, Parameter> parameters() {
        return network().parameters();
    }

    /** Logs the value of a scalar array; see {@link #log(String, double)}. */
    protected final void log(String name, NDArray scalar) {
        log(name, scalar.toType(DataType.FLOAT32, false).getFloat());
    }

    /**
     * Logs a metric, for streams to monitor and for the progress bar to show: in training the newest value, in validation
     * the mean over all batches, weighted by batch size.
     *
     * @throws IllegalStateException outside of a fit
     */
    protected final void log(String name, double value) {
        context("log").log(name, value);
    }

    /** Logs a metric that in training, too, is the mean over the epoch; known from the end of the epoch on. */
    protected final void logEpochMean(String name, double value) {
        context("logEpochMean").logEpochMean(name, value);
    }

    /** Index of the epoch that runs or has just run. */
    protected final int currentEpoch() {
        return context("currentEpoch").epoch();
    }

    /** Optimizer steps so far. */
    protected final long globalStep() {
        return context("globalStep").globalStep();
    }

    /**
     * A random generator of this name, whose state is saved and goes on when a run resumes. For the training thread; what a
     * data set draws on other threads is better had from {@link dev.rivulet.random.NamedRandoms#generatorAt}.
     */
    protected final RandomGenerator random(String name) {
        return context("random").random(name);
    }

    /**
     * What the module was made with, saved as {@code hyper_parameters}: {@code load_from_checkpoint} in Python passes them
     * to the module's constructor. None by default.
     *
     * @return texts, booleans, numbers, and lists and maps of such
     */
    protected Map<String, Object> hyperParameters() {
        return Map.of();
    }

    /** Frees the model's memory. */
    @Override
    public void close() {
        if (network != null) {
            network.close();
            network = null;
        }
    }

    /** The model, made from shapes when it is needed first. */
    final Network network(List<Shape> inputShapes) {
        if (network == null) {
            Shape[] declared = exampleInputShapes();
            List<Shape> shapes = declared.length > 0 ? List.of(declared) : inputShapes;
            network = new Network(configureModel(), shapes, this::parameterName);
        }
        return network;
    }

    final boolean hasWeights() {
        return network != null;
    }

    final boolean knowsInputShapes() {
        return hasWeights() || exampleInputShapes().length > 0;
    }

    final void attach(FitContext started) {
        if (context != null) {
            throw new IllegalStateException(getClass().getSimpleName() + " is being trained by another trainer.");
        }
        context = started;
    }

    final void detach() {
        context = null;
    }

    private Network network() {
        if (network == null) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " has no weights yet: train it with Trainer.fit, or load some with Checkpoints.load.");
        }
        return network;
    }

    private FitContext context(String method) {
        if (context == null) {
            throw new IllegalStateException(method + " has a meaning within Trainer.fit only.");
        }
        return context;
    }
}
