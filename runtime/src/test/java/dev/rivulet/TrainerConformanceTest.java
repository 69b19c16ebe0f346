package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.rivulet.stream.ConformanceCases;
import dev.rivulet.stream.TrainerVerdict;
import dev.rivulet.stream.Verdict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        List<Judged> judged = new ArrayList<>();
        for (JsonObject testCase : ConformanceCases.read()) {
            if (testCase.get("kind").getAsString().equals("run")) {
                String id = testCase.get("id").getAsString();
                judged.add(new Judged(id, judge(testCase, Files.createTempDirectory(directory, "case"))));
            }
        }

        report(judged);

        assertThat(only(judged, Verdict.Kind.FAILED)).isEmpty();
        assertThat(judged).isNotEmpty();
    }

    private record Judged(String id, Verdict verdict) {}

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

    private static void report(List<Judged> judged) {
        only(judged, Verdict.Kind.DELIBERATELY_DIFFERENT).forEach(System.out::println);
        only(judged, Verdict.Kind.NOT_REPLAYED).forEach(line -> System.out.println("not replayed: " + line));
        System.out.printf(
                "%d runs: %d as Lightning, %d deliberately different, %d failed, %d not replayed%n",
                judged.size(),
                only(judged, Verdict.Kind.AS_LIGHTNING).size(),
                only(judged, Verdict.Kind.DELIBERATELY_DIFFERENT).size(),
                only(judged, Verdict.Kind.FAILED).size(),
                only(judged, Verdict.Kind.NOT_REPLAYED).size());
    }

    private static List<String> only(List<Judged> judged, Verdict.Kind kind) {
        return judged.stream()
                .filter(one -> one.verdict().kind() == kind)
                .map(one -> one.id() + " " + one.verdict().explanation())
                .sorted()
                .toList();
    }
}
