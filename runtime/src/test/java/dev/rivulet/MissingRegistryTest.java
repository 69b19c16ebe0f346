package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import REPL.InJShell;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.internal.declaration.RegistryLookup;
import dev.rivulet.registry.MissingRegistryException;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.transform.StateDict;
import org.junit.jupiter.api.Test;

/** Error messages when annotations have no effect. */
class MissingRegistryTest extends FitTestCase {

    /** Has a transform, but the processor did not run. */
    static class Unprocessed extends PlaneModule {
        @WeightTransform("halved")
        static StateDict halve(StateDict weights) {
            return weights;
        }
    }

    /** As Kotlin compiles it. */
    @kotlin.Metadata
    static class WrittenInKotlin extends PlaneModule {
        @OnSaveCheckpoint
        void describe(Checkpoint checkpoint) {}
    }

    /** Has a registry that cannot be created. */
    static class Broken extends PlaneModule {
        @OnSaveCheckpoint
        void describe(Checkpoint checkpoint) {
            checkpoint.put("broken", true);
        }
    }

    @Test
    void explainsHowToRunTheProcessor() {
        try (Unprocessed module = new Unprocessed()) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(MissingRegistryException.class)
                    .hasMessageContaining("dev.rivulet.MissingRegistryTest$Unprocessed has Rivulet's annotations, but"
                            + " dev.rivulet.MissingRegistryTest_UnprocessedCallbackRegistry was not generated")
                    .hasMessageContaining("JDK 23 and later run only explicitly configured processors")
                    .hasMessageContainingAll(
                            "<annotationProcessorPaths>",
                            "<groupId>dev.rivulet</groupId>",
                            "<artifactId>rivulet-processor</artifactId>",
                            "<version>" + RuntimeVersion.current() + "</version>")
                    .hasMessageContaining("annotationProcessor(\"dev.rivulet:rivulet-processor:");
        }
    }

    @Test
    void explainsHowToRunTheProcessorForKotlin() {
        try (WrittenInKotlin module = new WrittenInKotlin()) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(MissingRegistryException.class)
                    .hasMessageContaining("kapt(\"dev.rivulet:rivulet-processor:" + RuntimeVersion.current() + "\")")
                    .hasMessageContaining("goal kapt of kotlin-maven-plugin")
                    .hasMessageContaining("<artifactId>rivulet-processor</artifactId>")
                    .hasMessageNotContaining("maven-compiler-plugin");
        }
    }

    @Test
    void explainsHowToRunTheProcessorForJShell() {
        assertThatThrownBy(() -> RegistryLookup.find(InJShell.class))
                .isExactlyInstanceOf(MissingRegistryException.class)
                .hasMessageContaining("JShell runs none: compile the class")
                .hasMessageContaining("--class-path");
    }

    @Test
    void isReportedForASubclassWithoutAnnotations() {
        class Plain extends Unprocessed {}

        try (Plain module = new Plain()) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(MissingRegistryException.class)
                    .hasMessageStartingWith("dev.rivulet.MissingRegistryTest$Unprocessed has");
        }
    }

    @Test
    void explainsWhyALocalClassHasNoRegistry() {
        @CheckpointStream(saveTopK = 2, monitor = "val_loss")
        class Local extends PlaneModule {}

        try (Local module = new Local()) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(MissingRegistryException.class)
                    .hasMessageContaining("is a local or anonymous class, which annotation processors do not process."
                            + " Make it a top-level or member class.");
        }
    }

    @Test
    void reportsARegistryThatCannotBeCreated() {
        try (Broken module = new Broken()) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(MissingRegistryException.class)
                    .hasMessageStartingWith("dev.rivulet.MissingRegistryTest_BrokenCallbackRegistry was found, but")
                    .hasMessageContaining("opens dev.rivulet to dev.rivulet;")
                    .hasMessageContaining("recompile it");
        }
    }

    @Test
    void isNotReportedWithoutAnnotations() {
        try (PlaneModule module = new PlaneModule()) {
            assertThat(fit(module).streams()).containsOnlyKeys("original");
        }
    }
}
