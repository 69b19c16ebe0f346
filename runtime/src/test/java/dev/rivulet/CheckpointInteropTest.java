package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Has PyTorch open the files of a run, where there is one: {@code -Drivulet.python=…} or the environment variable
 * {@code RIVULET_PYTHON} names an interpreter with torch, otherwise {@code python3} is tried.
 */
class CheckpointInteropTest extends FitTestCase {
    private static final String PYTHON =
            System.getProperty("rivulet.python", System.getenv().getOrDefault("RIVULET_PYTHON", "python3"));

    @BeforeAll
    static void needsPython() {
        boolean found;
        try {
            found = run("-W", "ignore", "-c", "import torch").isEmpty();
        } catch (IOException e) {
            found = false;
        }
        assumeTrue(found, PYTHON + " has no torch; name one that has by -Drivulet.python=…");
    }

    @ParameterizedTest
    @CsvSource({"original, plain", "original, mmap", "half, plain", "half, mmap"})
    void pythonLoadsARunsFilesToTheBit(String stream, String how) throws IOException {
        try (TransformingModule module = new TransformingModule()) {
            module.onSave(stream, checkpoint -> checkpoint.put("class_names", List.of("low", "high")));
            trainer().stream(stream, policy -> policy.format(CheckpointFormat.CKPT))
                    .build()
                    .fit(module, points, points);
        }
        Path file = checkpoints().resolve(stream + "-epoch=1-step=8.ckpt");

        String script =
                Path.of("src/test/python/checkpoint.py").toAbsolutePath().toString();
        assertThat(run("-W", "ignore", script, file.toString(), how)).isEqualTo(expected(file));
    }

    private static List<String> expected(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of("epoch 1", "global_step 8", "class_names low high"));
        try (CheckpointFile open = CheckpointFile.open(file)) {
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

    private static List<String> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
