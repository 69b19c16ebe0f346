package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.rivulet.checkpoint.ArchitectureMismatchException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads saved checkpoints. */
class LoadingTest extends FitTestCase {
    private final Map<String, List<Float>> trained = new HashMap<>();

    @BeforeEach
    void train() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("half", (weights, context) -> weights.to(Dtype.BF16))
                    .transform("tail", (weights, context) -> {
                        context.putTensor("scale", context.manager().create(0.5f));
                        context.putMetadata("unit", "metre");
                        return weights;
                    })
                    .onSave("transformed", checkpoint -> checkpoint.put("class_names", List.of("low", "high")));
            fit(module);
            trained.putAll(Weights.live(module));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"original", "transformed", "averaged", "half", "tail"})
    void aNewModuleLoadsTheWeightsOfAnyStream(String stream) throws IOException {
        try (TransformingModule module = Checkpoints.load(file(stream, 1), new TransformingModule())) {
            assertThat(Weights.live(module)).isEqualTo(expected(stream));
            NDList output = module.predict(new NDList(manager.ones(new Shape(1, 2))));
            assertThat(output.singletonOrThrow().getDataType()).isEqualTo(DataType.FLOAT32);
        }
    }

    private Map<String, List<Float>> expected(String stream) {
        Map<String, List<Float>> inFile = Weights.in(file(stream, 1));
        inFile.remove("scale");
        switch (stream) {
            case "half" ->
                inFile.forEach((name, values) -> assertThat(values)
                        .allSatisfy(value ->
                                assertThat(Float.floatToIntBits(value) & 0xffff).isZero()));
            case "transformed" -> assertThat(inFile).isEqualTo(Weights.times(trained, 0.5f));
            default -> assertThat(inFile).isEqualTo(trained);
        }
        return inFile;
    }

    @Test
    void aModuleWithWeightsLoadsOthers() throws IOException {
        try (TransformingModule module = new TransformingModule()) {
            trainer().seed(2).enableCheckpointing(false).build().fit(module, points);

            Checkpoints.load(file("original", 1), module);

            assertThat(Weights.live(module)).isEqualTo(trained);
        }
    }

    @Test
    void aPlainBlockIsInitializedAndFilled() throws IOException {
        Block block = Linear.builder().setUnits(1).build();

        Checkpoints.load(file("original", 1), block, manager);

        assertThat(weightOf(block)).isEqualTo(trained.get("weight"));
    }

    @Test
    void aPlainBlockThatIsInitializedIsFilled() throws IOException {
        Block block = Linear.builder().setUnits(1).build();
        block.initialize(manager, DataType.FLOAT32, new Shape(7, 2));

        Checkpoints.load(file("half", 1), block, manager);

        assertThat(weightOf(block)).isEqualTo(Weights.in(file("half", 1)).get("weight"));
    }

    private static List<Float> weightOf(Block block) {
        NDArray weight = block.getDirectParameters().get("weight").getArray();
        return List.of(weight.toFloatArray()[0], weight.toFloatArray()[1]);
    }

    @Test
    void anotherArchitectureIsRefusedAndNothingIsLoaded() {
        Block deeper = new SequentialBlock()
                .add(Linear.builder().setUnits(3).build())
                .add(Linear.builder().setUnits(1).build());
        Block wider = Linear.builder().setUnits(1).build();
        wider.initialize(manager, DataType.FLOAT32, new Shape(1, 5));
        wider.getDirectParameters().get("weight").getArray().set(new float[] {9, 9, 9, 9, 9});

        assertThatThrownBy(() -> Checkpoints.load(file("original", 1), deeper, manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(file("original", 1) + " does not fit the model:\n"
                        + "  0.weight is missing\n  0.bias is missing\n  1.weight is missing\n  1.bias is missing\n"
                        + "  weight is not in the model\n  and 1 more.");
        assertThatThrownBy(() -> Checkpoints.load(file("original", 1), wider, manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(file("original", 1) + " does not fit the model:\n"
                        + "  weight is F32[1, 2] in the file, F32[1, 5] in the model");
        assertThat(wider.getDirectParameters().get("weight").getArray().toFloatArray())
                .containsOnly(9);
    }

    @Test
    void quantizedWeightsAreRefusedBeforeAnyIsLoaded() throws IOException {
        Path quantized = directory.resolve("quantized.safetensors");
        Tensor bias = Tensor.of(Dtype.F32, TensorShape.of(1), ByteBuffer.allocate(4));
        Tensor weight = Tensor.of(Dtype.I8, TensorShape.of(1, 2), ByteBuffer.allocate(2));
        try (FileChannel channel =
                FileChannel.open(quantized, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.of(Map.of("bias", bias, "weight", weight), Map.of())
                    .writeTo(channel);
        }
        Block block = Linear.builder().setUnits(1).build();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        block.getDirectParameters().get("bias").getArray().set(new float[] {9});

        assertThatThrownBy(() -> Checkpoints.load(quantized, block, manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(quantized
                        + " does not fit the model:\n  weight is I8[1, 2] in the file, F32[1, 2] in the model");
        assertThat(block.getDirectParameters().get("bias").getArray().toFloatArray())
                .containsExactly(9);
    }

    @Test
    void anExternalCheckpointFillsOnlyAnInitializedBlock() throws IOException {
        Path external = withoutMetadata(file("averaged", 1));
        Block block = Linear.builder().setUnits(1).build();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));

        Checkpoints.load(external, block, manager);

        assertThat(weightOf(block)).isEqualTo(trained.get("weight"));
        String message = external + " was not written by Rivulet, or its metadata was changed: it has no rivulet.kind.";
        assertThatThrownBy(() -> Checkpoints.describe(external))
                .isExactlyInstanceOf(NotACheckpointException.class)
                .hasMessage(message);
        try (TransformingModule module = new TransformingModule()) {
            assertThatThrownBy(() -> Checkpoints.load(external, module)).hasMessage(message);
        }
        assertThatThrownBy(() ->
                        Checkpoints.load(external, Linear.builder().setUnits(1).build(), manager))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPyTorchFileFillsABlockOrAModuleWithKnownInputShapes(boolean inDictionary) throws IOException {
        Path external = pyTorchFile(inDictionary);
        Block block = Linear.builder().setUnits(1).build();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));

        Checkpoints.load(external, block, manager);

        assertThat(weightOf(block)).containsExactly(0.5f, -2f);
        assertThat(Checkpoints.verify(external).isGood()).isTrue();
        try (PlaneModule module = Checkpoints.load(external, new PlaneModule() {
                    @Override
                    protected Shape[] exampleInputShapes() {
                        return new Shape[] {new Shape(1, 2)};
                    }
                });
                PlaneModule withoutShapes = new PlaneModule()) {
            assertThat(Weights.live(module)).containsEntry("weight", List.of(0.5f, -2f));
            assertThatThrownBy(() -> Checkpoints.load(external, withoutShapes))
                    .isExactlyInstanceOf(NotACheckpointException.class)
                    .hasMessageStartingWith(external + " was not written by Rivulet");
        }
    }

    /** A state dict in half precision, bare or under Lightning's key. */
    private Path pyTorchFile(boolean inDictionary) throws IOException {
        ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        halves.putShort((short) 0x3800).putShort((short) 0xc000).flip();
        TorchValue stateDict = TorchValue.Dict.ordered(Map.of(
                "weight", TorchTensor.of(Tensor.of(Dtype.F16, TensorShape.of(1, 2), halves)),
                "bias", TorchTensor.of(Tensor.of(Dtype.F32, TensorShape.of(1), ByteBuffer.allocate(4)))));
        Path file = directory.resolve("external.pt");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            TorchWriter.of(inDictionary ? TorchValue.Dict.of(Map.of("state_dict", stateDict)) : stateDict)
                    .writeTo(channel);
        }
        return file;
    }

    private Path withoutMetadata(Path file) throws IOException {
        Path external = directory.resolve("external.safetensors");
        try (SafetensorsReader reader = SafetensorsReader.open(file);
                FileChannel channel =
                        FileChannel.open(external, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.of(reader.readAll(), Map.of()).writeTo(channel);
        }
        return external;
    }

    @Test
    void entriesAreReadBackByTheHookOfTheirStream() throws IOException {
        Map<String, Object> seen = new HashMap<>();
        try (TransformingModule module = new TransformingModule()) {
            module.onLoad("transformed", checkpoint -> seen.put(checkpoint.stream(), checkpoint.get("class_names")))
                    .onLoad("original", checkpoint -> seen.put(checkpoint.stream(), checkpoint.keys()));

            Checkpoints.load(file("transformed", 1), module);
        }
        assertThat(seen).containsExactly(Map.entry("transformed", List.of("low", "high")));
    }

    @Test
    void aHookThatFailsNamesItsModule() {
        try (TransformingModule module = new TransformingModule()) {
            module.onLoad("original", checkpoint -> {
                throw new Exception("old");
            });
            assertThatThrownBy(() -> Checkpoints.load(file("original", 1), module))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("@OnLoadCheckpoint of dev.rivulet.fixture.TransformingModule failed:"
                            + " java.lang.Exception: old");
        }
    }

    @Test
    void aFileRecordsItsProvenance() throws IOException {
        Provenance original = Checkpoints.describe(file("original", 0)).provenance();
        Provenance half = Checkpoints.describe(file("half", 1)).provenance();

        assertThat(original.stream()).isEqualTo("original");
        assertThat(original.derivation()).isEmpty();
        assertThat(original.epoch()).isZero();
        assertThat(original.globalStep()).isEqualTo(4);
        assertThat(original.metrics()).containsOnlyKeys("train_loss", "val_loss");
        assertThat(original.inputShapes()).containsExactly(new Shape(4, 2));
        assertThat(original.version()).isEqualTo(RuntimeVersion.current());
        assertThat(half.stream()).isEqualTo("half");
        assertThat(half.derivation())
                .isEqualTo(Optional.of(new Provenance.Derivation(
                        "TransformingModule#half", "averaged", Optional.of(digest(file("averaged", 1))))));
        assertThat(half.globalStep()).isEqualTo(8);
    }

    private static String digest(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            for (String name : List.of("bias", "weight")) {
                Tensor tensor = reader.read(name);
                tensor.chunks().forEach(crc::update);
            }
        }
        return "crc32c:%08x".formatted(crc.getValue());
    }

    @Test
    void extraTensorsAndMetadataAreInTheFileButAreNotWeights() throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file("tail", 1))) {
            assertThat(reader.header().entries()).containsOnlyKeys("weight", "bias", "scale");
            assertThat(reader.header().metadata())
                    .containsEntry("unit", "metre")
                    .containsEntry("format", "pt");
        }
    }
}
