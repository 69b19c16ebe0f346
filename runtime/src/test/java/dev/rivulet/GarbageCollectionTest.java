package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.BertPretrainingLoss;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.loss.TabNetRegressionLoss;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Garbage;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.optim.SGD;
import dev.rivulet.testing.ResumeVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Gradients are the same whether or not the JVM collects garbage between the forward and the backward pass. */
@Tag("slow")
class GarbageCollectionTest extends FitTestCase {

    /** What is trained; batches are from {@link Points}. */
    private record Case(String name, Supplier<Block> block, Inputs inputs, Evaluation loss) {}

    private interface Inputs {
        NDList of(Batch batch);
    }

    private interface Evaluation {
        NDArray loss(Batch batch, NDList outputs);
    }

    private static final class CaseModule extends PlaneModule {
        private final Case tested;
        private final Runnable betweenPasses;
        final List<float[]> gradients = new ArrayList<>();

        CaseModule(Case tested, Runnable betweenPasses) {
            this.tested = tested;
            this.betweenPasses = betweenPasses;
        }

        @Override
        protected Block configureModel() {
            return tested.block().get();
        }

        @Override
        protected Shape[] exampleInputShapes() {
            try (NDManager scratch = NDManager.newBaseManager();
                    Batch batch =
                            Points.of(scratch, 4, 4).getData(scratch).iterator().next()) {
                return tested.inputs().of(batch).getShapes();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected NDArray loss(Batch batch) {
            return tested.loss().loss(batch, forward(tested.inputs().of(batch)));
        }

        @Override
        protected Optimizer configureOptimizers() {
            return SGD.builder().lr(0.05).momentum(0.9).build();
        }

        @Override
        public void onBeforeBackward(NDArray loss) {
            betweenPasses.run();
        }

        @Override
        public void onAfterBackward() {
            parameters().values().stream()
                    .filter(parameter -> parameter.requiresGradient())
                    .forEach(parameter -> {
                        try (NDArray gradient = parameter.getArray().getGradient()) {
                            gradients.add(gradient.toFloatArray());
                        }
                    });
        }
    }

    @TestFactory
    List<DynamicTest> gradientsAreTheSameWithAndWithoutCollections() {
        return cases().stream()
                .map(tested -> DynamicTest.dynamicTest(tested.name(), () -> requireSameGradients(tested)))
                .toList();
    }

    private void requireSameGradients(Case tested) {
        List<float[]> undisturbed = gradients(new CaseModule(tested, () -> {}));

        assertThat(gradients(new CaseModule(tested, Garbage::collect)))
                .isNotEmpty()
                .containsExactlyElementsOf(undisturbed);
    }

    private List<float[]> gradients(CaseModule module) {
        try (module) {
            Trainer.builder()
                    .maxSteps(2)
                    .seed(1)
                    .enableCheckpointing(false)
                    .build()
                    .fit(module, points);
            return module.gradients;
        }
    }

    @TestFactory
    List<DynamicTest> resumesExactlyWithCollections() {
        return cases().stream()
                .filter(tested -> List.of("bert", "gated units", "relu6").contains(tested.name()))
                .map(tested -> DynamicTest.dynamicTest(
                        tested.name(),
                        () -> ResumeVerifier.of(
                                        () -> new CaseModule(tested, Garbage::collect),
                                        () -> Trainer.builder().maxSteps(4).seed(1),
                                        () -> points)
                                .stopAt(2)
                                .run()
                                .requireExact()))
                .toList();
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>(activations());
        cases.addAll(losses());
        cases.addAll(arrays());
        cases.addAll(blocks());
        return cases;
    }

    private static List<Case> activations() {
        return List.of(
                activation("relu", Activation::relu),
                activation("relu6", Activation::relu6),
                activation("sigmoid", Activation::sigmoid),
                activation("tanh", Activation::tanh),
                activation("softPlus", Activation::softPlus),
                activation("softSign", Activation::softSign),
                activation("leakyRelu", array -> Activation.leakyRelu(array, 0.1f)),
                activation("elu", array -> Activation.elu(array, 0.5f)),
                activation("selu", Activation::selu),
                activation("gelu", Activation::gelu),
                activation("swish", array -> Activation.swish(array, 0.5f)),
                activation("mish", Activation::mish));
    }

    private static Case activation(String name, UnaryOperator<NDArray> function) {
        return new Case(
                name,
                () -> net(function),
                Batch::getData,
                (batch, outputs) -> outputs.head().mean());
    }

    private static Block net(UnaryOperator<NDArray> function) {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(5).build())
                .add(LambdaBlock.singleton(function))
                .add(Linear.builder().setUnits(1).build());
    }

