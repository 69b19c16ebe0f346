package dev.rivulet.compatibility;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.FitResult;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Run directories of an earlier build, one stopped by an exception, one killed between a commit and the renaming of its
 * files: this build describes them in the same way, and resumes to the same end.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links to files take a privilege there")
class EarlierBuildTest {
    private static final String BUILD = "0.1-a";

    @TempDir
    static Path folder;

    @TempDir
    Path root;

    private static boolean computesAsRecorded;

    /** A run without a stop. A processor that rounds differently ends with other weights. */
    @BeforeAll
    static void runStraight() throws Exception {
        List<String> end = new RunDirectory(folder).end(new EarlierRun(folder).toEnd());
        computesAsRecorded = end.equals(lines("straight"));

        assertThat(comparable(end)).isEqualTo(comparable(lines("straight")));
    }

    static Stream<Arguments> resumeCases() {
        return Stream.of("stopped", "killed")
                .flatMap(run -> RunDirectory.WAYS_TO_RESUME.stream().map(from -> Arguments.of(run, from)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopped", "killed"})
    void isVerifiedDescribedLoadedAndDerivedAsBefore(String run) throws Exception {
        RunArchive.unpack(recorded(run + ".zip"), root);

        assertThat(new RunDirectory(root).description()).isEqualTo(lines(run));
    }

    @ParameterizedTest
    @MethodSource("resumeCases")
    void isResumedToTheSameFilesAndWeights(String run, String from) throws Exception {
        RunArchive.unpack(recorded(run + ".zip"), root);

        FitResult result = new EarlierRun(root).toEnd(resumeFrom(from));

        assertThat(comparable(new RunDirectory(root).end(result))).isEqualTo(comparable(lines(run + "-" + from)));
    }

    /** Removes the weights if this processor computes others than the recording has. */
    private static List<String> comparable(List<String> end) {
        return end.stream()
                .filter(line -> computesAsRecorded || !line.startsWith("weights "))
                .toList();
    }

    private static List<String> lines(String name) throws IOException, URISyntaxException {
        return Files.readAllLines(recorded(name + ".txt"));
    }

    private static Path recorded(String file) throws URISyntaxException {
        return Path.of(EarlierBuildTest.class.getResource(BUILD + "/" + file).toURI());
    }
}
