package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LightningFiles;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.optim.Adam;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Names files that are not checkpoints, and converts checkpoints of another precision. */
class OtherFilesTest extends FitTestCase {

    private static ResumableModule module() {
        return new ResumableModule(() -> Adam.builder().build());
    }

    static Stream<Arguments> otherFiles() {
        return Stream.of(
                Arguments.of(new byte[0], "is empty"),
                Arguments.of(new byte[1000], "begins and ends with zeros"),
                Arguments.of(ascii("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"), "git lfs pull"),
                Arguments.of(ascii("DJL@\0\0\0\1\0\3net"), "Model.load"),
                Arguments.of(ascii("<!DOCTYPE html><html></html>"), "is a web page"),
                Arguments.of(ascii("GGUF\3\0\0\0"), "is a GGUF file"));
    }

    private static byte[] ascii(String content) {
        return content.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("otherFiles")
    void namesAFileOfAnotherKind(byte[] content, String message) throws IOException {
        Path file = Files.write(directory.resolve("file.ckpt"), content);

        try (ResumableModule module = module()) {
            assertThatThrownBy(() -> Checkpoints.load(file, module))
                    .isInstanceOf(NotACheckpointException.class)
                    .hasMessageContainingAll(file.toString(), message);
            assertThatThrownBy(() -> trainer().build().fit(module, points, resumeFrom(file)))
                    .hasMessageContainingAll(file.toString(), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"bset, best", "lats, last", "atuo, auto", "Last, last"})
    void suggestsAWordForAMissingFile(String written, String meant) {
        try (ResumableModule module = module()) {
            assertThatThrownBy(() -> trainer().build().fit(module, points, resumeFrom(written)))
                    .isInstanceOf(NotResumableException.class)
                    .hasMessageContaining("Did you mean \"" + meant + "\"?");
            assertThatThrownBy(() -> trainer().build().fit(module, points, resumeFrom("epoch=3.ckpt")))
                    .hasMessageContaining("there is no such file")
                    .hasMessageNotContaining("mean");
        }
    }

    /** As Lightning does: a run with {@code precision="bf16-true"} or {@code "64-true"} continues in float32. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16", "F64"})
    void resumesFromAnotherPrecision(Dtype dtype) throws IOException {
        try (ResumableModule module = module()) {
            trainer().maxEpochs(1).build().fit(module, points);
        }
        Path file = LightningFiles.of(
                file("original", 0),
                directory.resolve("other.ckpt"),
                entries -> entries.replaceAll((key, value) -> key.equals("state_dict") || key.equals("optimizer_states")
                        ? converted((TorchValue) value, dtype)
                        : value));

        try (ResumableModule module = module()) {
            assertThat(trainer()
                            .enableCheckpointing(false)
                            .build()
                            .fit(module, points, resumeFrom(file))
                            .globalStep())
                    .isEqualTo(8);
        }
    }

    private static TorchValue converted(TorchValue value, Dtype dtype) {
        if (value instanceof TorchTensor tensor) {
            Tensor elements = tensor.inMemory();
            return elements.shape().rank() == 0 ? tensor : TorchTensor.of(Conversion.convert(elements, dtype));
        } else if (value instanceof TorchValue.Dict dict) {
            Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
            entries.replaceAll((key, entry) -> converted(entry, dtype));
            return new TorchValue.Dict(dict.ordered(), entries, dict.attributes());
        } else if (value instanceof TorchValue.Items items) {
            return new TorchValue.Items(
                    items.kind(),
                    items.values().stream().map(item -> converted(item, dtype)).toList());
        }
        return value;
    }
}
