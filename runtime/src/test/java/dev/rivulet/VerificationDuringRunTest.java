package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.process.ChildProcess;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run is replacing, or has committed but not named yet, is not damage. */
class VerificationDuringRunTest extends FitTestCase {
    private static final int CALLS = 100;

    /** Seven streams, at every step, while this process verifies them. */
    @Tag("slow")
    @Test
    void neverReportsDamageWhileARunWrites() throws Exception {
        for (int run = 0; run < Seed.SCALE; run++) {
            verifyDuringRun();
            assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
        }
        System.out.println("Verified directories " + Seed.scaled(CALLS) + " times while runs wrote: 0 false alarms");
    }

    private void verifyDuringRun() throws Exception {
        try (ChildProcess run = ChildProcess.jvm(KilledRun.class, directory)) {
            for (int line = 0; line < 20; line++) {
                run.readLine();
            }
            Thread output = new Thread(() -> drain(run));
            output.start();
            for (int call = 0; call < CALLS; call++) {
                assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
                for (String pointer : List.of("last.ckpt", "transformed-last.safetensors", "tail-best.safetensors")) {
                    assertThat(Checkpoints.verify(checkpoints().resolve(pointer))
                                    .problems())
                            .isEmpty();
                }
                assertThat(Checkpoints.newest(checkpoints(), "pruned").skipped())
                        .isEmpty();
                assertThat(run.handle().isAlive()).as(run.errors()).isTrue();
            }
            run.handle().destroyForcibly();
            output.join();
        }
    }

    private static void drain(ChildProcess run) {
        try {
            while (run.readLine() != null) {
                // The run must not wait for its reader.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Undoes what a run does after its last commit, in the order in which it does that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void acceptsEachStateAfterACommit(int done) throws IOException {
        trainer().stream(
                        "original",
                        policy -> policy.monitor("train_loss")
                                .saveTopK(1)
                                .saveLast(SaveLast.COPY)
                                .saveBest(SaveBest.COPY))
                .build()
                .fit(new TransformingModule(), points);
        Manifest newest = Catalog.read(checkpoints()).newest().orElseThrow();
        Path named = file("original", 1);
        byte[] content = Files.readAllBytes(named);
        if (done < 3) { // The run's first group is not published yet, so no earlier checkpoint has these names.
            Files.delete(checkpoints().resolve("best.ckpt"));
        }
        if (done < 2) {
            Files.delete(checkpoints().resolve("last.ckpt"));
        }
        if (done < 1) {
            for (StoredCheckpoint stored : newest.checkpoints()) {
                Files.move(
                        checkpoints().resolve(stored.file()),
                        checkpoints().resolve(".rivulet").resolve(stored.blob().name()));
            }
        }

        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();

        Path good = done < 1 ? Checkpoints.newest(checkpoints(), "original").file() : named;
        content[content.length / 2] ^= 1;
        Files.write(good, content);
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isNotEmpty();
    }

    @Test
    void aPointerThatStillNamesTheCheckpointBeforeIsNotDamaged() throws IOException {
        trainer().stream("original", policy -> policy.saveTopK(-1).saveLast(SaveLast.COPY))
                .build()
                .fit(new TransformingModule(), points);
        Path last = checkpoints().resolve("last.ckpt");
        Files.delete(last);
        Files.copy(file("original", 0), last);

        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
        assertThat(Checkpoints.verify(last))
                .extracting(FileVerification::isGood)
                .isEqualTo(true);

        byte[] other = Files.readAllBytes(last);
        other[other.length / 2] ^= 1;
        Files.write(last, other);
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).hasSize(1);
    }
}
