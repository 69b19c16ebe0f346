package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.policy.RegistryName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import org.apiguardian.api.API;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the registries of the runtime's tests with what is generated, byte for byte. They are checked in, because
 * the processor's own tests need the runtime, so that the runtime is built first, without the processor.
 * {@code -Dgoldens.update=true} rewrites them.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RuntimeRegistriesTest {
    private static final Path TESTS = Path.of("../runtime/src/test/java");
    private static final Pattern DECLARATION = Pattern.compile(
            "(?m)^ *@(?:CheckpointStream|WeightTransform|TransformWhen|OnSaveCheckpoint|OnLoadCheckpoint)\\b");

    /** Tests of classes without a usable registry: one is missing or broken; a unit test needs none. */
    private static final List<String> NOT_PROCESSED =
            List.of("REPL.InJShell", "dev.rivulet.MissingRegistryTest", "dev.rivulet.testing.UserUnitTest");

    private static final String REMEDY = "the registries of the runtime's tests; if the change is intended, accept it"
            + " by mvn test -pl processor -am -Dtest=GoldenTest,RuntimeRegistriesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dgoldens.update=true and read the diff";

    private Map<String, String> generated = Map.of();
    private Map<String, String> checkedIn = Map.of();

    @BeforeAll
    void generate() throws IOException {
        List<Source> sources = new ArrayList<>();
        Map<String, String> registries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                Source source = source(file);
                if (isProcessed(source)) {
                    if (source.qualifiedName().endsWith(RegistryName.of(""))) {
                        registries.put(source.qualifiedName(), Files.readString(file));
                    } else {
                        sources.add(source);
                    }
                }
            }
        }
        generated = generate(sources);
        if (Boolean.getBoolean("goldens.update")) {
            update(registries, generated);
            registries = generated;
        }
        checkedIn = registries;
    }

    @Test
    void everyAnnotatedClassHasARegistryAndNoOtherHas() {
        assertThat(checkedIn.keySet()).as(REMEDY).isEqualTo(generated.keySet());
    }

    Stream<String> registries() {
        return generated.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("registries")
    void isWhatTheProcessorWrites(String registry) {
        assertThat(checkedIn.get(registry)).as(REMEDY).isEqualTo(generated.get(registry));
    }

    private static Source source(Path file) throws IOException {
        String path = TESTS.relativize(file).toString().replace(File.separatorChar, '/');
        return Source.named(path.substring(0, path.length() - ".java".length()), Files.readString(file));
    }

    /** The registries of excluded tests are excluded with them. */
    private static boolean isProcessed(Source source) {
        return NOT_PROCESSED.stream()
                .noneMatch(test -> source.qualifiedName().equals(test)
                        || source.qualifiedName().startsWith(test + "_"));
    }

    private static Map<String, String> generate(List<Source> sources) {
        String libraries = Stream.of(API.class, Test.class, ParameterizedTest.class, Assertions.class, Nullable.class)
                .map(Compilation::location)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator, Compilation.LIBRARIES + File.pathSeparator, ""));
        Compiled compiled = Compilation.javac()
                .options("-proc:only", "-implicit:none", "-Xlint:none", "-classpath", libraries)
                .sourcePath(sources)
                .compile(sources.stream()
                        .filter(source ->
                                DECLARATION.matcher(source.getCharContent(true)).find())
                        .toList());
        assertThat(compiled.diagnostics())
                .as(compiled.messages())
                .noneMatch(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR);
        return compiled.generated();
    }

    private static void update(Map<String, String> stale, Map<String, String> generated) throws IOException {
        for (String registry : stale.keySet()) {
            Files.delete(file(registry));
        }
        for (Map.Entry<String, String> entry : generated.entrySet()) {
            Files.writeString(file(entry.getKey()), entry.getValue());
        }
    }

    private static Path file(String registry) {
        return TESTS.resolve(registry.replace('.', '/') + ".java");
    }
}
