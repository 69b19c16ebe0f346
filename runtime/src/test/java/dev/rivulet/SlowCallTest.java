package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** User code that does not return is named in a warning; reads the log of a second JVM. */
@Tag("slow")
class SlowCallTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transformed | The transform TransformingModule.transformed of the stream .* has not returned",
                "transformed | Training has waited for the writer .* TransformingModule.transformed .* has not returned",
                "averaged | TransformingModule.averaged of the stream .* has not returned.* Training waits for it",
                "condition | The condition of the stream \"half\" has not returned",
                "hook | called for the stream \"original\", has not returned",
                "step | A step, a hook or the data set has not returned for .* Training waits for it",
                "epoch | A step, a hook or the data set has not returned for .* Training waits for it",
                "commit | An onCheckpointCommitted hook, called for .* has not returned"
            })
    void namesWhatDoesNotReturn(String where, String warning) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn"), SlowRun.class, root, where, warning)) {
            assertThat(run.exitStatus()).isZero();
            assertThat(run.errors()).containsPattern(warning).contains("SlowRun.awaitWarning");
        }
    }

    /** The main program of the second JVM: its user code returns once the log has a warning. */
    static final class SlowRun {
        private static final CountDownLatch WARNED = new CountDownLatch(1);

        private SlowRun() {}

        /**
         * Trains for two epochs.
         *
         * @param arguments directory of the run; what waits; pattern of the warning for which it waits
         */
        public static void main(String[] arguments) {
            String where = arguments[1];
            Pattern warning = Pattern.compile(arguments[2]);
            System.setErr(new PrintStream(System.err, true, StandardCharsets.UTF_8) {
                @Override
                public void println(String line) {
                    super.println(line);
                    if (warning.matcher(line).find()) {
                        WARNED.countDown();
                    }
                }
            });
            try (NDManager manager = NDManager.newBaseManager();
                    TransformingModule module = new TransformingModule()) {
                for (String stream : List.of("transformed", "averaged")) {
                    module.transform(stream, (weights, context) -> {
                        awaitWarning(where.equals(stream));
                        return weights;
                    });
                }
                module.when("half", context -> {
                    awaitWarning(where.equals("condition"));
                    return true;
                });
                module.onSave("original", checkpoint -> awaitWarning(where.equals("hook")));
                Trainer.builder()
                        .maxEpochs(2)
                        .defaultRootDir(Path.of(arguments[0]))
                        .slowCallWarning(Duration.ofMillis(500))
                        .callbacks(new Callback() {
                            @Override
                            public void onBeforeBackward(Trainer trainer, LightningModule trained, NDArray loss) {
                                awaitWarning(where.equals("step"));
                            }

                            @Override
                            public void onTrainEpochEnd(Trainer trainer, LightningModule trained) {
                                awaitWarning(where.equals("epoch"));
                            }

                            @Override
                            public void onCheckpointCommitted(
                                    Trainer trainer, LightningModule trained, CommittedCheckpoint checkpoint) {
                                awaitWarning(where.equals("commit"));
                            }
                        })
                        .build()
                        .fit(module, Points.of(manager, 16, 4));
            }
        }

        private static void awaitWarning(boolean waits) {
            try {
                if (waits && !WARNED.await(1, TimeUnit.MINUTES)) {
                    System.exit(1);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
