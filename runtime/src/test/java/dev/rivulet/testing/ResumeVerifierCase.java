package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.testing.ResumeDifference.Kind;
import dev.rivulet.testing.ResumeReport.Verdict;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Verifiers of runs of two epochs with six steps each. */
abstract class ResumeVerifierCase {
    @TempDir
    Path root;

    final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    Dataset points() {
        return SeededDataset.shuffled(Points.of(manager, 24, 4), 4, 7);
    }

    Trainer.Builder trainer() {
        return Trainer.builder().maxEpochs(2).seed(3).defaultRootDir(root);
    }

    ResumeVerifier verifier(Supplier<LightningModule> module) {
        return ResumeVerifier.of(module, this::trainer, this::points, () -> Points.of(manager, 8, 4));
    }

    /** Asserts the contents of a report, and that {@code requireExact} throws it. */
    static void assertFinds(ResumeReport report, Verdict verdict, Kind kind, long step, String cause) {
        assertThat(report.verdict()).as(report.toString()).isEqualTo(verdict);
        assertThat(report.difference().orElseThrow().kind())
                .as(report.toString())
                .isEqualTo(kind);
        assertThat(report.difference().orElseThrow().step())
                .as(report.toString())
                .isEqualTo(step);
        assertThat(report.toString()).contains(cause);
        assertThatThrownBy(report::requireExact)
                .isInstanceOf(AssertionError.class)
                .hasMessage(report.toString());
    }
}
