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
import dev.rivulet.transform.StatefulTransform;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A model and its training step. Subclasses define both; {@link Trainer} does the rest.
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
 * <p>{@code Adam} is {@link dev.rivulet.optim.Adam}: training resumes exactly from the state of the optimizers in that
 * package. To run code elsewhere in training, override the hooks of {@link ModelHooks}.
 *
 * <p>A module holds its weights in native memory from its first use until it is closed. The optimizers of
 * {@link dev.rivulet.optim} are closed at the end of the fit; the state of DJL's own optimizers is freed when the JVM
 * ends. Confined to one thread at a time.
 *
 * @since 0.1
 */
public abstract class LightningModule implements ModelHooks, AutoCloseable {
    private @Nullable Network network;
    private volatile @Nullable FitContext context;
    private List<AutoCloseable> fitted = List.of();

    /** For subclasses. */
    protected LightningModule() {}

    /**
     * Creates the model: any DJL block, not yet initialized.
     *
     * <p>Called on first use, and again on first use after {@link #close}.
     */
    protected abstract Block configureModel();

    /**
     * Creates the optimizer. Called once per fit.
     *
     * <p>Do not set DJL's {@code clipGrad}, which limits only positive gradients; use
     * {@link Trainer.Builder#gradientClipVal}.
     */
    protected abstract Optimizer configureOptimizers();

    /**
     * Computes the loss of a batch.
     *
     * @param batch data and labels; closed after the step with all arrays computed from it
     * @return a scalar
     * @throws Exception to end the run
     */
    protected abstract NDArray trainingStep(Batch batch, int batchIndex) throws Exception;

    /**
     * Computes and logs the metrics of a validation batch; does nothing by default.
     *
     * @throws Exception to end the run
     */
    protected void validationStep(Batch batch, int batchIndex) throws Exception {}

    /**
     * Shapes of the model's inputs, including the batch dimension.
     *
     * <p>By default the shapes of the first training batch, or those recorded in the checkpoint that is loaded.
     */
    protected Shape[] exampleInputShapes() {
        return new Shape[0];
    }

    /**
     * The name of a parameter in checkpoints, transforms and optimizer state.
     *
     * <p>By default its name in PyTorch, as in {@link dev.rivulet.tensor.ParameterNames}. Names must be distinct.
     * Called for each parameter when the model is created, and for each {@code num_batches_tracked} that PyTorch saves
     * with the statistics of a batch norm.
     *
     * <p>For example, a model that a Lightning module holds in its field {@code model} has these names:
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

    /** Applies the model to a batch: with gradients and dropout in a training step, without both anywhere else. */
    protected final NDList forward(NDList inputs) {
        return network().forward(inputs, context != null && context.isTrainingStep());
    }

    /**
     * Applies the model to inputs, without gradients and dropout.
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
     * The model's parameters and running statistics, by their names in checkpoints.
     *
     * <p>A shared parameter occurs once. The arrays are the live ones; do not assign another array to a parameter.
     *
     * @throws IllegalStateException if the model does not exist yet; a fit creates it after {@code setup}, loading
     *     creates it too
     */
    public final Map<String, Parameter> parameters() {
        return network().parameters();
    }

    /** Logs the value of a scalar array; see {@link #log(String, double)}. */
    protected final void log(String name, NDArray scalar) {
        log(name, scalar.toType(DataType.FLOAT32, false).getFloat());
    }

    /**
     * Logs a metric that streams can monitor and the progress bar shows.
     *
     * <p>Its value is the newest one in training, and the mean over all batches, weighted by batch size, in validation.
     *
     * @throws IllegalStateException outside of a fit
     */
    protected final void log(String name, double value) {
        context("log").log(name, value);
    }

    /** Logs a metric whose value is the mean over the epoch, also in training; available at the end of the epoch. */
    protected final void logEpochMean(String name, double value) {
        context("logEpochMean").logEpochMean(name, value);
    }

    /** Index of the current epoch, from 0; of the last one after training. */
    protected final int currentEpoch() {
        return context("currentEpoch").epoch();
    }

    /** Optimizer steps so far. */
    protected final long globalStep() {
        return context("globalStep").globalStep();
    }

    /**
     * A random generator whose state is saved and restored when a run resumes.
     *
     * <p>Use it on the training thread only; in a data set that loads on other threads, use
     * {@link dev.rivulet.random.NamedRandoms#generatorAt}.
     */
    protected final RandomGenerator random(String name) {
        return context("random").random(name);
    }

    /**
     * The module's hyperparameters, saved as {@code hyper_parameters}; none by default.
     *
     * <p>In Python, {@code load_from_checkpoint} passes them to the constructor of the module.
     *
     * @return strings, booleans, numbers, and lists and maps of these
     */
    protected Map<String, Object> hyperParameters() {
        return Map.of();
    }

    /**
     * Frees the model's memory, and closes the stateful transforms of the last fit that can be closed.
     *
     * @throws IllegalStateException during a fit, on any thread
     */
    @Override
    public void close() {
        if (context != null) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " cannot be closed while it is trained; close it after Trainer.fit has returned.");
        }
        free();
    }

    /** As {@link #close}, for the fit. */
    final void free() {
        if (network != null) {
            network.close();
            network = null;
        }
        List<AutoCloseable> closing = fitted;
        fitted = List.of();
        List<Exception> failures = new ArrayList<>();
        for (AutoCloseable transform : closing) {
            try {
                transform.close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            IllegalStateException failed = new IllegalStateException(
                    "A stateful transform of the module could not be closed: " + failures.get(0), failures.get(0));
            failures.subList(1, failures.size()).forEach(failed::addSuppressed);
            throw failed;
        }
    }

    /** Hands over the transforms of a fit, to be closed with the module. */
    final void closeLater(Collection<StatefulTransform> transforms) {
        fitted = transforms.stream()
                .filter(AutoCloseable.class::isInstance)
                .map(AutoCloseable.class::cast)
                .toList();
    }

    /** The model, created on first use. */
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
            throw new IllegalStateException(method + " can be called only during Trainer.fit.");
        }
        return context;
    }
}
