package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.util.RandomUtils;
import com.google.gson.Gson;
import dev.rivulet.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingRandomTest {
    @TempDir
    Path folder;

    private static TrainingRandom random(RandomMethod method) {
        assumeTrue(
                method == RandomMethod.RESEED_EACH_STEP || TorchRandom.method() == method, TorchRandom.explanation());
        return new TrainingRandom(42, false, method);
    }

    /** Each generator somewhere in the middle, with a normal number pending. */
    private static void warmUp(TrainingRandom random) {
        Draws.torch();
        RandomUtils.RANDOM.setSeed(1);
        RandomUtils.nextGaussian();
        RandomUtils.RANDOM.nextInt();
        random.named().generator("noise").nextLong();
    }

    @ParameterizedTest
    @EnumSource
    void drawsTheSameAgain(RandomMethod method) {
        TrainingRandom random = random(method);
        warmUp(random);
        RandomState state = random.capture();
        String expected = ResumedDraws.drawAll(random);

        assertThat(random.restore(state)).isEmpty();
        assertThat(random.capture()).isEqualTo(state);
        assertThat(ResumedDraws.drawAll(random)).isEqualTo(expected);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void drawsTheSameInAnotherProcess(RandomMethod method) throws Exception {
        TrainingRandom random = random(method);
        warmUp(random);
        Path file = folder.resolve("state.json");
        Files.writeString(file, new Gson().toJson(random.capture().toEntries()));
        String expected = ResumedDraws.drawAll(random);

        assertThat(drawnByAnotherProcess(file)).isEqualTo(expected);
    }

    private String drawnByAnotherProcess(Path state) throws Exception {
        try (ChildProcess process = ChildProcess.jvm(ResumedDraws.class, state)) {
            return String.join("\n", process.toEnd());
        }
    }

    @Test
    void continuesWithTheMethodOfTheState() {
        RandomState reseeded = random(RandomMethod.RESEED_EACH_STEP).capture();
        TrainingRandom random = random(RandomMethod.GENERATOR_STATE);

        assertThat(random.restore(reseeded)).isEmpty();
        assertThat(random.method()).isEqualTo(RandomMethod.RESEED_EACH_STEP);
        assertThat(random.capture().torch()).isEmpty();
    }

    @Test
    void reportsThatAGpuCannotRestoreACpuState() {
        RandomState state = random(RandomMethod.GENERATOR_STATE).capture();
        TrainingRandom random = new TrainingRandom(42, Device.gpu());

        assertThat(random.restore(state))
                .hasValueSatisfying(message -> assertThat(message).contains("state of its CPU generator", "GPU"));
        assertThat(random.method()).isEqualTo(RandomMethod.RESEED_EACH_STEP);
    }

    @Test
    void refusesTheStateOfAnotherSeed() {
        TrainingRandom random = random(RandomMethod.RESEED_EACH_STEP);
        RandomState state = new TrainingRandom(43, false, RandomMethod.RESEED_EACH_STEP).capture();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> random.restore(state))
                .withMessageContainingAll("seed 43", "seed 42");
    }

    @ParameterizedTest
    @EnumSource
    void entriesRoundTrip(RandomMethod method) {
        TrainingRandom random = random(method);
        warmUp(random);
        RandomState state = random.capture();

        assertThat(state.java().pendingGaussian()).isPresent();
        assertThat(RandomState.fromEntries(state.toEntries())).isEqualTo(state);
    }

    @Test
    void refusesDamagedEntriesByName() {
        TrainingRandom random = random(RandomMethod.RESEED_EACH_STEP);
        warmUp(random);
        Map<String, Object> good = random.capture().toEntries();

        assertRefused(good, "seed", "x");
        assertRefused(good, "seed", 42L);
        assertRefused(good, "method", "MAGIC");
        assertRefused(good, "torch_cpu", "AAAA");
        assertRefused(good, "torch_cpu", "*");
        assertRefused(good, "java_random", "");
        assertRefused(good, "java_next_gaussian", "0123456789abcdef0");
        assertRefused(good, "named", "noise");
        assertRefused(Map.of("seed", "1"), "method", 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RandomState.fromEntries(changed(good, "named", Map.of("noise", "00"))))
                .withMessageContaining("\"noise\"");
    }

    private static void assertRefused(Map<String, Object> good, String name, Object value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RandomState.fromEntries(changed(good, name, value)))
                .withMessageContaining("\"" + name + "\"");
    }

    private static Map<String, Object> changed(Map<String, Object> good, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(good);
        changed.put(name, value);
        return changed;
    }
}
