package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Users with module descriptors of their own. */
class ModuleTest {
    private static final String DIGITS = """
        package digits;
        import dev.rivulet.LightningModule;
        import dev.rivulet.transform.StateDict;
        import dev.rivulet.annotations.WeightTransform;
        public abstract class Digits extends LightningModule {
            public Digits() {}
            @WeightTransform("halved")
            public static StateDict halve(StateDict weights) { return weights; }
        }
        """;

    private static Compiled compile(String descriptor) {
        return Compilation.javac()
                .options("-Xlint:-requires-automatic,-requires-transitive-automatic")
                .options("--module-path", Compilation.LIBRARIES)
                .compile(descriptor, DIGITS, "package digits.other;\nclass Other {}");
    }

    @Test
    void aModuleThatDoesNotReadJavaCompilerGetsNoGeneratedAnnotation() {
        Compiled compiled = compile("module digits { requires transitive dev.rivulet; exports digits; }");
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .contains("@RegistryGenerated")
                .doesNotContain("javax.annotation.processing");
    }

    @Test
    void aModuleThatReadsJavaCompilerGetsTheGeneratedAnnotation() {
        for (String module : new String[] {
            "requires transitive java.compiler; exports digits;",
            "requires java.compiler;",
            "requires java.compiler; exports digits.other;",
        }) {
            Compiled compiled = compile("module digits { requires transitive dev.rivulet; " + module + " }");
            assertThat(compiled.messages()).isEmpty();
            assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                    .contains("@Generated(\"dev.rivulet.processor.RivuletProcessor\")");
        }
    }

    @Test
    void anExportedRegistryLeaksNoAnnotation() {
        Compiled compiled =
                compile("module digits { requires transitive dev.rivulet; requires java.compiler; exports digits; }");
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .doesNotContain("javax.annotation.processing");
    }

    @Test
    void anExportedRegistryLeaksNoException() {
        Compiled compiled = Compilation.javac()
                .options("-Xlint:-requires-automatic,-requires-transitive-automatic")
                .options("--module-path", Compilation.LIBRARIES)
                .compile(
                        "module digits { requires transitive dev.rivulet; requires java.sql; exports digits; }",
                        DIGITS.replace("public static", "")
                                .replace("weights) {", "weights) throws java.sql.SQLException {"));
        assertThat(compiled.messages()).isEmpty();
    }

    @Test
    void aModuleThatDoesNotReadTheRuntimeIsAnError() {
        Compiled compiled = Compilation.javac()
                .options("--module-path", Compilation.LIBRARIES)
                .compile("module digits { requires dev.rivulet.annotations; }", """
                    package digits;
                    @dev.rivulet.annotations.CheckpointStream(saveTopK = -1)
                    class Digits {}
                    """);
        assertThat(compiled.ids()).containsExactly("RuntimeMissing 3:1");
    }
}
