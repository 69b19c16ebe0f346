package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.Mode;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warns of changed settings that make a resumed run differ; reads the log of a second JVM. */
@Tag("slow")
class ResumeWarningTest {
    @TempDir
    Path root;

    @Test
    void warnsOfAnotherThreadCountAndAnotherOptimizer() throws IOException {
        FitResult saved =
                fit(root, 2, ResumeFrom.nothing(), () -> Adam.builder().build());
        Path file = saved.stream("original").bestModelPath();
        int threads = JniUtils.getNumThreads();

        String log;
        try (ChildProcess resumed = ChildProcess.jvm(
                List.of(
                        "-Dai.djl.pytorch.num_threads=" + (threads + 1),
                        "-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn"),
                ResumedElsewhere.class,
                root)) {
            resumed.toEnd();
            log = resumed.errors();
        }

        assertThat(log)
                .contains(file + " was saved by a run with " + threads + " threads, this one has " + (threads + 1))
                .contains(file + " was saved by a run with the optimizer dev.rivulet.optim.Adam. This run's"
                        + " dev.rivulet.optim.AdamW adopts its state, and hyper-parameters");
    }

    @Test
    void warnsOfAnotherMonitor() throws IOException {
        fit(root, 2, ResumeFrom.nothing(), () -> Adam.builder().build());

        String log;
        try (ChildProcess resumed = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn"), RankedOtherwise.class, root)) {
            resumed.toEnd();
            log = resumed.errors();
        }

        assertThat(log)
                .contains("The stream \"original\" was ranked by \"train_loss\" (MIN) and is now ranked by"
                        + " \"epoch_loss\" (MAX): ranking starts fresh");
    }

    private static FitResult fit(Path root, int steps, ResumeFrom from, Supplier<Optimizer> optimizer) {
        return fit(root, steps, from, optimizer, policy -> policy.monitor("train_loss"));
    }

    private static FitResult fit(
            Path root,
            int steps,
            ResumeFrom from,
            Supplier<Optimizer> optimizer,
            UnaryOperator<StreamPolicy.Builder> monitored) {
        try (NDManager manager = NDManager.newBaseManager();
                ResumableModule module = new ResumableModule(optimizer)) {
            return Trainer.builder().maxEpochs(1).maxSteps(steps).seed(1).defaultRootDir(root).stream(
                            "original", monitored)
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

    /** The main program of the second JVM. */
    static final class RankedOtherwise {
        private RankedOtherwise() {}

        public static void main(String[] arguments) {
            fit(
                    Path.of(arguments[0]),
                    3,
                    resumeFrom("last"),
                    () -> Adam.builder().build(),
                    policy -> policy.monitor("epoch_loss").mode(Mode.MAX));
        }
    }
}
