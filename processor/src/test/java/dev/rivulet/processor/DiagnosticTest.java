package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.CheckpointStream;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where and how mistakes are reported, beyond the examples in {@code docs/diagnostics.md}. */
class DiagnosticTest {
    /** Compiles the body of a class that starts on line 5. */
    private static Compiled compile(String body) {
        return Compilation.javac().compile("""
            package digits;
            import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
            import dev.rivulet.annotations.*;
            abstract class Digits extends LightningModule {
            %s
            }
            """.formatted(body));
    }

    private static final String HALVE =
            "@WeightTransform(\"halved\") static StateDict halve(StateDict weights) { return weights; }\n";

    @Test
    void aNearNameIsSuggested() {
        assertThat(compile("@WeightTransform(value = \"b\", from = \"orignal\") static StateDict b(StateDict w) {"
                                + " return w; }")
                        .messages())
                .contains("The stream \"orignal\" is unknown here. Did you mean \"original\"?");
    }

    @Test
    void withoutANearNameTheKnownOnesAreListed() {
        assertThat(compile(HALVE + "@OnSaveCheckpoint(\"averaged\") void save(Checkpoint c) {}")
                        .messages())
                .contains("The stream \"averaged\" is unknown here. Known streams are \"original\", \"halved\".");
    }

    @Test
    void everyUnknownElementOfAnArrayHasItsOwnPosition() {
        assertThat(compile(HALVE + "@OnLoadCheckpoint({\"halved\", \"x\", \"y\"}) void load(Checkpoint c) {}")
                        .ids())
                .containsExactly("UnknownStream 6:30", "UnknownStream 6:35");
    }

    @Test
    void aConditionOnAnUnknownStream() {
        assertThat(compile("@TransformWhen(\"halved\") boolean when(TransformContext c) { return true; }")
                        .ids())
                .containsExactly("UnknownStream 5:16");
    }

    @Test
    void aPolicyForATransformOfAnotherMember() {
        assertThat(compile(HALVE
                                + "@WeightTransform(\"b\") @CheckpointStream(\"halved\") static StateDict"
                                + " b(StateDict w) { return w; }")
                        .ids())
                .containsExactly("UnknownStream 6:41");
    }

    @Test
    void anEmptyNameIsOneMistake() {
        assertThat(compile("@WeightTransform(\"\") static StateDict b(StateDict w) { return w; }")
                        .ids())
                .containsExactly("IllegalStreamName 5:18");
    }

    @Test
    void aConditionWithoutStreams() {
        assertThat(compile("@TransformWhen({}) boolean when(TransformContext c) { return true; }")
                        .ids())
                .containsExactly("UnusedCondition 5:16");
    }

    @Test
    void aConditionOnAStreamThatNeverSaves() {
        for (String policy : new String[] {"saveTopK = 0", "everyNEpochs = 0", "everyNTrainSteps = 0"}) {
            assertThat(compile("@CheckpointStream(" + policy + ") " + HALVE
                                    + "@TransformWhen(\"halved\") boolean when(TransformContext c) { return true; }")
                            .ids())
                    .containsExactly("UnusedCondition 6:16");
        }
    }

    @Test
    void aConditionOnAStreamThatSavesWithoutKeepingTheBest() {
        for (String kept : new String[] {"keepLast = 3", "keepEveryNth = 10", "saveLast = SaveLast.COPY"}) {
            assertThat(compile("@CheckpointStream(saveTopK = 0, " + kept + ") " + HALVE
                                    + "@TransformWhen(\"halved\") boolean when(TransformContext c) { return true; }")
                            .messages())
                    .as(kept)
                    .isEmpty();
        }
    }

    @Test
    void aConditionThatNamesAStreamTwice() {
        assertThat(compile(HALVE
                                + "@TransformWhen({\"halved\", \"halved\"}) boolean when(TransformContext c) {"
                                + " return true; }")
                        .ids())
                .containsExactly("DuplicateCondition 6:27");
    }

    @Test
    void wrongSignatures() {
        for (String method : new String[] {
            "@WeightTransform(\"a\") StateDict m() { return null; }",
            "@WeightTransform(\"a\") StateDict m(TransformContext c, StateDict w) { return null; }",
            "@WeightTransform(\"a\") StateDict m(StateDict... w) { return null; }",
            "@WeightTransform(\"a\") StateDict m(Object w) { return null; }",
            "@WeightTransform(\"a\") Object m(StateDict w) { return null; }",
            "@TransformWhen(\"original\") Boolean m(TransformContext c) { return true; }",
            "@OnSaveCheckpoint int m(Checkpoint c) { return 0; }",
            "@OnSaveCheckpoint void m() {}",
            "@OnLoadCheckpoint void m(Checkpoint c, TransformContext d) {}",
        }) {
            int column = method.indexOf(" m(") + 2;
            assertThat(compile(method).ids()).as(method).contains("WrongSignature 5:" + column);
        }
    }

    @Test
    void theRemedyForASignatureIsTheSignature() {
        assertThat(compile("@OnSaveCheckpoint int describe() { return 0; }").messages())
                .contains("Digits#describe cannot be called as @OnSaveCheckpoint. "
                        + "Write it as \"void describe(Checkpoint)\".");
    }

