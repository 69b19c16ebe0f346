package dev.rivulet.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@EnabledOnOs(value = OS.LINUX, disabledReason = "mounts ext4 images")
class ImageCutTest {
    private static final int RUNS = 4 * Campaign.SIZE;

    @TempDir
    Path folder;

    private final Random random = Campaign.random(3);

    @Test
    void noPowerCutOfARealFileSystemLosesAnAcknowledgedGroup() throws IOException {
        List<String> findings = new ArrayList<>();
        long groups = 0;
        for (int run = 0; run < RUNS; run++) {
            Path copy = folder.resolve("copy");
            long acknowledged = ImageCut.cut(newFolder(), false, 1 + random.nextInt(200), copy);
            groups += acknowledged;
            try (Mount mount = Mount.image(copy, folder.resolve("after"))) {
                Inspection inspection =
                        Inspection.of(mount.folder().resolve(ImageCut.DIRECTORY), possible(acknowledged));
                for (Finding finding : inspection.findings()) {
                    findings.add("run " + run + ", " + acknowledged + " acknowledged: " + finding);
                }
            }
        }
        Campaign.report(String.format(
                "power cuts (ext4 image): %,d runs, %,d groups acknowledged: %,d broken guarantees",
                RUNS, groups, findings.size()));
        assertThat(findings).as("seed %d", Seed.VALUE).isEmpty();
    }

    /** Otherwise the method would not detect anything. */
    @Test
    void aPowerCutLosesUnflushedFiles() throws IOException {
        Path copy = folder.resolve("copy");
        long acknowledged = ImageCut.cut(newFolder(), true, 100, copy);
        long omitted = 0;
        try (Mount mount = Mount.image(copy, folder.resolve("after"))) {
            for (long step = 1; step <= acknowledged; step++) {
                Path file = mount.folder().resolve(ImageCut.DIRECTORY).resolve("step-" + step);
                boolean whole =
                        Files.exists(file) && Arrays.equals(Files.readAllBytes(file), new StreamPlan(0).content(step));
                omitted += whole ? 1 : 0;
            }
        }
        Campaign.report("power cuts (ext4 image) without flush: " + omitted + " of " + acknowledged + " files left");
        assertThat(omitted).isLessThan(acknowledged);
    }

    /** The retention states that may have survived: that of the newest acknowledged group, or of the next one. */
    private static Map<Long, ExpectedRetention> possible(long acknowledged) {
        ExpectedRetention retention = ExpectedRetention.empty(ImageRun.STREAMS);
        for (long group = 1; group <= acknowledged; group++) {
            retention = retention.with(group);
        }
        return new TreeMap<>(Map.of(acknowledged, retention, acknowledged + 1, retention.with(acknowledged + 1)));
    }

    private Path newFolder() throws IOException {
        return Files.createTempDirectory(folder, "machine");
    }
}
