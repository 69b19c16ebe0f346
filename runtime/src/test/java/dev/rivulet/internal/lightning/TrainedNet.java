package dev.rivulet.internal.lightning;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Batches;
import dev.rivulet.internal.loop.LoopProgress.Epochs;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.loop.LoopProgress.Validation;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.optim.GradientClipping;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedules;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.optim.TorchOptimizer;
import dev.rivulet.tensor.ParameterNames;
import dev.rivulet.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** The network of {@code lightning_runs.py}, trained by a minimal loop. */
final class TrainedNet implements AutoCloseable {
    static final int BATCHES = 8;
    private static final int BATCH_SIZE = 8;

    private final InteropCase settings;
    private final NDManager manager = Engine.getInstance().newBaseManager();
    private final ParameterStore store = new ParameterStore(manager, false);
    private final Block net;
    private final Map<String, Parameter> parameters;
    private final TorchOptimizer optimizer;
    private final OptimizerStep step;
    private final LrSchedules schedules;
    private final NDArray x;
    private final NDArray y;
    private int epoch;
    private int nextBatch;
    private long globalStep;
    private double lastLoss;

    TrainedNet(InteropCase settings, Map<String, Tensor> data) {
        this.settings = settings;
        net = new NamedBlock(settings.layers());
        net.initialize(manager, DataType.FLOAT32, new Shape(BATCH_SIZE, 4));
        parameters = ParameterNames.of(net).parameters();
        optimizer = settings.optimizer();
        step = new OptimizerStep(optimizer, parameters, GradientClipping.NONE);
        schedules = optimizer.schedules();
        x = NDArrays.create(manager, Objects.requireNonNull(data.get("x")));
        y = NDArrays.create(manager, Objects.requireNonNull(data.get("y")));
    }

    /** Trains on the next batches, and ends complete epochs. */
    List<ObservedBatch> train(int batches) {
        List<ObservedBatch> observed = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            if (nextBatch == BATCHES) {
                endEpoch();
            }
            double learningRate = optimizer.paramGroups().get(0).learningRate();
            long before = globalStep;
            lastLoss = trainOn(nextBatch);
            observed.add(new ObservedBatch(epoch, nextBatch, before, learningRate, lastLoss));
            nextBatch++;
        }
        return observed;
    }

    /** Completes the epoch as far as the position requires. */
    void reach(Position position) {
        if (position == Position.TRAIN_END) {
            endEpoch();
        }
    }

    private void endEpoch() {
        schedules.stepOnPlateau(LrInterval.EPOCH, epoch, name -> OptionalDouble.of(lastLoss));
        epoch++;
        nextBatch = 0;
    }

    private double trainOn(int index) {
        boolean last = index + 1 == BATCHES;
        int first = (index + 3 * epoch) % BATCHES * BATCH_SIZE;
        String rows = first + ":" + (first + BATCH_SIZE);
        double value;
        try (NDManager scratch = manager.newSubManager();
                GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
            NDArray input = x.get(rows);
            NDArray target = y.get(rows);
            input.attach(scratch);
            target.attach(scratch);
            NDArray output = net.forward(store, new NDList(input), true).singletonOrThrow();
            NDArray loss = output.sub(target).square().mean();
            value = loss.getFloat();
            if (index % settings.accumulated() == 0) {
                step.zeroGradients();
            }
            gradients.backward(settings.accumulated() == 1 ? loss : loss.div(settings.accumulated()));
        }
        if (last || (index + 1) % settings.accumulated() == 0) {
            step.step();
            globalStep++;
            schedules.step(LrInterval.STEP, index);
        }
        if (last) {
            schedules.step(LrInterval.EPOCH, epoch);
        }
        return value;
    }

    /** The training state at this position. */
    TrainingState state(Position position) {
        boolean atEnd = position == Position.TRAIN_END;
        int done = atEnd ? BATCHES : nextBatch;
        int running = atEnd ? epoch - 1 : epoch;
        boolean counted = atEnd || position == Position.EPOCH_END;
        LoopProgress progress = new LoopProgress(
                position,
                globalStep,
                new Epochs(running, counted ? running + 1 : running),
                new Batches(done - 1, done == BATCHES, BATCHES, (long) running * BATCHES + done),
                new Validation(done % 4 == 0, running > 0 || done > 4 || position == Position.VALIDATION_END),
                false);
        return new TrainingState(progress, List.of(optimizer.stateDict()), schedules.stateDicts(), Map.of(), Map.of());
    }

    /** Loads a state whose tensors are in memory. */
    void load(TrainingState state, Map<String, Tensor> weights) {
        parameters.forEach(
                (name, parameter) -> NDArrays.write(Objects.requireNonNull(weights.get(name)), parameter.getArray()));
        optimizer.loadStateDict(state.optimizerStates().get(0));
        schedules.loadStateDicts(state.lrSchedulers());
        LoopProgress progress = state.progress();
        epoch = progress.epoch();
        nextBatch = progress.batchIndex() + 1;
        globalStep = progress.globalStep();
        if (progress.position() == Position.TRAIN_END) {
            epoch++;
            nextBatch = 0;
        }
    }

    /** The content of {@code state_dict}. */
    TorchValue weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (LiveTensors live = new LiveTensors()) {
            parameters.forEach((name, parameter) ->
                    weights.put(name, live.view(parameter.getArray()).copy()));
        }
        Map<String, TorchValue> values = new LinkedHashMap<>();
        weights.forEach((name, weight) -> values.put(name, dev.rivulet.internal.format.torch.TorchTensor.of(weight)));
        return TorchValue.Dict.ordered(values);
    }

    @Override
    public void close() {
        step.close();
        manager.close();
    }
}
