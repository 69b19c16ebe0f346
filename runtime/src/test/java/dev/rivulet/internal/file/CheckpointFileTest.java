package dev.rivulet.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.Checkpoints;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.format.torch.TorchStorage;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that all formats hold the same content. */
class CheckpointFileTest {
    @TempDir
    Path folder;

    private final Tensor weight = floats(1, 2, 3);
    private final Tensor bias = floats(Float.NaN);
    private final Tensor scale = floats(0.5f);

    private static Tensor floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Tensor.of(Dtype.F32, TensorShape.of(values.length), bytes.flip());
    }

    private CheckpointContent content() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("val_loss", 0.1);
        metrics.put("nan", Double.NaN);
        metrics.put("infinite", Double.NEGATIVE_INFINITY);
        Checkpoint checkpoint = Checkpoint.toSave(new Provenance(
                "halved",
                Optional.of(new Provenance.Derivation("Module#halve", "original", Optional.of("crc32c:0"))),
                new Provenance.Progress(3, 1L << 40, metrics),
                List.of(new Shape(4, 2), new Shape()),
                "1.0"));
        checkpoint.put("class_names", List.of("low", "høgh"));
        checkpoint.put("deep", Map.of("list", List.of(1, 2.5, true, Map.of())));
        checkpoint.put("nan", Double.NaN);
        return new CheckpointContent(
                checkpoint, weights(), Map.of(), Map.of("scale", scale), Map.of("unit", "metre"), Optional.empty());
    }

    private Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("weight", weight);
        weights.put("bias", bias);
        return weights;
    }

    private Path write(String name, FileLayout file) throws IOException {
        Path path = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            WrittenFile written = file.writeTo(channel);
            assertThat(written.byteCount()).isEqualTo(file.byteCount()).isEqualTo(channel.size());
        }
        return path;
    }

    private Path write(CheckpointFormat format) throws IOException {
        // Named like the other format, since names are ignored.
        String name = format == CheckpointFormat.CKPT ? "a.safetensors" : "a.ckpt";
        return write(name, CheckpointCodecs.of(format).layOut(content()));
    }

    @ParameterizedTest
    @EnumSource(
            value = CheckpointFormat.class,
            names = {"CKPT", "SAFETENSORS"})
    void describesTheCheckpoint(CheckpointFormat format) throws IOException {
        Checkpoint written = content().checkpoint();

        Checkpoint read = Checkpoints.describe(write(format));

        assertThat(read.provenance()).isEqualTo(written.provenance());
        assertThat(read.entries()).isEqualTo(written.entries());
        assertThat(read.keys()).containsExactlyElementsOf(written.keys());
        assertThatThrownBy(() -> read.put("late", 1)).isExactlyInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = CheckpointFormat.class,
            names = {"CKPT", "SAFETENSORS"})
    void distinguishesWeightsFromExtraTensors(CheckpointFormat format) throws IOException {
        try (CheckpointFile file = CheckpointCodecs.open(write(format))) {
            assertThat(file.isExternal()).isFalse();
            assertThat(file.weights())
                    .containsOnly(
                            Map.entry("weight", new TensorKind(Dtype.F32, TensorShape.of(3))),
                            Map.entry("bias", new TensorKind(Dtype.F32, TensorShape.of(1))));
            assertThat(file.extraTensors()).containsExactly("scale");
            assertThat(file.metadata()).containsEntry("unit", "metre");
            assertThat(file.read("weight").contentEquals(weight)).isTrue();
            assertThat(file.read("scale").contentEquals(scale)).isTrue();
            assertThatThrownBy(() -> file.read("gamma")).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CheckpointFormat.class,
            names = {"CKPT", "SAFETENSORS"})
    void readsSomeTensorsAndVerifiesTheRestInOnePass(CheckpointFormat format) throws IOException {
        Path path = write(format);
        ByteBuffer memory = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        try (CheckpointFile file = CheckpointCodecs.open(path)) {
            assertThat(file.byteCount()).isEqualTo(Files.size(path));
            assertThat(file.readAll(Map.of("weight", List.of(memory)))).isEqualTo(crc32c(path));
            assertThat(memory.getFloat(8)).isEqualTo(3);
        }
        byte[] bytes = Files.readAllBytes(path);
        int at = indexOf(
                bytes, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 0.5f));
        bytes[at] ^= 1; // In a tensor that is not requested.
        Files.write(path, bytes);
        try (CheckpointFile file = CheckpointCodecs.open(path)) {
            assertThatThrownBy(() -> file.readAll(Map.of("weight", List.of(memory))))
                    .isExactlyInstanceOf(DamagedFileException.class);
        }
    }

    private static int indexOf(byte[] whole, ByteBuffer part) {
        for (int from = 0; from <= whole.length - part.remaining(); from++) {
            if (ByteBuffer.wrap(whole, from, part.remaining()).equals(part)) {
                return from;
            }
        }
        throw new AssertionError("The part does not occur.");
    }

    private static long crc32c(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(file));
        return crc.getValue();
    }

    @Test
    void isALightningDictionaryWithEntriesAtTheTopLevel() throws IOException {
        try (TorchCheckpointFile file = TorchCheckpointFile.open(write(CheckpointFormat.CKPT))) {
            assertThat(file.dictionary())
                    .containsOnlyKeys(
                            "epoch",
                            "global_step",
                            "pytorch-lightning_version",
                            "state_dict",
                            "class_names",
                            "deep",
                            "nan",
                            "rivulet")
                    .containsEntry("epoch", 3L)
                    .containsEntry("global_step", 1L << 40)
                    .containsEntry("class_names", List.of("low", "høgh"));
            assertThat(file.dictionary().get("state_dict"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsOnlyKeys("weight", "bias");
        }
    }

    @Test
    void storesTiedWeightsOnceUnderAllTheirNames() throws IOException {
        CheckpointContent plain = content();
        CheckpointContent tied = new CheckpointContent(
                plain.checkpoint(), weights(), Map.of("head.weight", "weight"), Map.of(), Map.of(), Optional.empty());

        try (TorchCheckpointFile file =
                TorchCheckpointFile.open(write("tied.ckpt", CheckpointDictionary.write(tied)))) {
            assertThat(file.weights()).containsOnlyKeys("weight", "bias");
            assertThat(file.aliases()).containsExactly(Map.entry("head.weight", "weight"));
            assertThat(file.read("head.weight").contentEquals(weight)).isTrue();
            assertThat(file.dictionary().get("state_dict"))
                    .asInstanceOf(InstanceOfAssertFactories.map(String.class, TorchTensor.class))
                    .extractingByKeys("weight", "head.weight")
                    .extracting(TorchTensor::storage)
                    .satisfies(storages -> assertThat(storages.get(0)).isSameAs(storages.get(1)));
        }
    }

    /** Like a file that was made to keep its reader busy. */
    @Test
    void distinguishesTiedWeightsFromAHundredThousandOtherViewsOfTheirStorage() throws IOException {
        TorchStorage storage = TorchStorage.of(floats(new float[100_000]));
        Map<String, TorchTensor> views = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            views.put("w" + i, TorchTensor.view(storage, Dtype.F32, i, TensorShape.of(1), 1));
        }
        views.put("tied", TorchTensor.view(storage, Dtype.F32, 7, TensorShape.of(1), 1));

        try (CheckpointFile file =
                CheckpointCodecs.open(write("views.pt", TorchWriter.of(TorchValue.Dict.of(views))))) {
            assertThat(file.aliases()).containsExactly(Map.entry("tied", "w7"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gamma", "weight"})
    void refusesAnInvalidAlias(String name) {
        CheckpointContent plain = content();
        Map<String, String> aliases = name.equals("gamma") ? Map.of("beta", "gamma") : Map.of("weight", "bias");

        assertThatThrownBy(() -> CheckpointDictionary.write(new CheckpointContent(
                        plain.checkpoint(), weights(), aliases, Map.of(), Map.of(), Optional.empty())))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be an alias of");
    }

    @Test
    void isExternalWithoutRivuletEntry() throws IOException {
        Path path = write("plain.pt", TorchWriter.of(TorchValue.Dict.of(Map.of("weight", TorchTensor.of(weight)))));
        try (CheckpointFile file = CheckpointCodecs.open(path)) {
            assertThat(file.isExternal()).isTrue();
            assertThat(file.weights()).containsOnlyKeys("weight");
            assertThat(file.extraTensors()).isEmpty();
            assertThatThrownBy(file::describe)
                    .isExactlyInstanceOf(NotACheckpointException.class)
                    .hasMessage(path + " was not written by Rivulet, or its dictionary was changed:"
                            + " it has no dictionary \"rivulet\".");
        }
    }

    @Test
    void hasNoWeightsWithoutStateDict() throws IOException {
        Path path = write("a.pt", TorchWriter.of(TorchValue.Dict.of(Map.of("model", TorchValue.of("net")))));
        try (CheckpointFile file = CheckpointCodecs.open(path)) {
            assertThatThrownBy(file::weights)
                    .isExactlyInstanceOf(NotACheckpointException.class)
                    .hasMessage(path + " has no state dict: its entry model is not a named tensor." + " Save a state"
                            + " dict, or a dictionary with one under \"state_dict\".");
        }
    }

    @Test
    void isRecognizedAlthoughItsFirstByteIsDamaged() throws IOException {
        Path path = write(CheckpointFormat.CKPT);
        byte[] bytes = Files.readAllBytes(path);
        bytes[0] ^= 1;
        Files.write(path, bytes);

        assertThatThrownBy(() -> CheckpointCodecs.open(path)).isInstanceOf(MalformedTorchFileException.class);
    }
}
