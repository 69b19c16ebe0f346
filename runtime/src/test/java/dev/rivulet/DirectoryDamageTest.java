package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.fixture.Damage;
import dev.rivulet.fixture.DamagedDirectory;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.WideModule;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DirectoryDamageTest extends FitTestCase {
    private static final int COUNT = Seed.scaled(3_000);
    private static final int WORKERS = 2;

    @BeforeEach
    void saveFourGroupsOfThreeStreams() {
        try (WideModule module = new WideModule()) {
            Trainer.Builder trainer = trainer().maxEpochs(4);
            List.of("original", "second", "third")
                    .forEach(stream -> trainer.stream(stream, policy -> policy.saveTopK(-1)));
            trainer.stream("second", policy -> policy.format(CheckpointFormat.SAFETENSORS));
            trainer.build().fit(module, points, points);
        }
    }

    @Test
    void everyDamageToAFileOrManifestIsDetectedAndTheNewestGoodGroupIsFound() throws IOException {
        assertThat(Checkpoints.verifyAll(checkpoints()).isGood()).isTrue();
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        List<Run> runs = IntStream.range(0, WORKERS)
                .mapToObj(i -> new Run(directory.resolve("worker-" + i), random.split()))
                .toList();

        Map<Damage, Integer> counts = new EnumMap<>(Damage.class);
        runs.parallelStream()
                .map(this::damageMany)
                .toList()
                .forEach(part -> part.forEach((damage, count) -> counts.merge(damage, count, Integer::sum)));

        assertThat(counts).as("seed %d", Seed.VALUE).containsOnlyKeys(Damage.values());
        System.out.println("Damages detected, seed " + Seed.VALUE + ": " + counts);
    }

    private record Run(Path folder, SplittableRandom random) {}

    private Map<Damage, Integer> damageMany(Run run) {
        try {
            copy(checkpoints(), run.folder());
            try (DamagedDirectory damaged = new DamagedDirectory(run.folder(), run.random())) {
                for (int i = 0; i < COUNT / WORKERS; i++) {
                    damaged.damageOne();
                }
                return damaged.counts();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + Seed.VALUE + ": " + e.getMessage(), e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
