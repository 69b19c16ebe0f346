package dev.rivulet.internal.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.engine.LstmProbe;
import dev.rivulet.internal.engine.TorchEngine;
import dev.rivulet.tensor.ParameterNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Owns a block and its parameters. Names and shapes are immutable; the rest is for the training thread. */
public final class Network implements AutoCloseable {
    private final NDManager manager;
    private final Block block;
    private final List<Shape> inputShapes;
    private final ParameterStore store;
    private final ParameterNames names;
    private final Map<String, NDArray> arrays;

    /** Names, parameters and arrays in one order: to walk through thousands of them takes less time than in a map. */
    private final List<String> nameList;

    private final List<Parameter> parameterList;
    private final List<NDArray> arrayList;
    private final boolean accurateWithoutGradients;
    private final TorchScriptModules modules;

    /**
     * Initializes a block.
     *
     * @param inputShapes shapes of its inputs, batch dimension included
     * @param parameterName maps the PyTorch name of each parameter to its name
     * @throws IllegalArgumentException if it maps two parameters to the same name, or if DJL computes the block wrongly
     */
    public Network(Block block, List<Shape> inputShapes, UnaryOperator<String> parameterName) {
        requireComputable(block, "");
        this.manager = TorchEngine.get().newBaseManager();
        this.block = block;
        this.inputShapes = List.copyOf(inputShapes);
        this.store = new ParameterStore(manager, false);
        this.modules = new TorchScriptModules(block);
        try {
            keepOpen();
            block.initialize(manager, DataType.FLOAT32, inputShapes.toArray(Shape[]::new));
            this.names = ParameterNames.of(block, parameterName);
        } catch (Throwable failure) {
            manager.close();
            throw failure;
        }
        Map<String, NDArray> live = new LinkedHashMap<>();
        names.parameters().forEach((name, parameter) -> live.put(name, parameter.getArray()));
        this.arrays = Collections.unmodifiableMap(live);
        this.nameList = List.copyOf(live.keySet());
        this.parameterList = List.copyOf(names.parameters().values());
        this.arrayList = List.copyOf(live.values());
        this.accurateWithoutGradients = !manager.getDevice().equals(Device.cpu()) || LstmProbe.isAccurate(block);
    }

    /**
     * Takes what was loaded before, until {@link #close}: a DJL model that nobody refers to any more closes its block
     * and arrays when the JVM collects garbage.
     */
    private void keepOpen() {
        modules.keepOpen();
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.isInitialized()) {
                parameter.getArray().tempAttach(manager);
            }
        }
    }

    /**
     * Refuses recurrent blocks that are bidirectional and have biases: DJL passes their parameters to libtorch in
     * another order than that in which libtorch reads them.
     */
    private static void requireComputable(Block block, String path) {
        if (block instanceof RecurrentBlock) {
            List<String> parameters = block.getDirectParameters().keys();
            if (parameters.stream().anyMatch(name -> name.startsWith("r_"))
                    && parameters.stream().anyMatch(name -> name.endsWith("BIAS"))) {
                throw new IllegalArgumentException("The " + block.getClass().getSimpleName()
                        + (path.isEmpty() ? "" : " \"" + path.substring(1) + "\"")
                        + " is bidirectional and has biases. DJL passes the parameters of such a block to libtorch in a"
                        + " wrong order: the results are wrong, and the JVM may end. Build it with"
                        + " optHasBiases(false), or of two blocks for one direction each.");
            }
        }
        block.getChildren().forEach(child -> requireComputable(child.getValue(), path + "/" + child.getKey()));
    }

    public NDManager manager() {
        return manager;
    }

    Block block() {
        return block;
    }

    public List<Shape> inputShapes() {
        return inputShapes;
    }

    /** All parameters, by dotted name. */
    public Map<String, Parameter> parameters() {
        return names.parameters();
    }

    /** The dotted names of all parameters, in order. */
    public List<String> parameterNames() {
        return nameList;
    }

    /** Names of the parameters that are not frozen. */
    public Set<String> trained() {
        Set<String> trained = new LinkedHashSet<>(nameList);
        trained.removeAll(Set.copyOf(frozen()));
        return trained;
    }

    /** Names of the frozen parameters. */
    public List<String> frozen() {
        List<String> frozen = new ArrayList<>();
        for (int i = 0; i < nameList.size(); i++) {
            if (!parameterList.get(i).requiresGradient()) {
                frozen.add(nameList.get(i));
            }
        }
        return frozen;
    }

    /** Aliases of shared parameters, each mapped to the name in {@link #parameters}. */
    public Map<String, String> aliases() {
        return names.aliases();
    }

    /** The names of all parameters. */
    public ParameterNames names() {
        return names;
    }

    /** The live arrays of all parameters, by dotted name. */
    public Map<String, NDArray> arrays() {
        return arrays;
    }

    /**
     * Checks that the model still uses the same arrays.
     *
     * @throws IllegalStateException if a parameter has another array, for example after loading into the block
     */
    public void requireSameArrays() {
        for (int i = 0; i < nameList.size(); i++) {
            if (parameterList.get(i).getArray() != arrayList.get(i)) {
                throw new IllegalStateException(
                        "The parameter \"" + nameList.get(i) + "\" was replaced during the fit, so that training and"
                                + " saving would not use the model's weights. Load weights before the fit:"
                                + " in configureModel, or with Checkpoints.load.");
            }
        }
    }

    /**
     * Checks that the model can be trained.
     *
     * @throws IllegalArgumentException if a TorchScript module in it cannot
     */
    public void requireTrainable() {
        modules.requireFrozen();
        modules.requireConstant();
    }

    /**
     * The block's output, with gradients recorded if the thread records them.
     *
     * @throws IllegalArgumentException if libtorch cannot compute it, and the message names the shapes of the inputs;
     *     in training, if a TorchScript module is not frozen any more
     */
    public NDList forward(NDList inputs, boolean training) {
        if (training) {
            modules.requireFrozen();
        }
        try {
            return accurateWithoutGradients || JniUtils.isGradMode()
                    ? block.forward(store, inputs, training)
                    : forwardRecorded(inputs, training);
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    "The model cannot compute inputs of the shapes " + Arrays.toString(inputs.getShapes())
                            + "; it was initialized for " + inputShapes
                            + ", where the first dimension is that of the batch. libtorch says: " + firstLine(e),
                    e);
        }
    }

    /** What libtorch says, without its stack trace. */
    public static String firstLine(EngineException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /** Runs with gradients recorded, and discards them. */
    private NDList forwardRecorded(NDList inputs, boolean training) {
        GradientMode mode = GradientMode.on();
        try {
            NDList outputs = new NDList();
            for (NDArray recorded : block.forward(store, inputs, training)) {
                NDArray output = recorded.stopGradient();
                output.setName(recorded.getName());
                outputs.add(output);
            }
            return outputs;
        } finally {
            mode.restore();
        }
    }

    @Override
    public void close() {
        modules.close();
        manager.close();
    }
}