    private static List<Case> losses() {
        return List.of(
                loss("l1", Loss.l1Loss()),
                loss("l2", Loss.l2Loss()),
                loss("quantile", Loss.quantileL1Loss(0.3f)),
                loss("hinge", Loss.hingeLoss("hinge", 1, 0.7f)),
                loss("sigmoid cross entropy", Loss.sigmoidBinaryCrossEntropyLoss()),
                new Case(
                        "sigmoid cross entropy of probabilities",
                        () -> net(Activation::sigmoid),
                        Batch::getData,
                        (batch, outputs) -> new SigmoidBinaryCrossEntropyLoss("probabilities", 0.7f, true)
                                .evaluate(batch.getLabels(), new NDList(Activation.sigmoid(outputs.head())))),
                loss("softmax cross entropy", new SoftmaxCrossEntropyLoss("softmax", 0.7f, -1, false, true)),
                new Case(
                        "tabnet regression",
                        () -> net(Activation::tanh),
                        Batch::getData,
                        (batch, outputs) -> new TabNetRegressionLoss()
                                .evaluate(
                                        batch.getLabels(),
                                        new NDList(
                                                outputs.head(), outputs.head().mul(0.01f)))),
                new Case("weight decay", () -> net(Activation::tanh), Batch::getData, (batch, outputs) -> {
                    NDList weights = new NDList(outputs.head());
                    return NDArrays.add(
                            Loss.l1WeightedDecay("l1", 0.3f, weights).evaluate(batch.getLabels(), outputs),
                            Loss.l2WeightedDecay("l2", 0.3f, weights).evaluate(batch.getLabels(), outputs),
                            Loss.elasticNetWeightedDecay("elastic", 0.3f, 0.7f, weights)
                                    .evaluate(batch.getLabels(), outputs));
                }));
    }

    private static Case loss(String name, Loss loss) {
        return new Case(
                name,
                () -> net(Activation::tanh),
                Batch::getData,
                (batch, outputs) -> loss.evaluate(batch.getLabels(), outputs));
    }

    /** What a user's loss may compute with. */
    private static List<Case> arrays() {
        return List.of(
                array(
                        "numbers",
                        output -> output.mul(3)
                                .div(0.7)
                                .pow(2L)
                                .minimum(40f)
                                .maximum(0.01f)
                                .add(1)
                                .sub(0.5)
                                .clip(0.1, 30)),
                array(
                        "a number as the first operand",
                        output -> NDArrays.div(2f, NDArrays.add(3, output.square()))
                                .add(NDArrays.sub(1f, output).mul(NDArrays.mul(2, output)))
                                .add(NDArrays.pow(2.0, output))),
                array("a closed array", output -> {
                    try (NDArray factors = output.getManager().create(new float[] {1, 2, 3, 4}, new Shape(4, 1))) {
                        return output.mul(factors);
                    }
                }),
                array("a view of a closed array", output -> {
                    try (NDArray factors = output.getManager().create(new float[] {1, 2, 3, 4})) {
                        return output.mul(factors.reshape(4, 1));
                    }
                }),
                array("a closed array that was filled later", output -> {
                    try (NDArray factors = output.getManager().create(new Shape(4, 1))) {
                        factors.set(new float[] {1, 2, 3, 4});
                        return output.mul(factors);
                    }
                }),
                array("a closed copy of another array", output -> {
                    try (NDArray numbers = output.getManager().create(new float[] {1, 2, 3, 4});
                            NDArray factors = output.getManager().create(new Shape(4, 1))) {
                        numbers.copyTo(factors);
                        return output.mul(factors);
                    }
                }),
                array("a closed array of bytes", output -> {
                    try (NDArray factors = output.getManager().create(new byte[][] {{1}, {2}, {3}, {4}})) {
                        return output.mul(factors);
                    }
                }),
                array("a decoded array", output -> {
                    byte[] encoded = new NDList(output.getManager().create(new float[] {1, 2, 3, 4})).encode();
                    try (NDList decoded = NDList.decode(output.getManager(), encoded)) {
                        return output.mul(decoded.head().reshape(4, 1));
                    }
                }),
                new Case("a closed label", () -> net(Activation::tanh), Batch::getData, (batch, outputs) -> {
                    try (NDList labels = batch.getLabels()) {
                        return Loss.l2Loss().evaluate(labels, outputs);
                    }
                }));
    }

