package dev.rivulet.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.PairList;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;

/** Time that the trainer adds to a step: a whole fit of a small net compared with DJL calls written by hand. */
final class LoopOverhead {
    static final int STEPS = 2000;
    static final int WIDTH = 64;
    private static final int CLASSES = 10;
    private static final int BATCH_SIZE = 32;
    private static final int WARM_UPS = 8;
    private static final int PAIRS = 31;
    private static final Shape INPUT = new Shape(BATCH_SIZE, WIDTH);

    private LoopOverhead() {}

    /** Durations of {@link #STEPS} steps: the baseline by hand, the measured program by the trainer. */
    static PairedRuns measure() throws Exception {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
                PreparedBatches batches = new PreparedBatches(manager, STEPS, BATCH_SIZE, WIDTH, CLASSES)) {
            return PairedRuns.of(() -> byHand(batches), () -> byTrainer(batches), WARM_UPS, PAIRS);
        }
    }

    private static void byTrainer(PreparedBatches batches) {
        try (SmallModule module = new SmallModule()) {
            Trainer.builder()
                    .maxEpochs(1)
                    .enableCheckpointing(false)
                    .enableProgressBar(false)
                    .build()
                    .fit(module, batches);
        }
    }

    private static void byHand(PreparedBatches batches) {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            Block net = net();
            net.initialize(manager, DataType.FLOAT32, INPUT);
            PairList<String, Parameter> parameters = net.getParameters();
            ParameterStore store = new ParameterStore(manager, false);
            Loss crossEntropy = Loss.softmaxCrossEntropyLoss();
            Optimizer adam = Optimizer.adam().build();
            for (Batch batch : batches.getData(manager)) {
                try (batch) {
                    try (GradientCollector gradients = manager.getEngine().newGradientCollector()) {
                        NDList output = net.forward(store, batch.getData(), true);
                        gradients.backward(crossEntropy.evaluate(batch.getLabels(), output));
                    }
                    for (int i = 0; i < parameters.size(); i++) {
                        NDArray weight = parameters.valueAt(i).getArray();
                        try (NDArray gradient = weight.getGradient()) {
                            adam.update(parameters.keyAt(i), weight, gradient);
                        }
                    }
                }
            }
        }
    }

    private static Block net() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(WIDTH).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(CLASSES).build());
    }

    private static final class SmallModule extends LightningModule {
        private final Loss crossEntropy = Loss.softmaxCrossEntropyLoss();

        @Override
        protected Block configureModel() {
            return net();
        }

        @Override
        protected Optimizer configureOptimizers() {
            return Optimizer.adam().build();
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            return crossEntropy.evaluate(batch.getLabels(), forward(batch.getData()));
        }

        @Override
        protected Shape[] exampleInputShapes() {
            return new Shape[] {INPUT};
        }
    }
}
