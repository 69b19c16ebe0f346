package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Classes that need what other processors generate wait for it. */
class RoundsTest {
    private static final String HEADER = """
        package digits;
        import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
        import dev.rivulet.annotations.*;
        """;

    private static final String AVERAGE = HEADER + """
        class Average implements StatefulTransform {
            @Override public void update(StateDict weights, long globalStep) {}
            @Override public StateDict apply(StateDict weights, TransformContext context) { return weights; }
        }
        """;

    private static Compiled compile(RoundProcessor other, String body) {
        return Compilation.javac().processors(new RivuletProcessor(), other).compile(HEADER + body);
    }

    @Test
    void aFieldWaitsForItsType() {
        Compiled compiled = compile(RoundProcessor.generating(1, "digits.Average", AVERAGE), """
            abstract class Digits extends LightningModule {
                @WeightTransform("averaged") final Average average = new Average();
            }
            """);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .contains("((Digits) module).average.apply(weights, context)")
                .doesNotContain("throws Exception");
    }

    @Test
    void aFieldWaitsForTheSupertypeOfItsType() {
        Compiled compiled = compile(RoundProcessor.generating(1, "digits.Average", AVERAGE), """
            abstract class Digits extends LightningModule {
                @WeightTransform("averaged") final Own average = new Own();
            }
            class Own extends Average {}
            """);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated()).containsKey("digits.DigitsCallbackRegistry");
    }

    @Test
    void aNameWaitsForItsConstant() {
        Compiled compiled = compile(
                RoundProcessor.generating(
                        1, "digits.Names", "package digits;\nclass Names { static final String HALVED = \"halved\"; }"),
                """
                abstract class Digits extends LightningModule {
                    @WeightTransform(Names.HALVED)
                    static StateDict halve(StateDict weights) { return weights; }

                    @TransformWhen({Names.HALVED})
                    boolean warmedUp(TransformContext context) { return true; }
                }
                """);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry")).contains("case HALVED");
    }

    @Test
    void aClassWaitsForItsSuperclass() {
        Compiled compiled = compile(
                RoundProcessor.generating(
                        1,
                        "digits.Base",
                        HEADER
                                + "abstract class Base extends LightningModule { @WeightTransform(\"halved\") static StateDict halve(StateDict w) {"
                                + " return w; } }"),
                """
                abstract class Digits extends Base {
                    @WeightTransform(value = "quartered", from = "halved")
                    static StateDict quarter(StateDict weights) { return weights; }
                }
                """);
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated())
                .containsOnlyKeys("digits.Base", "digits.BaseCallbackRegistry", "digits.DigitsCallbackRegistry");
    }

    @Test
    void membersWithoutAnnotationsAreNotWaitedFor() {
        Compiled compiled = compile(RoundProcessor.generating(9, "digits.Never", ""), """
            abstract class Digits extends LightningModule {
                Missing missing;
                Missing miss(Missing missing) { return missing; }
                @WeightTransform("halved") static StateDict halve(StateDict weights) { return weights; }
            }
            """);
        assertThat(compiled.generated()).containsKey("digits.DigitsCallbackRegistry");
    }

    @Test
    void whatNeverComesIsLeftToTheCompiler() {
        for (String missing : new String[] {
            "@WeightTransform(\"averaged\") final Missing average = null;",
            "@WeightTransform(\"halved\") static Missing halve(StateDict weights) { return null; }",
            "@WeightTransform(\"halved\") static StateDict halve(Missing weights) { return null; }",
            "@WeightTransform(\"halved\") static StateDict halve(StateDict weights) throws Missing { return null; }",
            "@WeightTransform(Missing.NAME) static StateDict halve(StateDict weights) { return null; }",
            "@WeightTransform static StateDict halve(StateDict weights) { return null; }",
            "@WeightTransform(5) static StateDict halve(StateDict weights) { return null; }",
        }) {
            Compiled compiled = compile(
                    RoundProcessor.generating(9, "digits.Never", ""),
                    "abstract class Digits extends LightningModule { " + missing + " }");
            assertThat(compiled.ids()).as(compiled.messages()).isEmpty();
            assertThat(compiled.errors()).as(compiled.messages()).isEqualTo(1);
        }
    }
}