    private static Case array(String name, UnaryOperator<NDArray> function) {
        return new Case(
                name,
                () -> net(Activation::tanh),
                Batch::getData,
                (batch, outputs) -> function.apply(outputs.head()).mean());
    }

    private static List<Case> blocks() {
        return List.of(
                new Case(
                        "gated units",
                        GarbageCollectionTest::gatedUnits,
                        Batch::getData,
                        (batch, outputs) -> Loss.l2Loss().evaluate(batch.getLabels(), outputs)),
                new Case(
                        "inverted residual",
                        GarbageCollectionTest::invertedResidual,
                        batch -> new NDList(batch.getData().head().repeat(1, 18).reshape(4, 1, 6, 6)),
                        (batch, outputs) -> outputs.head().square().mean()),
                new Case(
                        "bert",
                        () -> new BertPretrainingBlock(BertBlock.builder()
                                .setTokenDictionarySize(9)
                                .optMaxSequenceLength(4)
                                .optEmbeddingSize(8)
                                .optTransformerBlockCount(1)
                                .optAttentionHeadCount(2)
                                .optHiddenSize(8)),
                        GarbageCollectionTest::sentences,
                        (batch, outputs) -> new BertPretrainingLoss().evaluate(words(batch), outputs)));
    }

    /** As in TabNet: a gated linear unit, scaled by √½, with a sparse mask. */
    private static Block gatedUnits() {
        Block unit = new SequentialBlock()
                .add(Linear.builder().setUnits(6).build())
                .add(BatchNorm.builder().build())
                .add(LambdaBlock.singleton(both -> both.get(":,:3").mul(Activation.sigmoid(both.get(":,3:")))));
        return new SequentialBlock()
                .add(unit)
                .add(new ParallelBlock(
                        outputs -> new NDList(
                                outputs.get(0).head().add(outputs.get(1).head()).mul(Math.sqrt(0.5))),
                        List.of(
                                Linear.builder().setUnits(3).build(),
                                new SequentialBlock()
                                        .add(Linear.builder().setUnits(3).build())
                                        .add(new SparseMax()))))
                .add(Linear.builder().setUnits(1).build());
    }

    /** As in MobileNetV2. */
    private static Block invertedResidual() {
        return new SequentialBlock()
                .add(convolution(4, 1, 1))
                .add(BatchNorm.builder().build())
                .add(Activation::relu6)
                .add(convolution(4, 3, 4))
                .add(BatchNorm.builder().build())
                .add(Activation::relu6)
                .add(convolution(2, 1, 1));
    }

    private static Block convolution(int filters, int kernel, int groups) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optGroups(groups)
                .optBias(false)
                .build();
    }

    private static NDList sentences(Batch batch) {
        NDManager memory = batch.getManager();
        NDArray tokens = batch.getData().head().repeat(1, 2).mul(8).toType(DataType.INT64, false);
        return new NDList(
                tokens,
                tokens.zerosLike(),
                memory.ones(new Shape(4, 4)),
                memory.create(new long[] {0, 1, 0, 2, 1, 3, 2, 3}, new Shape(4, 2)));
    }

    /** Whether each sentence follows, the words behind the masks, and whether there is one. */
    private static NDList words(Batch batch) {
        NDManager memory = batch.getManager();
        return new NDList(
                memory.create(new long[] {0, 1, 1, 0}),
                memory.create(new long[] {0, 1, 2, 3, 4, 5, 6, 7}, new Shape(4, 2)),
                memory.ones(new Shape(4, 2)));
    }
}
