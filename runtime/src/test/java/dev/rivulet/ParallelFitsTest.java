package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fit while another one runs, in a JVM whose log is read. */
class ParallelFitsTest extends FitTestCase {
    private static final String WARNING = "Several fits run in this JVM at the same time";

    /** Runs a fit, or two, the second within the first. */
    static final class Fits extends FitTestCase {
        public static void main(String[] arguments) {
            new Fits().run(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]));
        }

        private void run(Path root, boolean nested) {
            fit(root.resolve("before"), new PlaneModule());
            fit(root.resolve("outer"), new PlaneModule() {
                @Override
                public void onTrainStart() {
                    if (nested) {
                        fit(root.resolve("inner"), new PlaneModule());
                    }
                }
            });
            closeManager();
        }

        private void fit(Path folder, PlaneModule module) {
            try (module) {
                Trainer.builder()
                        .maxEpochs(1)
                        .seed(1)
                        .defaultRootDir(folder)
                        .build()
                        .fit(module, points);
            }
        }
    }

    private String log(boolean nested) throws IOException {
        try (ChildProcess fits = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=warn"), Fits.class, directory, nested)) {
            fits.toEnd();
            return fits.errors();
        }
    }

    @Test
    void isWarnedOfIfItHasASeed() throws IOException {
        assertThat(log(true)).containsOnlyOnce(WARNING);
    }

    @Test
    void isNotWarnedOfAfterTheOtherHasEnded() throws IOException {
        assertThat(log(false)).doesNotContain(WARNING);
    }
}
