package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.interop.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lets Python read files that Java wrote, if it is installed. */
class TorchInteropTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void requirePython() {
        Python.assumeHas("torch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "mmap", "trusting"})
    void pythonReadsWhatJavaWrites(String how) throws IOException {
        for (String name : List.of("plain.pt", "lightning-adamw.ckpt", "lightning-sgd.ckpt")) {
            Path file = rewritten(name);

            assertThat(Python.run("torch_files.py", "list", file.toString(), how))
                    .isEqualTo(Files.readAllLines(TorchFileTest.recorded(name + ".txt")));
        }
    }

    @Test
    void pythonCreatesTheObjectsThatJavaKnowsByName() throws IOException {
        Path file = rewritten("lightning-namespace.ckpt");

        assertThat(Python.run("torch_files.py", "list", file.toString(), "trusting"))
                .isEqualTo(Files.readAllLines(TorchFileTest.recorded("lightning-namespace.ckpt.txt")));
    }

    @Test
    void zipfileAcceptsTheFile() throws IOException {
        List<String> lines =
                Python.run("torch_files.py", "zip", rewritten("plain.pt").toString());

        assertThat(lines).startsWith("None", "archive/data.pkl").endsWith("archive/.data/rivulet");
    }

    private Path rewritten(String name) throws IOException {
        try (TorchReader reader = TorchReader.open(TorchFileTest.recorded(name))) {
            return Files.write(folder.resolve(name), TorchFiles.bytes(reader.load()));
        }
    }
}
