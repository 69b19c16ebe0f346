package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever declares what no fit can find is warned, and no one else. */
class ModuleCheckTest {
    private static final String HEADER = """
        package digits;
        import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
        import dev.rivulet.annotations.*;
        """;

    private static final String HALVE =
            "@WeightTransform(\"halved\") static StateDict halve(StateDict weights) { return weights; }";

    private static Compiled compile(String code) {
        return Compilation.javac().options("-Xlint:-auxiliaryclass").compile(HEADER + code);
    }

    @Test
    void everyKindOfClassThatIsNotAModule() {
        for (String owner : List.of(
                "class Digits { %s }",
                "final class Digits { %s }",
                "abstract class Digits { %s }",
                "record Digits(int width) { %s }",
                "enum Digits { ONE; %s }",
                "class Digits implements Callback { %s }",
                "class Digits extends java.util.Date { %s }")) {
            Compiled compiled = compile(owner.formatted(HALVE));
            assertThat(compiled.ids()).as(owner).singleElement().asString().startsWith("NotAModule 4:");
            assertThat(compiled.messages()).contains("WARNING", "Digits is not a LightningModule", "Extend ");
        }
    }

    @Test
    void everyKindOfDeclaration() {
        for (String declaration : List.of(
                "@CheckpointStream(saveTopK = -1) class Digits {}",
                "class Digits { @OnSaveCheckpoint void save(Checkpoint checkpoint) {} }",
                "class Digits { @OnLoadCheckpoint static void load(Checkpoint checkpoint) {} }",
                "class Digits { @WeightTransform(\"averaged\") StatefulTransform average; }")) {
            assertThat(compile(declaration).messages()).as(declaration).contains("[NotAModule] Digits is not");
        }
    }

    @Test
    void aClassInsideAModuleIsNotThatModule() {
        assertThat(compile("abstract class Digits extends LightningModule { static class Halving { " + HALVE + " } }")
                        .messages())
                .contains("[NotAModule] Digits.Halving is not");
    }

    @Test
    void modulesAndTheirInterfacesAreNotWarnedOf() {
        assertThat(compile("""
                abstract class Base extends LightningModule {}
                abstract class Digits extends Base implements Halving { %s }
                interface Halving { @OnSaveCheckpoint default void save(Checkpoint checkpoint) {} }
                """.formatted(HALVE)).messages()).isEmpty();
    }

    @Test
    void theWarningIsSuppressedOnTheClassOrAroundIt() {
        for (String owner : List.of(
                "@SuppressWarnings(\"NotAModule\") class Digits { %s }",
                "@SuppressWarnings({\"unused\", \"NotAModule\"}) record Digits() { static class Inner { %s } }",
                "@SuppressWarnings(\"NotAModule\") interface Outer { class Middle { enum Inner { ; %s } } }")) {
            assertThat(compile(owner.formatted(HALVE)).messages()).as(owner).isEmpty();
        }
    }

    @Test
    void anotherKeySuppressesNothing() {
        assertThat(compile("@SuppressWarnings(\"unused\") class Digits { " + HALVE + " }")
                        .messages())
                .contains("[NotAModule]");
    }

    @Test
    void theRegistryIsWrittenAllTheSame() {
        Compiled compiled =
                Compilation.javac().options("-Xlint:none").compile(HEADER + "class Digits { " + HALVE + " }");
        assertThat(compiled.generated()).containsOnlyKeys("digits.DigitsCallbackRegistry");
    }
}
