package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

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
                "transformed | has not returned | of the stream \"transformed\" has not returned",
                "transformed | Training has waited for the writer | TransformingModule.transformed",
                "averaged | has not returned | of the stream \"averaged\" has not returned",
                "averaged | Training waits for it | TransformingModule.averaged",
                "condition | has not returned | The condition of the stream \"half\" has not returned",
                "hook | has not returned | called for the stream \"original\", has not returned",
                "commit | has not returned | An onCheckpointCommitted hook, called for"
            })
    void namesWhatDoesNotReturn(String where, String awaited, String expected) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn"), SlowRun.class, root, where, awaited)) {
            assertThat(run.exitStatus()).isZero();
            assertThat(run.errors()).contains(awaited, expected, "SlowRun.awaitWarning");
        }
    }

    /** The main program of the second JVM: its user code returns once the log has a warning. */
    static final class SlowRun {
        private static final CountDownLatch WARNED = new CountDownLatch(1);

        private SlowRun() {}

        /**
         * Trains for two epochs.
         *
         * @param arguments directory of the run; what waits; the warning for which it waits
         */
        public static void main(String[] arguments) {
            String where = arguments[1];
            System.setErr(new PrintStream(System.err, true, StandardCharsets.UTF_8) {
                @Override
                public void println(String line) {
                    super.println(line);
                    if (line.contains(arguments[2])) {
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
                        .slowCallWarning(Duration.ofMillis(20))
                        .callbacks(new Callback() {
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
