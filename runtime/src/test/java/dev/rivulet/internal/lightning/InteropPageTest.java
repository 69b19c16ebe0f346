package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InteropPageTest {

    @ParameterizedTest
    @ValueSource(strings = {"loader", "module"})
    void docsShowTheTestedCode(String part) throws IOException {
        String script = Files.readString(Path.of("src/test/python/lightning_runs.py"));
        int from = script.indexOf("# begin: " + part + "\n");
        int to = script.indexOf("# end: " + part + "\n");

        assertThat(Path.of("../docs/lightning-interop.md"))
                .content()
                .contains(script.substring(script.indexOf('\n', from), to).strip());
    }
}
