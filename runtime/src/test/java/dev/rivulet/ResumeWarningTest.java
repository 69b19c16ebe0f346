package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is different from then, and makes a run that goes on another one; in a second JVM, whose log is read. */
class ResumeWarningTest {
    @TempDir
    Path root;

    @Test
    void otherThreadsAndAnotherOptimizerAreWarnedOf() throws IOException, InterruptedException {
        FitResult saved =
                fit(root, 2, ResumeFrom.nothing(), () -> Adam.builder().build());
        Path file = saved.stream("original").bestModelPath();
        int threads = JniUtils.getNumThreads();

        Process resumed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dai.djl.pytorch.num_threads=" + (threads + 1),
                        "-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResumedElsewhere.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        String log = new String(resumed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(resumed.waitFor()).as(log).isZero();
        assertThat(log)
                .contains(file + " was saved by a run of " + threads + " threads, this one has " + (threads + 1))
                .contains(file + " was saved by a run that was optimized by dev.rivulet.optim.Adam. This run's"
                        + " dev.rivulet.optim.AdamW takes over its state, and hyper-parameters");
    }

    private static FitResult fit(Path root, int steps, ResumeFrom from, Supplier<Optimizer> optimizer) {
        try (NDManager manager = NDManager.newBaseManager();
                ResumableModule module = new ResumableModule(optimizer)) {
            return Trainer.builder()
                    .maxEpochs(1)
                    .maxSteps(steps)
                    .seed(1)
                    .defaultRootDir(root)
                    .build()
                    .fit(module, Points.of(manager, 24, 4), from);
        }
    }

    /** The main program of the second JVM. */
    static final class ResumedElsewhere {
        private ResumedElsewhere() {}

        public static void main(String[] arguments) {
            fit(
                    Path.of(arguments[0]),
                    3,
                    resumeFrom("last"),
                    () -> AdamW.builder().build());
        }
    }
}
