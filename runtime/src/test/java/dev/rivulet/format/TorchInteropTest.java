package dev.rivulet.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Has Python read what is written here, where there is one.
 *
 * <p>{@code -Drivulet.python=…} or the environment variable {@code RIVULET_PYTHON} names an interpreter with torch;
 * otherwise {@code python3} is tried.
 */
class TorchInteropTest {
    private static final String PYTHON =
            System.getProperty("rivulet.python", System.getenv().getOrDefault("RIVULET_PYTHON", "python3"));

    @TempDir
    Path folder;

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
    @ValueSource(strings = {"plain", "mmap", "trusting"})
    void pythonReadsWhatJavaWrites(String how) throws IOException {
        for (String name : List.of("plain.pt", "lightning-adamw.ckpt", "lightning-sgd.ckpt")) {
            Path file = rewritten(name);

            assertThat(run(script(), "list", file.toString(), how))
                    .isEqualTo(Files.readAllLines(TorchFileTest.recorded(name + ".txt")));
        }
    }

    @Test
    void pythonMakesTheObjectsThatJavaKnowsByName() throws IOException {
        Path file = rewritten("lightning-namespace.ckpt");

        assertThat(run(script(), "list", file.toString(), "trusting"))
                .isEqualTo(Files.readAllLines(TorchFileTest.recorded("lightning-namespace.ckpt.txt")));
    }

    @Test
    void zipfileFindsNoFault() throws IOException {
        List<String> lines = run(script(), "zip", rewritten("plain.pt").toString());

        assertThat(lines).startsWith("None", "archive/data.pkl").endsWith("archive/.data/rivulet");
    }

    private Path rewritten(String name) throws IOException {
        try (TorchReader reader = TorchReader.open(TorchFileTest.recorded(name))) {
            return Files.write(folder.resolve(name), TorchFiles.bytes(reader.load()));
        }
    }

    private static String script() {
        return Path.of("src/test/python/torch_files.py").toAbsolutePath().toString();
    }

    private static List<String> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines().toList();
    }
}
