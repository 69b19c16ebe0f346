package dev.rivulet.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.rivulet.Trainer;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EnginePatchTest {
    /** Libraries that are modules; DJL's native ones cannot be. */
    private static final Pattern REQUIRED = Pattern.compile(
            "(api-0\\.36|pytorch-engine|gson|jna-|slf4j-api|progressbar|jline|jspecify|commons-)[^/]*\\.jar$");

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
        try (ChildProcess training = ChildProcess.jvm(Training.class, "ai.djl.pytorch.engine.PtNDArray")) {
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
    void isInstalledInNamedModules() throws IOException {
        Path runtime = location(Trainer.class);
        assumeThat(runtime.resolve("module-info.class")).exists();
        Map<Boolean, List<String>> libraries = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .collect(
                        Collectors.partitioningBy(path -> REQUIRED.matcher(path).find()));
        List<String> modules = new ArrayList<>(libraries.get(true));
        modules.add(runtime.toString());
        modules.add(location(StreamPolicy.class).toString());

        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--module-path", String.join(File.pathSeparator, modules)));
        command.addAll(List.of("--class-path", String.join(File.pathSeparator, libraries.get(false))));
        command.addAll(List.of("--patch-module", "dev.rivulet=" + location(Training.class)));
        command.addAll(List.of("-m", "dev.rivulet/" + Training.class.getName()));
        try (ChildProcess training = ChildProcess.start(command)) {
            assertThat(training.toEnd()).containsExactly("trained");
        }
    }

    private static Path location(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    @Test
    @Tag("slow")
    void theRemediesWork() throws IOException {
        List<String> unprotected =
                List.of("-Drivulet.gradients=unprotected", "-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn");
        try (ChildProcess training = ChildProcess.jvm(unprotected, Training.class, "ai.djl.pytorch.engine.PtNDArray")) {
            assertThat(training.toEnd()).containsExactly("trained");
            assertThat(training.errors()).contains("depend on when the JVM collects garbage");
        }
        try (ChildProcess training = ChildProcess.jvm(Training.class, "ai.djl.engine.Engine")) {
            assertThat(training.toEnd()).containsExactly("trained");
        }
    }
}
