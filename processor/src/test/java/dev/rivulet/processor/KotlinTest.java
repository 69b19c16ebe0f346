package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Kotlin's kapt shows Java stubs to processors; these are like those that Kotlin 2.4 writes. */
class KotlinTest {
    private static Compiled compile(String body) {
        return Compilation.javac().compile(DiagnosticsPageTest.KOTLIN_METADATA, """
            package digits;
            import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
            import dev.rivulet.annotations.*;
            @kotlin.Metadata
            public abstract class Net extends LightningModule {
            public Net() {}
            %s
            }
            """.formatted(body));
    }

    private static String companion(String members) {
        return "public static final Net.Companion Companion = null;\n"
                + "@kotlin.Metadata public static final class Companion { private Companion() {}\n" + members + "}";
    }

    @Test
    void aPropertyWithoutJvmField() {
        assertThat(compile("@WeightTransform(\"averaged\") private final StatefulTransform average = null;")
                        .messages())
                .contains("[PrivateMember] Net#average is private", "Annotate the property with @JvmField")
                .doesNotContain("package-private", "Remove");
    }

    @Test
    void aPrivateFunctionAndAPrivateClass() {
        assertThat(compile("@OnSaveCheckpoint private void save(Checkpoint c) {}\n"
                                + "private static final class Inner { @OnSaveCheckpoint void save(Checkpoint c) {} }")
                        .messages())
                .contains(
                        "[PrivateMember] Net#save is private, and the generated registry cannot reach it."
                                + " Make it internal or public.",
                        "[PrivateClass] Net.Inner is private, and the generated registry of Net.Inner cannot reach it."
                                + " Make it internal or public.");
    }

    @Test
    void signaturesAreThoseOfKotlin() {
        assertThat(compile("""
                        @OnSaveCheckpoint public final void save() {}
                        @TransformWhen("original") public final void asks(TransformContext c) {}
                        @WeightTransform("half") public final void half() {}
                        """).messages())
                .contains(
                        "\"fun save(checkpoint: Checkpoint)\"",
                        "\"fun asks(context: TransformContext): Boolean\"",
                        "\"fun half(weights: StateDict): StateDict\" or"
                                + " \"fun half(weights: StateDict, context: TransformContext): StateDict\"");
    }

    @Test
    void anAverageInTheCompanion() {
        assertThat(compile(
                                companion("")
                                        + "@WeightTransform(\"averaged\") private static final StatefulTransform average = null;")
                        .messages())
                .contains("[StaticTransformField]", "Move the property out of the companion object");
    }

    @Test
    void aJvmStaticFunctionOfTheCompanionIsDeclaredByTheClass() {
        String half = "@WeightTransform(value = \"half\", from = \"averaged\")"
                + " public final %s StateDict half(StateDict weights) {"
                + " return weights; }\n";
        Compiled compiled = compile("@WeightTransform(\"averaged\") public final StatefulTransform average = null;\n"
                + half.formatted("static")
                + companion(half.formatted("")));
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated()).containsOnlyKeys("digits.NetCallbackRegistry");
        assertThat(compiled.generated().get("digits.NetCallbackRegistry")).contains("case HALF -> Net.half(weights)");
    }

    @Test
    void whatElseTheCompanionDeclaresIsAnError() {
        Compiled compiled = compile(companion(
                        "@WeightTransform(\"half\") public final StateDict half(StateDict w) { return w; }\n"
                                + "@OnLoadCheckpoint public final void load(Checkpoint c) {}")
                .replace("@kotlin.Metadata public", "@CheckpointStream(saveTopK = -1) @kotlin.Metadata public"));
        assertThat(compiled.ids())
                .extracting(id -> id.substring(0, id.indexOf(' ')))
                .contains("CompanionMember", "CompanionMember", "CompanionMember");
        assertThat(compiled.messages())
                .contains("Net.Companion#half belongs to a companion object", "@JvmStatic, which makes it one of Net");
    }
}
