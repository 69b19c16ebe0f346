package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;
import org.junit.jupiter.api.Test;

/** What the processor asks of its environment, and how it handles a failing one. */
class EnvironmentTest {
    private static final String DIGITS = """
        package digits;
        import dev.rivulet.LightningModule;
        import dev.rivulet.transform.StateDict;
        import dev.rivulet.annotations.WeightTransform;
        abstract class Digits extends LightningModule {
            @WeightTransform("halved")
            static StateDict halve(StateDict weights) { return weights; }
            abstract static class Nested extends LightningModule {
                @WeightTransform("nested")
                static StateDict halve(StateDict weights) { return weights; }
            }
        }
        """;

    private static final String LETTERS = DIGITS.replace("Digits", "Letters");

    @Test
    void everyFileHasItsClassAsOneOriginatingElement() {
        List<String> created = new ArrayList<>();
        InEnvironment recording = InEnvironment.withFiler(filer ->
                InEnvironment.answering(Filer.class, filer, (method, arguments, compiler) -> {
                    Object[] originating = (Object[]) arguments[1];
                    created.add(arguments[0] + " from " + Stream.of(originating).toList());
                    return compiler.proceed();
                }));
        assertThat(Compilation.javac()
                        .processors(recording)
                        .compile(DIGITS, LETTERS)
                        .messages())
                .isEmpty();
        assertThat(created)
                .containsExactlyInAnyOrder(
                        "digits.DigitsCallbackRegistry from [digits.Digits]",
                        "digits.Digits_NestedCallbackRegistry from [digits.Digits.Nested]",
                        "digits.LettersCallbackRegistry from [digits.Letters]",
                        "digits.Letters_NestedCallbackRegistry from [digits.Letters.Nested]");
    }

    @Test
    void gradleTakesTheProcessorForIsolating() throws IOException {
        String descriptor = "META-INF/gradle/incremental.annotation.processors";
        try (var lines = RivuletProcessor.class.getClassLoader().getResourceAsStream(descriptor)) {
            assertThat(lines).hasContent("dev.rivulet.processor.RivuletProcessor,isolating");
        }
    }

    @Test
    void isFoundAsAService() {
        assertThat(java.util.ServiceLoader.load(javax.annotation.processing.Processor.class))
                .hasAtLeastOneElementOfType(RivuletProcessor.class);
    }

    @Test
    void theOrderOfSourcesChangesNothing() {
        Map<String, String> generated =
                Compilation.javac().compile(DIGITS, LETTERS).generated();
        assertThat(generated).hasSize(4);
        assertThat(Compilation.javac().compile(LETTERS, DIGITS).generated()).isEqualTo(generated);
    }

    @Test
    void theOrderOfAllGoldensChangesNothing() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (var folder : GoldenTest.folders()) {
            sources.addAll(GoldenTest.sources(folder));
        }
        Map<String, String> generated = Compilation.javac().compile(sources).generated();
        java.util.Collections.shuffle(sources, new java.util.Random(Seed.VALUE));
        assertThat(Compilation.javac().compile(sources).generated())
                .as(Seed.hint())
                .isEqualTo(generated);
    }

    @Test
    void aRegistryOfAnEarlierBuildIsWrittenAgain() {
        Compiled first = Compilation.javac().compile(DIGITS);
        Compiled second = Compilation.javac().against(first).compile(DIGITS);
        assertThat(second.messages()).isEmpty();
        assertThat(second.generated()).isEqualTo(first.generated());
    }

    @Test
    void aFailureIsOneErrorOnTheClassAndNoException() {
        for (Exception failure : List.of(new IllegalStateException("broken"), new IOException("disk full"))) {
            InEnvironment failing = InEnvironment.withFiler(
                    filer -> InEnvironment.answering(Filer.class, filer, (method, arguments, compiler) -> {
                        if (arguments[0].equals("digits.DigitsCallbackRegistry")) {
                            throw failure;
                        }
                        return compiler.proceed();
                    }));
            Compiled compiled = Compilation.javac().processors(failing).compile(DIGITS);
            assertThat(compiled.ids()).containsExactly("ProcessorBug 5:10");
            assertThat(compiled.messages()).contains(failure.getMessage(), "please report");
            assertThat(compiled.generated()).containsOnlyKeys("digits.Digits_NestedCallbackRegistry");
        }
    }

    @Test
    void aFailureOutsideOfAnyClassIsAnErrorAndNoException() {
        InEnvironment failing = InEnvironment.withElements(
                elements -> InEnvironment.answering(Elements.class, elements, (method, arguments, compiler) -> {
                    throw new IllegalStateException("broken");
                }));
        Compiled compiled = Compilation.javac().processors(failing).compile(DIGITS);
        assertThat(compiled.errors()).isEqualTo(1);
        assertThat(compiled.messages()).contains("[ProcessorBug]", "broken");
    }

    @Test
    void withoutTheGeneratedAnnotationTheRegistryHasNone() {
        InEnvironment without = InEnvironment.withElements(elements ->
                InEnvironment.answering(Elements.class, elements, (method, arguments, compiler) -> {
                    boolean asksForGenerated = method.getName().equals("getTypeElement")
                            && arguments[arguments.length - 1].equals("javax.annotation.processing.Generated");
                    return asksForGenerated ? null : compiler.proceed();
                }));
        Compiled compiled = Compilation.javac().processors(without).compile(DIGITS);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .contains("@RegistryGenerated")
                .doesNotContain("@Generated", "javax.annotation");
    }

    @Test
    void noAnnotationIsClaimed() {
        List<String> seen = new ArrayList<>();
        Compilation.javac()
                .processors(new RivuletProcessor(), new RoundProcessor((environment, round, number) -> {
                    for (Element element : round.getRootElements()) {
                        seen.add(element.toString());
                    }
                }))
                .compile(DIGITS);
        assertThat(seen).contains("digits.Digits", "digits.DigitsCallbackRegistry");
    }
}
