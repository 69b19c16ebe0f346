package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log says of failed saves; reads that of a second JVM. */
@Tag("slow")
class FailureLogTest {
    @TempDir
    Path root;

    @Test
    void aTransformThatFailsEachTimeIsLoggedInFullOnce() throws IOException {
        String log;
        try (ChildProcess run =
                ChildProcess.jvm(List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=error"), FailingRun.class, root)) {
            run.toEnd();
            log = run.errors();
        }

        List<String> lines = log.lines()
                .filter(line -> !line.startsWith("[W")) // What libtorch warns of.
                .toList();
        assertThat(lines)
                .filteredOn(line -> line.contains("A save failed"))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .endsWith(
                                        "A save failed; training continues: stream \"transformed\", epoch 0, step 4: try 4"),
                        line -> assertThat(line)
                                .endsWith(
                                        "A save failed again; training continues: stream \"transformed\", epoch 1, step 8:"
                                                + " try 8"));
        assertThat(lines.get(lines.size() - 1)).contains("A save failed again");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("java.io.IOException: try 4"))
                .hasSize(1);
    }

    /** The main program of the second JVM. */
    static final class FailingRun {
        private FailingRun() {}

        public static void main(String[] arguments) {
            try (NDManager manager = NDManager.newBaseManager();
                    TransformingModule module = new TransformingModule()) {
                module.transform("transformed", (weights, context) -> {
                    throw new IOException("try " + context.globalStep());
                });
                Trainer.builder()
                        .maxEpochs(2)
                        .defaultRootDir(Path.of(arguments[0]))
                        .build()
                        .fit(module, Points.of(manager, 16, 4));
            }
        }
    }
}
