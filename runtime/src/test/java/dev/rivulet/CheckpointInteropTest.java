package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.file.TensorKind;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch opens the files of a run. Skipped without Python. */
class CheckpointInteropTest extends FitTestCase {

    @BeforeAll
    static void requirePython() {
        Python.assumeHas("torch");
    }

    @ParameterizedTest
    @CsvSource({"original, plain", "original, mmap", "half, plain", "half, mmap"})
    void pythonLoadsCheckpointsBitForBit(String stream, String how) throws IOException {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave(stream, checkpoint -> checkpoint.put("class_names", List.of("low", "high")));
            trainer().stream(stream, policy -> policy.format(CheckpointFormat.CKPT))
                    .build()
                    .fit(module, points, points);
        }
        Path file = checkpoints().resolve(stream + "-epoch=1-step=8.ckpt");

        assertThat(Python.run("checkpoint.py", file.toString(), how)).isEqualTo(expected(file));
    }

    private static List<String> expected(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of("epoch 1", "global_step 8", "class_names low high"));
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            for (Map.Entry<String, TensorKind> weight : open.weights().entrySet()) {
                lines.add(weight.getKey() + " torch.float32 "
                        + weight.getValue().shape().toString() + " " + hex(open.read(weight.getKey())));
            }
        }
        return lines;
    }

    private static String hex(Tensor tensor) {
        StringBuilder digits = new StringBuilder();
        for (ByteBuffer chunk : tensor.chunks()) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.get(bytes);
            digits.append(HexFormat.of().formatHex(bytes));
        }
        return digits.toString();
    }
}
