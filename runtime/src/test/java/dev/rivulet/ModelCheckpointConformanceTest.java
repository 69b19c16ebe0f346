package dev.rivulet;

import com.google.gson.JsonObject;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.internal.retention.ConformanceCases;
import dev.rivulet.internal.retention.Difference;
import dev.rivulet.internal.retention.PolicyCase;
import dev.rivulet.internal.retention.RunEnd;
import dev.rivulet.internal.retention.TrainerVerdict;
import dev.rivulet.internal.retention.Verdict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays cases recorded from Lightning's {@code ModelCheckpoint}: the copies in the test resources, or those in
 * {@code -Drivulet.conformance=DIR}. A recorded run is replayed twice: its hooks by the policy alone, and the whole run
 * by the trainer with real files. {@link dev.rivulet.internal.retention.Difference} describes the deliberate
 * differences, by rules that also apply to unknown cases.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links to files take a privilege there")
class ModelCheckpointConformanceTest {
    @TempDir
    Path directory;

    @Test
    void everyCaseMatchesLightningOrDiffersOnPurpose() throws IOException, URISyntaxException {
        ConformanceReport report = new ConformanceReport();
        for (JsonObject testCase : ConformanceCases.read()) {
            report.add(testCase.get("id").getAsString(), judgeSafely(testCase));
        }
        report.printAndAssert();
    }

    private Verdict judgeSafely(JsonObject testCase) {
        try {
            return judge(testCase, Files.createTempDirectory(directory, "case"));
        } catch (IOException | RuntimeException broken) {
            return Verdict.failed(broken.toString());
        }
    }

    private static Verdict judge(JsonObject testCase, Path folder) throws IOException {
        Optional<Verdict> policy = PolicyCase.judge(testCase);
        if (testCase.get("kind").getAsString().equals("run")) {
            return policy.orElseThrow().and(train(testCase, folder));
        }
        return policy.isPresent() ? policy.get() : SetupCase.judge(testCase, folder);
    }

    private static Verdict train(JsonObject testCase, Path folder) throws IOException {
        RecordedCase recorded = new RecordedCase(testCase, folder);
        Optional<String> missing = recorded.missing();
        if (missing.isPresent()) {
            return Verdict.notReplayed(missing.get());
        }
        TrainerVerdict verdict = new TrainerVerdict(testCase);
        try {
            List<RunEnd> ends = recorded.replay(verdict.comparable(), verdict.wholeRuns());
            return verdict.of(ends).and(recorded.resumeVerdict());
        } catch (RecordedCase.RefusedException refused) {
            return verdict.ofRefusal(refused.refusal());
        } catch (MissingMetricException missingMetric) {
            return String.valueOf(missingMetric.getMessage()).contains("no validation runs")
                    ? Verdict.different(Difference.MISSING_METRICS_END_RUNS)
                    : Verdict.failed(missingMetric.toString());
        }
    }
}
