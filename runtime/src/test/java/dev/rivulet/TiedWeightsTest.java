package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TiedModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.interop.Python;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checkpoints of a module that uses one layer twice. */
class TiedWeightsTest extends FitTestCase {
    private Path file = Path.of("");

    private Trainer.Builder keepingAll() {
        return trainer().stream("original", policy -> policy.saveTopK(-1));
    }

    @BeforeEach
    void train() {
        try (TiedModule module = new TiedModule()) {
            keepingAll().build().fit(module, points);
        }
        file = file("original", 1);
    }

    @Test
    void holdBothNamesOfATensor() throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            assertThat(open.weights()).containsOnlyKeys("encoder.weight", "encoder.bias");
            assertThat(open.aliases())
                    .hasSize(2)
                    .containsEntry("decoder.weight", "encoder.weight")
                    .containsEntry("decoder.bias", "encoder.bias");
        }
    }

    @Test
    void areLoadedInPythonWithTensorsThatShareMemory() throws IOException {
        Python.assumeHas("torch");

        assertThat(Python.run("tied.py", file.toString()))
                .containsExactly(
                        "encoder.weight decoder.weight",
                        "encoder.bias decoder.bias",
                        "<All keys matched successfully>",
                        "tied");
    }

    @Test
    void areLoadedHere() throws IOException {
        try (TiedModule module = Checkpoints.load(file, new TiedModule())) {
            assertThat(Weights.live(module)).hasSize(2).isEqualTo(Weights.in(file));
        }
    }

    @Test
    void letARunResumeBitForBit() throws IOException {
        Path resumed = directory.resolve("resumed");
        try (TiedModule module = new TiedModule()) {
            keepingAll().defaultRootDir(resumed).build().fit(module, points, resumeFrom(file("original", 0)));
        }

        Path end = resumed.resolve("checkpoints").resolve(file.getFileName());
        assertThat(CheckpointValues.in(end)).isEqualTo(CheckpointValues.in(file));
    }
}
