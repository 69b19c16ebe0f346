package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares what is generated with the goldens, byte for byte. A folder of {@code src/test/resources/goldens} holds the
 * sources of one compilation, and under {@code expected} the registries. {@code -Dgoldens.update=true} rewrites those.
 */
class GoldenTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    static List<Path> folders() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDENS)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    @BeforeAll
    static void updateOnRequest() throws IOException {
        if (Boolean.getBoolean("goldens.update")) {
            for (Path folder : folders()) {
                update(folder, Compilation.javac().compile(sources(folder)).generated());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void javacCompilesTheGoldenWithoutAWarning(Path folder) throws IOException {
        Compiled compiled = Compilation.javac().compile(sources(folder));
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated()).isEqualTo(expected(folder));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("folders")
    void ecjWritesTheSameAndCompilesItWithoutAWarning(Path folder) throws IOException {
        Compiled compiled = Compilation.ecj().compile(sources(folder));
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated()).isEqualTo(expected(folder));
        assertThat(UserCodeTest.warningsOfEcj(sources(folder), compiled.generated()))
                .isEmpty();
    }

    static List<Source> sources(Path folder) throws IOException {
        return contents(folder).entrySet().stream()
                .map(entry -> Source.of(entry.getValue()))
                .toList();
    }

    /** The registries by qualified name. */
    private static Map<String, String> expected(Path folder) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        contents(folder.resolve("expected")).forEach((file, source) -> expected.put(file.replace(".java", ""), source));
        return expected;
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    contents.put(file.getFileName().toString(), Files.readString(file));
                }
            }
        }
        return contents;
    }

    private static void update(Path folder, Map<String, String> generated) throws IOException {
        Path expected = folder.resolve("expected");
        Files.createDirectories(expected);
        for (String stale : contents(expected).keySet()) {
            Files.delete(expected.resolve(stale));
        }
        for (Map.Entry<String, String> entry : generated.entrySet()) {
            Files.writeString(expected.resolve(entry.getKey() + ".java"), entry.getValue());
        }
    }
}
