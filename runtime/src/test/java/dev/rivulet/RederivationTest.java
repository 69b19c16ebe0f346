package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.NotRederivableException;
import dev.rivulet.checkpoint.Rederivation;
import dev.rivulet.fixture.DerivingModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A static transform recomputes the bytes of its file. */
class RederivationTest extends FitTestCase {

    @BeforeEach
    void train() {
        try (DerivingModule module = new DerivingModule()) {
            fit(module);
        }
    }

    @ParameterizedTest
    @CsvSource({"halved,original", "rounded,original", "rounded,halved", "tail,seen"})
    void givesTheSameBytes(String derived, String source) throws IOException {
        Rederivation result = Checkpoints.rederive(file(derived, 1), file(source, 1), DerivingModule.class);

        assertThat(result.difference()).isEmpty();
        assertThat(result.isSame()).isTrue();
    }

    @Test
    void namesTheTransformsInTheirOrder() throws IOException {
        assertThat(Checkpoints.rederive(file("rounded", 1), file("original", 1), DerivingModule.class)
                        .transforms())
                .containsExactly("DerivingModule#halved", "DerivingModule#rounded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bias", "scale", "weight"})
    void namesTheFirstTensorThatDiffers(String name) throws IOException {
        Path changed = withZeros(file("halved", 1), name);

        Rederivation result = Checkpoints.rederive(changed, file("original", 1), DerivingModule.class);

        assertThat(result.isSame()).isFalse();
        assertThat(result.difference().orElseThrow()).startsWith("The tensor \"" + name + "\" is F32[");
    }

    private Path withZeros(Path file, String name) throws IOException {
        Path changed = directory.resolve("changed.safetensors");
        try (SafetensorsReader reader = SafetensorsReader.open(file);
                FileChannel channel =
                        FileChannel.open(changed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Map<String, Tensor> tensors = reader.readAll();
            TensorShape shape = reader.read(name).shape();
            tensors.put(name, Tensor.of(Dtype.F32, shape, ByteBuffer.allocate((int) Dtype.F32.byteCount(shape))));
            SafetensorsWriter.of(tensors, reader.header().metadata()).writeTo(channel);
        }
        return changed;
    }

    @Test
    void refusesATransformThatIsNotStatic() {
        assertThatThrownBy(() -> Checkpoints.rederive(file("tail", 1), file("original", 1), DerivingModule.class))
                .isExactlyInstanceOf(NotRederivableException.class)
                .hasMessageContaining("The transform DerivingModule#seen is not static")
                .hasMessageContaining("Pass the file of a stream after it");
    }

    @Test
    void refusesASourceOfAnotherSaveOrOtherWeights() throws IOException {
        Path other = withOtherWeights(file("original", 1));

        assertThatThrownBy(() -> Checkpoints.rederive(file("halved", 1), file("original", 0), DerivingModule.class))
                .isExactlyInstanceOf(NotRederivableException.class)
                .hasMessageContaining("in epoch 1 at step 8, but")
                .hasMessageContaining("in epoch 0 at step 4");
        assertThatThrownBy(() -> Checkpoints.rederive(file("halved", 1), other, DerivingModule.class))
                .isExactlyInstanceOf(NotRederivableException.class)
                .hasMessageContaining("was computed from weights with the digest crc32c:");
    }

    private Path withOtherWeights(Path file) throws IOException {
        Path changed = directory.resolve("changed.ckpt");
        try (TorchReader reader = TorchReader.open(file);
                FileChannel channel =
                        FileChannel.open(changed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            TorchValue.Dict whole = (TorchValue.Dict) reader.load();
            Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(whole.entries());
            Tensor weight = Tensor.of(Dtype.F32, TensorShape.of(1, 2), ByteBuffer.allocate(8));
            Tensor bias = Tensor.of(Dtype.F32, TensorShape.of(1), ByteBuffer.allocate(4));
            entries.put(
                    TorchValue.of("state_dict"),
                    TorchValue.Dict.ordered(Map.of("weight", TorchTensor.of(weight), "bias", TorchTensor.of(bias))));
            TorchWriter.of(new TorchValue.Dict(false, entries, Map.of())).writeTo(channel);
        }
        return changed;
    }

    @Test
    void refusesStreamsThatTheClassDoesNotDerive() {
        assertThatThrownBy(() -> Checkpoints.rederive(file("halved", 1), file("original", 1), PlaneModule.class))
                .isExactlyInstanceOf(NotRederivableException.class)
                .hasMessageContaining("dev.rivulet.fixture.PlaneModule declares no transforms that derive \"halved\"");
        assertThatThrownBy(() -> Checkpoints.rederive(file("halved", 1), file("rounded", 1), DerivingModule.class))
                .isExactlyInstanceOf(NotRederivableException.class);
        assertThatThrownBy(() -> Checkpoints.rederive(file("halved", 1), file("halved", 1), DerivingModule.class))
                .hasMessageContaining("both belong to the stream \"halved\"");
    }
}
