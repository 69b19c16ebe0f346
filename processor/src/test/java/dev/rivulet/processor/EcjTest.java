package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javax.tools.Diagnostic;
import org.junit.jupiter.api.Test;

/** The Eclipse compiler shows the value, or the name of the attribute before it, on repeated annotations too. */
class EcjTest {
    private static final String HEADER = """
        package digits;
        import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
        import dev.rivulet.annotations.*;
        """;

    /** The source code under the caret of every error. */
    private static List<String> marked(String code) {
        String source = HEADER + code;
        return Compilation.ecj().compile(source).diagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic ->
                        source.substring((int) diagnostic.getStartPosition(), (int) diagnostic.getEndPosition() + 1))
                .toList();
    }

    @Test
    void theCaretIsOnTheValue() {
        assertThat(marked("""
            abstract class Digits extends LightningModule {
                @WeightTransform("half precision")
                static StateDict half(StateDict weights) { return weights; }
            }
            """)).containsExactly("\"half precision\"");
    }

    @Test
    void theCaretIsOnTheAttribute() {
        assertThat(marked("""
            abstract class Digits extends LightningModule {
                @WeightTransform(value = "half", from = "avaraged")
                static StateDict half(StateDict weights) { return weights; }
            }
            """)).containsExactly("from");
    }

    @Test
    void theCaretIsOnTheAttributeOfARepeatedAnnotation() {
        assertThat(marked("""
            @CheckpointStream(value = "hourly", trainTimeInterval = "1h")
            @CheckpointStream(value = "many", saveTopK = 3)
            abstract class Digits extends LightningModule {}
            """)).containsExactly("saveTopK");
    }
}
