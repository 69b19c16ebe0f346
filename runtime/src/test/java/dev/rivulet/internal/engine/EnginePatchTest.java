package dev.rivulet.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.rivulet.Trainer;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EnginePatchTest {

    /** Trains after loading the classes that its arguments name, and prints how that ended. */
    static final class Training {
        public static void main(String[] classes) throws Exception {
            for (String name : classes) {
                Class.forName(name, false, Training.class.getClassLoader());
            }
            try (NDManager manager = NDManager.newBaseManager()) {
                Trainer.builder()
                        .maxSteps(1)
                        .enableCheckpointing(false)
                        .build()
                        .fit(new PlaneModule(), Points.of(manager, 4, 4));
                System.out.println("trained");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void isInstalledWithoutTheUsersHelp() {
        assertThatCode(EnginePatch::requireInstalled).doesNotThrowAnyException();
        assertThat(Engine.getAllEngines()).containsOnlyOnce("PyTorch");
    }

    @Test
    @Tag("slow")
    void aFitIsRefusedIfDjlWasLoadedBefore() throws IOException {
        try (ChildProcess training =
                ChildProcess.jvm(Training.class, "ai.djl.pytorch.engine.PtNDArray")) {
            assertThat(training.toEnd())
                    .singleElement()
                    .asString()
                    .startsWith("Gradients could be wrong: DJL frees the number of x.mul(0.5f)")
                    .contains("something had loaded DJL's classes before", "ai.djl.pytorch.engine.PtNDArray")
                    .contains("Call Engine.getEngine(\"PyTorch\") at the beginning of the program")
                    .endsWith("set -Drivulet.gradients=unprotected.");
        }
    }

    @Test
    @Tag("slow")
    void theRemediesWork() throws IOException {
        List<String> unprotected =
                List.of("-Drivulet.gradients=unprotected", "-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn");
        try (ChildProcess training =
                ChildProcess.jvm(unprotected, Training.class, "ai.djl.pytorch.engine.PtNDArray")) {
            assertThat(training.toEnd()).containsExactly("trained");
            assertThat(training.errors()).contains("depend on when the JVM collects garbage");
        }
        try (ChildProcess training = ChildProcess.jvm(Training.class, "ai.djl.engine.Engine")) {
            assertThat(training.toEnd()).containsExactly("trained");
        }
    }
}
