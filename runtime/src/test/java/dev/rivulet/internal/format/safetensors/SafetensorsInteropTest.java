package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.format.Tensors;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exchanges files with the Python library, if it is installed. */
class SafetensorsInteropTest {
    /** Dtypes of safetensors that PyTorch does not support. */
    private static final Set<Dtype> NOT_IN_PYTORCH = EnumSet.of(Dtype.F4, Dtype.F6_E2M3, Dtype.F6_E3M2, Dtype.F8_E8M0);

    @TempDir
    Path folder;

    @BeforeAll
    static void requirePython() {
        Python.assumeHas("torch", "safetensors");
    }

    @Test
    void pythonReadsWhatJavaWrites() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(Tensors.ofEveryDtype());
        NOT_IN_PYTORCH.forEach(dtype -> tensors.remove("layer." + dtype));
        tensors.put("scalar", Tensors.pattern(Dtype.F32));
        tensors.put("empty", Tensors.pattern(Dtype.I64, 0, 5));
        tensors.put(
                "layer.BOOL",
                Tensor.of(Dtype.BOOL, Tensors.pattern(Dtype.U8, 2).shape(), ByteBuffer.wrap(new byte[] {0, 1})));
        Path file = folder.resolve("ours.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            SafetensorsWriter.of(tensors, Map.of("format", "pt", "b", "é")).writeTo(channel);
        }

        List<String> lines = Python.run("interop.py", "read", file.toString());

        assertThat(lines.get(0))
                .matches("metadata \\[\\('b', 'é'\\), \\('format', 'pt'\\), \\('rivulet.crc32c.data', '\\w{8}'\\),"
                        + " \\('rivulet.crc32c.header', '\\w{8}'\\)]");
        assertThat(lines.subList(1, lines.size())).isEqualTo(listing(tensors));
    }

    @Test
    void javaReadsWhatPythonWrites() throws IOException {
        Path file = folder.resolve("theirs.safetensors");

        List<String> lines = Python.run("interop.py", "write", file.toString());

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.header().metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(listing(reader.readAll())).isEqualTo(lines.subList(1, lines.size()));
            assertThat(lines).hasSizeGreaterThan(Dtype.values().length - NOT_IN_PYTORCH.size());
        }
    }

    private static List<String> listing(Map<String, Tensor> tensors) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            byte[] bytes = new byte[(int) tensor.byteCount()];
            tensor.copyTo(List.of(ByteBuffer.wrap(bytes)));
            String shape = tensor.shape().toString().replace(" ", "");
            lines.add(name + " " + tensor.dtype() + " " + shape + " "
                    + HexFormat.of().formatHex(bytes));
        });
        return lines;
    }
}
