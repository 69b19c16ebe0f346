package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.policy.PolicyRule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles the examples of {@code docs/diagnostics.md}, so that the page is true and the position of every id is tested. */
class DiagnosticsPageTest {
    /** One line, so that an example's line n is the source's n + 1. */
    private static final String HEADER =
            "package example; import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*; import dev.rivulet.annotations.*;\n";

    private static final String RUNNING_AVERAGE = """
        package example;
        final class RunningAverage implements dev.rivulet.transform.StatefulTransform {
            @Override public void update(dev.rivulet.transform.StateDict weights, long globalStep) {}
            @Override public dev.rivulet.transform.StateDict apply(
                    dev.rivulet.transform.StateDict weights, dev.rivulet.transform.TransformContext context) { return weights; }
        }
        """;

    static final String KOTLIN_METADATA = "package kotlin;\npublic @interface Metadata {}";

    private static final String KAPT_STAND_IN = "package error;\npublic final class NonExistentClass {}";

    static List<DiagnosticsPage.Example> wrong() {
        return DiagnosticsPage.examples().stream()
                .filter(DiagnosticsPage.Example::wrong)
                .toList();
    }

    static List<DiagnosticsPage.Example> right() {
        return DiagnosticsPage.examples().stream()
                .filter(example -> !example.wrong())
                .toList();
    }

    @Test
    void everyIdIsOnThePageWithAWrongAndARightExample() {
        List<String> ids = Stream.concat(
                        Stream.of(Diagnostic.values()).map(Diagnostic::id),
                        Stream.of(PolicyRule.values()).map(PolicyRule::id))
                .toList();
        assertThat(DiagnosticsPage.ids()).containsExactlyInAnyOrderElementsOf(ids);
        // Nothing that can be written is a bug of the processor; EnvironmentTest breaks it.
        List<String> provoked =
                ids.stream().filter(id -> !id.equals("ProcessorBug")).toList();
        assertThat(wrong()).extracting(DiagnosticsPage.Example::id).containsExactlyInAnyOrderElementsOf(provoked);
        assertThat(right()).extracting(DiagnosticsPage.Example::id).containsExactlyInAnyOrderElementsOf(provoked);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void theWrongExampleGivesItsIdAtTheCaret(DiagnosticsPage.Example example) {
        assertThat(example.marked()).hasSize(1).allMatch(mark -> mark.startsWith(example.id() + " "));
        Compiled compiled = compile(example);
        assertThat(compiled.ids()).as(compiled.messages()).isEqualTo(example.marked());
        assertThat(compiled.errors()).as(compiled.messages()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("right")
    void theRightExampleCompiles(DiagnosticsPage.Example example) {
        assertThat(compile(example).messages()).isEmpty();
    }

    private static Compiled compile(DiagnosticsPage.Example example) {
        if (example.id().equals("RuntimeMissing") && example.wrong()) {
            return Compilation.javac()
                    .options("-classpath", Compilation.ANNOTATIONS)
                    .compile("package example; import dev.rivulet.annotations.*;\n" + example.code());
        }
        if (example.id().equals("SourceLevel")) {
            return Compilation.javac()
                    .options("--release", example.wrong() ? "11" : "17")
                    .compile(HEADER + example.code());
        }
        // An example is one file, whatever it declares.
        return Compilation.javac()
                .options("-Xlint:-auxiliaryclass")
                .compile(Stream.of(
                                Optional.of(HEADER + example.code()),
                                Optional.of(RUNNING_AVERAGE)
                                        .filter(source -> example.code().contains("RunningAverage")),
                                Optional.of(KOTLIN_METADATA)
                                        .filter(source -> example.code().contains("kotlin.Metadata")),
                                Optional.of(KAPT_STAND_IN)
                                        .filter(source -> example.code().contains("error.NonExistentClass")))
                        .flatMap(Optional::stream)
                        .toArray(String[]::new));
    }
}