    @Test
    void aMemberWithSeveralTransformsIsReportedOnce() {
        assertThat(compile("@WeightTransform(\"a\") @WeightTransform(\"b\") private StateDict m(StateDict w) {"
                                + " return w; }")
                        .ids())
                .containsExactly("PrivateMember 5:63");
    }

    @Test
    void privateHooksAndFields() {
        assertThat(compile("@OnSaveCheckpoint private void m(Checkpoint c) {}\n"
                                + "@WeightTransform(\"a\") private StatefulTransform t;")
                        .ids())
                .containsExactlyInAnyOrder("PrivateMember 5:32", "PrivateMember 6:49");
    }

    @Test
    void aClassInsideAPrivateOne() {
        assertThat(compile("private static class Middle { static class Inner {" + HALVE + "} }")
                        .ids())
                .containsExactly("PrivateClass 5:16");
    }

    @Test
    void aStreamThatIsItsOwnSource() {
        Compiled compiled =
                compile("@WeightTransform(value = \"a\", from = \"a\") static StateDict a(StateDict w) { return w; }");
        assertThat(compiled.ids()).containsExactly("SourceCycle 5:38");
        assertThat(compiled.messages()).contains("a <- a");
    }

    @Test
    void aStreamWhoseSourceIsInACycleIsNotPartOfIt() {
        assertThat(compile("""
            @WeightTransform(value = "a", from = "b") static StateDict a(StateDict w) { return w; }
            @WeightTransform(value = "b", from = "c") static StateDict b(StateDict w) { return w; }
            @WeightTransform(value = "c", from = "b") static StateDict c(StateDict w) { return w; }
            """).ids()).containsExactly("SourceCycle 6:38");
    }

    @Test
    void theDefaultNamesOfTheOriginalAreTaken() {
        assertThat(compile("@CheckpointStream(filename = \"original-{epoch}-{step}\") " + HALVE)
                        .ids())
                .containsExactly("SameFiles 5:30");
    }

    @Test
    void oneFolderInTheTemplateIsTheFolderOfTheOther() {
        assertThat(compile("""
            @WeightTransform("a") @CheckpointStream(dirpath = "x", filename = "{epoch}")
            static StateDict a(StateDict w) { return w; }
            @WeightTransform("b") @CheckpointStream(filename = "x/epoch={epoch}", autoInsertMetricName = false)
            static StateDict b(StateDict w) { return w; }
            """).ids()).containsExactly("SameFiles 7:52");
    }

    @Test
    void everyMistakeOfAPolicyIsReportedAtItsAttribute() {
        assertThat(compile("@CheckpointStream(saveTopK = -5, dirpath = \"/tmp\", trainTimeInterval = \"soon\") "
                                + HALVE)
                        .ids())
                .containsExactlyInAnyOrder("BadSaveTopK 5:30", "BadDirpath 5:44", "BadDuration 5:72");
    }

    @Test
    void nestedNamesMayNotCollide() {
        Compiled compiled = Compilation.javac()
                .compile(
                        "package p;\nclass A { static class B {\n@dev.rivulet.annotations.OnSaveCheckpoint"
                                + " void m(dev.rivulet.checkpoint.Checkpoint c) {} } }",
                        "package p;\n@dev.rivulet.annotations.CheckpointStream(saveTopK = -1) class A_B {}");
        assertThat(compiled.ids()).containsExactlyInAnyOrder("RegistryNameTaken 2:18", "RegistryNameTaken 2:58");
        assertThat(compiled.messages()).contains("belongs to p.A_B", "belongs to p.A.B");
    }

    @Test
    void aClassOfALikeNameWithoutDeclarationsDoesNotCollide() {
        assertThat(Compilation.javac()
                        .compile(
                                "package p;\nclass A_B {}",
                                "package p;\nclass A { @dev.rivulet.annotations.CheckpointStream"
                                        + "(saveTopK = -1) abstract static class B extends dev.rivulet.LightningModule {} }")
                        .messages())
                .isEmpty();
    }

    @Test
    void mistakesDoNotKeepTheRegistryFromBeingWritten() {
        Compiled compiled =
                compile(HALVE + "@WeightTransform(\"b\") private static StateDict b(StateDict w) { return w; }");
        assertThat(compiled.ids()).containsExactly("PrivateMember 6:48");
        assertThat(compiled.errors()).isEqualTo(1);
        assertThat(compiled.generated().get("digits.DigitsCallbackRegistry"))
                .contains("case HALVED -> Digits.halve(weights)")
                .doesNotContain("\"b\"");
    }

    @Test
    void localClassesHaveNoRegistry() {
        Compiled compiled = compile(
                "void m() { class Local { " + "@WeightTransform(\"a\") StateDict a(StateDict w) { return w; } } }");
        assertThat(compiled.messages()).isEmpty();
        assertThat(compiled.generated()).isEmpty();
    }

    @Test
    void everyAttributeOfAPolicyIsRead() {
        assertThat(Stream.of(CheckpointStream.class.getDeclaredMethods())
                        .map(Method::getName)
                        .filter(attribute -> !attribute.equals("value")))
                .allSatisfy(attribute ->
                        assertThat(DeclaredPolicy.setter(attribute).getName()).isEqualTo(attribute));
    }
}
