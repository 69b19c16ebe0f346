package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.declaration.RegistryLookup;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Declarations of supertypes count, also where only their class files are known. */
class HierarchyTest {
    private static final String HEADER = """
            import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
            import dev.rivulet.annotations.*;
            """;

    private static final String BASE = "package base;\n" + HEADER + """
            @CheckpointStream(value = "hourly", trainTimeInterval = "1h")
            public abstract class Base extends LightningModule {
                public Base() {}
                @WeightTransform("halved")
                @CheckpointStream(filename = "halved-{step}")
                protected StateDict halve(StateDict weights) { return weights; }
                @WeightTransform("static")
                protected static StateDict stay(StateDict weights) { return weights; }
                @TransformWhen("halved")
                protected boolean warmedUp(TransformContext context) { return true; }
                @OnSaveCheckpoint("halved")
                protected void describe(Checkpoint checkpoint) {}
            }
            """;

    private static final Compiled COMPILED_BASE = Compilation.javac().compile(BASE);

    /** Compiles a subclass against the base's class file, its body starting on line 4. */
    private static Compiled compile(String body) {
        return Compilation.javac()
                .against(COMPILED_BASE)
                .compile("package digits;\n" + HEADER + body.replaceFirst("Digits", "Digits extends base.Base"));
    }

    @Test
    void inheritedStreamsCanBeNamed() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @WeightTransform(value = "quartered", from = "halved")
                    static StateDict quarter(StateDict weights) { return weights; }
                    @OnLoadCheckpoint({"hourly", "original", "static"})
                    void readBack(Checkpoint checkpoint) {}
                    @TransformWhen("static")
                    boolean stays(TransformContext context) { return true; }
                }
                """);
        assertThat(compiled.messages()).isEmpty();
    }

    @Test
    void aClassWithoutDeclarationsOfItsOwnHasNoRegistry() {
        assertThat(compile("abstract class Digits {}\n").generated()).isEmpty();
    }

    @Test
    void anInheritedNameIsTaken() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @WeightTransform("halved")
                    static StateDict again(StateDict weights) { return weights; }
                    @WeightTransform("hourly")
                    static StateDict hourly(StateDict weights) { return weights; }
                    @WeightTransform("Static")
                    static StateDict almost(StateDict weights) { return weights; }
                }
                """);
        assertThat(compiled.ids())
                .containsExactly("DuplicateTransform 5:22", "DuplicateTransform 7:22", "NearDuplicateName 9:22");
        assertThat(compiled.messages()).contains("Base#halve");
    }

    @Test
    void aMethodThatHidesAStaticOneDoesNotOverrideIt() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @WeightTransform("static")
                    protected static StateDict stay(StateDict weights) { return weights; }
                }
                """);
        assertThat(compiled.ids()).containsExactly("DuplicateTransform 5:22");
    }

    @Test
    void anInheritedDerivedStreamGetsNoPolicyFromTheClass() {
        assertThat(compile("""
                        @CheckpointStream(value = "halved", saveTopK = -1)
                        abstract class Digits {}
                        """).ids()).containsExactly("MisplacedPolicy 4:27");
    }

    @Test
    void anOverrideMayRepeatItsDeclaration() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @Override @WeightTransform("halved")
                    protected StateDict halve(StateDict weights) { return weights; }
                    @Override @TransformWhen("halved")
                    protected boolean warmedUp(TransformContext context) { return true; }
                    @Override @OnSaveCheckpoint("halved")
                    protected void describe(Checkpoint checkpoint) {}
                }
                """);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .contains("transform(")
                .doesNotContain("saves(", "onSaveCheckpoint(");
    }

    @Test
    void anOverrideOfAConditionKeepsItsStreams() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @Override @TransformWhen({"halved", "static"})
                    protected boolean warmedUp(TransformContext context) { return true; }
                }
                """);
        assertThat(compiled.ids()).containsExactly("OverrideDiffers 5:30");
        assertThat(compiled.messages()).contains("\"halved\", \"static\"");
    }

    @Test
    void anInheritedConditionIsTheOnlyOne() {
        assertThat(compile("""
                        abstract class Digits {
                            @TransformWhen("halved")
                            boolean improved(TransformContext context) { return true; }
                        }
                        """).ids()).containsExactly("DuplicateCondition 5:20");
    }

    @Test
    void inheritedFilesAreNotOverwritten() {
        assertThat(compile("""
                        @CheckpointStream(filename = "halved-{step}")
                        abstract class Digits {}
                        """).ids()).containsExactly("SameFiles 4:30");
    }

    @Test
    void aCycleThroughAReplacedSourceIsFound() {
        Compiled compiled = compile("""
                abstract class Digits {
                    @Override @WeightTransform(value = "halved", from = "quartered")
                    protected StateDict halve(StateDict weights) { return weights; }
                    @WeightTransform(value = "quartered", from = "halved")
                    static StateDict quarter(StateDict weights) { return weights; }
                }
                """);
        assertThat(compiled.ids()).containsExactly("SourceCycle 5:57");
        assertThat(compiled.messages()).contains("halved <- quartered <- halved");
    }

    @Test
    void theRuntimeFindsTheRegistriesOfAllSupertypes() throws Exception {
        Compiled compiled =
                Compilation.javac().compile(GoldenTest.sources(Path.of("src/test/resources/goldens/hierarchy")));
        Class<?> derived = Class.forName("hierarchy.DerivedModule", false, compiled.load());
        assertThat(RegistryLookup.find(derived))
                .extracting(registry -> registry.getClass().getName())
                .containsExactly(
                        "hierarchy.BaseModuleCallbackRegistry",
                        "hierarchy.QuantizedCallbackRegistry",
                        "hierarchy.DerivedModuleCallbackRegistry");
    }
}
