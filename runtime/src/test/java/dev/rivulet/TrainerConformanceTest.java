package dev.rivulet;

import com.google.gson.JsonObject;
import dev.rivulet.stream.ConformanceCases;
import dev.rivulet.stream.TrainerVerdict;
import dev.rivulet.stream.Verdict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains the runs recorded from Lightning, with real files: at the end of each the files, the epoch and step inside them
 * and the books are as in Lightning, or different on purpose as {@link TrainerVerdict} says.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links to files take a privilege there")
class TrainerConformanceTest {
    @TempDir
    Path directory;

    @Test
    void everyRunEndsAsInLightningOrDifferentOnPurpose() throws IOException, URISyntaxException {
        ConformanceReport report = new ConformanceReport("runs");
        for (JsonObject testCase : ConformanceCases.read()) {
            if (testCase.get("kind").getAsString().equals("run")) {
                String id = testCase.get("id").getAsString();
                report.enter(id, judge(testCase, Files.createTempDirectory(directory, "case")));
            }
        }
        report.printAndAssert();
    }

    private static Verdict judge(JsonObject testCase, Path folder) throws IOException {
        RecordedCase recorded = new RecordedCase(testCase, folder);
        Optional<String> missing = recorded.missing();
        if (missing.isPresent()) {
            return Verdict.notReplayed(missing.get());
        }
        TrainerVerdict verdict = new TrainerVerdict(testCase);
        try {
            return verdict.of(recorded.replay());
        } catch (RecordedCase.RefusedException refused) {
            return verdict.ofRefusal(refused.refusal());
        } catch (RuntimeException broken) {
            return Verdict.failed(broken.toString());
        }
    }
}
