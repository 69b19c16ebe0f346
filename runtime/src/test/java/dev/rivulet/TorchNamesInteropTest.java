package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

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
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.fixture.BlockCase;
import dev.rivulet.fixture.ExternalFile;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TiedBlock;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.file.TensorKind;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.ParameterNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exchanges weights with PyTorch's modules and computes with them on both sides. Skipped without Python. */
class TorchNamesInteropTest {
    private static final double TOLERANCE = 1e-5;

    private final NDManager manager = NDManager.newBaseManager();

    @TempDir
    Path folder;

    @BeforeAll
    static void requirePython() {
        Python.assumeHas("torch", "safetensors");
    }

    @BeforeEach
    void seed() {
        Engine.getInstance().setRandomSeed(1);
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @Test
    void bothSidesComputeTheSameWithEachOthersWeights() throws IOException {
        List<BlockCase> cases = BlockCase.all();
        List<NDList> inputs = new ArrayList<>();
        for (BlockCase each : cases) {
            inputs.add(each.inputs(manager));
            save(each.name(), each.block(), inputs.get(inputs.size() - 1), false);
        }
        Files.write(
                folder.resolve("cases.txt"), cases.stream().map(BlockCase::line).toList());

        List<String> lines = Python.run("torch_names.py", "exchange", folder.toString());

        assertThat(lines).hasSameSizeAs(cases);
        for (int i = 0; i < cases.size(); i++) {
            BlockCase each = cases.get(i);
            assertThat(lines.get(i)).startsWith(each.name() + " ");
            assertThat(greatestDifference(lines.get(i))).as(lines.get(i)).isLessThanOrEqualTo(TOLERANCE);
            assertThat(names(each.block())).isEqualTo(names(lines.get(i)));

            Checkpoints.load(file(each.name() + "-python"), each.block(), manager);

            NDArray theirs = ExternalFile.read(file(each.name() + "-python-run"), "output", manager);
            NDArray ours = forward(each.block(), inputs.get(i), false);
            assertThat(difference(ours, theirs)).as(lines.get(i)).isLessThanOrEqualTo(TOLERANCE);
        }
    }

    private static double greatestDifference(String line) {
        return Double.parseDouble(line.split(" ", -1)[1]);
    }

    /** The names that Python lists, without batch counters, which DJL does not have. */
    private static List<String> names(String line) {
        return Arrays.stream(line.split(" ", -1))
                .skip(2)
                .filter(name -> !name.contains("num_batches_tracked"))
                .toList();
    }

    private static List<String> names(Block block) {
        List<String> names = new ArrayList<>();
        weights(block)
                .forEach((name, array) ->
                        names.add(name + TensorKind.of(array).shape().toString().replace(" ", "")));
        return names;
    }

    @ParameterizedTest
    @EnumSource(names = {"CKPT", "SAFETENSORS"})
    void pythonComputesTheSameWithSavedWeights(CheckpointFormat format) throws IOException {
        try (NestedModule module = new NestedModule()) {
            FitResult result = Trainer.builder().maxEpochs(1).seed(1).defaultRootDir(folder).stream(
                            "original", policy -> policy.format(format))
                    .build()
                    .fit(module, Points.of(manager, 16, 4));
            Path saved = result.stream("original").bestModelPath();
            Files.copy(saved, folder.resolve("net" + (format == CheckpointFormat.CKPT ? ".ckpt" : ".safetensors")));
            NDArray input = manager.randomNormal(new Shape(3, 2));
            NDArray output = module.predict(new NDList(input)).head();
            ExternalFile.write(file("net-run"), Map.of("input0", input, "output", output));
        }
        Files.writeString(folder.resolve("cases.txt"), "net\tNested()\n");

        List<String> lines = Python.run("torch_names.py", "exchange", folder.toString());

        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(greatestDifference(line)).as(line).isLessThanOrEqualTo(TOLERANCE));
        try (NestedModule module = new NestedModule()) {
            LiveNetwork.of(module, new Shape(1, 2));
            Checkpoints.load(file("net-python"), module);
        }
    }

    /** Has the parameter names of a Lightning module with its network in the field {@code model}. */
    private static final class NestedModule extends PlaneModule {
        @Override
        protected Block configureModel() {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(4).build())
                    .add(BatchNorm.builder().build())
                    .add(Activation::relu)
                    .add(Linear.builder().setUnits(1).build());
        }

        @Override
        protected String parameterName(String name) {
            return "model." + name;
        }
    }

    @Test
    void momentumIsOneMinusThatOfPyTorch() throws IOException {
        save(
                "norm",
                BatchNorm.builder().optMomentum(0.75f).build(),
                new NDList(manager.randomNormal(new Shape(8, 3))),
                true);
        Files.writeString(folder.resolve("cases.txt"), "norm\tnn.BatchNorm1d(3, momentum=0.25)\n");

        List<String> lines = Python.run("torch_names.py", "train", folder.toString());

        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(greatestDifference(line)).as(line).isLessThanOrEqualTo(TOLERANCE));
    }

    @Test
    void pythonFillsAModuleWithASharedLayer() throws IOException {
        save("tied", new TiedBlock(), new NDList(manager.randomNormal(new Shape(1, 2))), false);

        List<String> lines = Python.run("torch_names.py", "tied", folder.toString());

        assertThat(lines)
                .containsExactly(
                        "load_model [] []", "not strict ['decoder.weight', 'decoder.bias'] []", "strict refused");
        for (String written : List.of("one-name.safetensors", "all-names.safetensors", "all-names.pt")) {
            Block block = new TiedBlock();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
            Checkpoints.load(folder.resolve(written), block, manager);
            assertThat(weights(block).get("encoder.weight"))
                    .as(written)
                    .isEqualTo(ExternalFile.read(file("tied"), "encoder.weight", manager));
        }
    }

    private void save(String name, Block block, NDList inputs, boolean training) throws IOException {
        Initializer positive = (m, shape, type) -> m.randomUniform(0.5f, 1.5f, shape, type);
        Initializer normal = (m, shape, type) -> m.randomNormal(0, 0.5f, shape, type);
        block.setInitializer(normal, parameter -> true);
        block.setInitializer(positive, Parameter.Type.RUNNING_VAR);
        block.initialize(manager, DataType.FLOAT32, inputs.getShapes());
        ExternalFile.write(file(name), weights(block));
        Map<String, NDArray> run = new LinkedHashMap<>();
        for (NDArray input : inputs) {
            run.put("input" + run.size(), input);
        }
        run.put("output", forward(block, inputs, training));
        ExternalFile.write(file(name + "-run"), run);
        ExternalFile.write(file(name + "-trained"), weights(block));
    }

    private static Map<String, NDArray> weights(Block block) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        ParameterNames.of(block).parameters().forEach((name, parameter) -> weights.put(name, parameter.getArray()));
        return weights;
    }

    /** Records gradients: without them, libtorch 2.7.1 computes an LSTM of so few units wrongly with AVX-512. */
    private static NDArray forward(Block block, NDList inputs, boolean training) {
        GradientMode mode = GradientMode.on();
        try {
            // A copy of the list, because recurrent blocks add their initial state to it.
            return block.forward(new ParameterStore(inputs.getManager(), false), new NDList(inputs), training)
                    .head();
        } finally {
            mode.restore();
        }
    }

    private static double difference(NDArray actual, NDArray expected) {
        return actual.sub(expected).abs().div(expected.abs().maximum(1)).max().getFloat();
    }

    private Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }
}
