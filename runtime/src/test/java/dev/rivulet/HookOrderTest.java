package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rivulet.fixture.Points;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the order of hooks, and the state they see, with recordings of Lightning in the same runs.
 * {@code src/test/python/record_hooks.py} makes the recordings.
 */
class HookOrderTest {
    private static final Set<String> NOTHING_TO_TRAIN = Set.of("no epochs", "no steps", "stop before training");

    @ParameterizedTest
    @MethodSource("cases")
    void matchesLightning(JsonObject recorded) {
        List<String> expected = withDeliberateDifferences(recorded);
        List<String> events = new ArrayList<>();

        try (NDManager manager = NDManager.newBaseManager();
                HookRecorder.Module module = new HookRecorder.Module(events)) {
            Trainer trainer = trainer(recorded, new HookRecorder(events, recorded).callback());
            module.trainer = trainer;
            ArrayDataset train = Points.of(manager, recorded.get("trainRecords").getAsInt(), 2);
            int validationRecords = recorded.get("valRecords").getAsInt();
            Runnable fit = validationRecords == 0
                    ? () -> trainer.fit(module, train)
                    : () -> trainer.fit(module, train, Points.of(manager, validationRecords, 2));
            if (recorded.has("raise")) {
                assertThatThrownBy(fit::run).hasMessage("requested by the recording");
            } else {
                fit.run();
            }
        }

        assertThat(events).isEqualTo(expected);
    }

    /**
     * Applies the deliberate differences from Lightning:
     *
     * <ul>
     *   <li>After the last epoch, its index is unchanged; Lightning increments it, so that the hooks at the end of
     *   training see the index of an epoch that never runs.
     *   <li>The sanity check is skipped if there is nothing to train.
     *   <li>{@code teardown} is also called after a failure: otherwise resources of {@code setup} would leak.
     * </ul>
     */
    private static List<String> withDeliberateDifferences(JsonObject recorded) {
        List<String> events = new ArrayList<>();
        recorded.getAsJsonArray("events").forEach(event -> events.add(event.getAsString()));
        int sanityCheckStart = indexOf(events, "C.onSanityCheckStart");
        if (NOTHING_TO_TRAIN.contains(recorded.get("name").getAsString())) {
            events.subList(sanityCheckStart, indexOf(events, "C.onSanityCheckEnd") + 1)
                    .clear();
        }
        if (recorded.has("raise")) {
            events.add(events.get(events.size() - 1).replace("C.onException", "C.teardown"));
        } else if (indexOf(events, "C.onTrainEpochEnd") >= 0) {
            int end = indexOf(events, "C.onTrainEnd");
            events.subList(end, events.size()).replaceAll(HookOrderTest::withIndexOfEndedEpoch);
        }
        return events;
    }

    private static int indexOf(List<String> events, String hook) {
        return IntStream.range(0, events.size())
                .filter(i -> events.get(i).startsWith(hook + " "))
                .findFirst()
                .orElse(-1);
    }

    private static String withIndexOfEndedEpoch(String event) {
        String[] words = event.split(" ", 3);
        return words[0] + " " + (Integer.parseInt(words[1]) - 1) + " " + words[2];
    }

    private static Trainer trainer(JsonObject recorded, Callback callback) {
        Trainer.Builder builder = Trainer.builder().enableCheckpointing(false).callbacks(callback);
        recorded.entrySet().forEach(setting -> set(builder, setting.getKey(), setting.getValue()));
        return builder.build();
    }

    private static void set(Trainer.Builder builder, String name, JsonElement value) {
        switch (name) {
            case "maxEpochs" -> builder.maxEpochs(value.getAsInt());
            case "maxSteps" -> builder.maxSteps(value.getAsInt());
            case "accumulateGradBatches" -> builder.accumulateGradBatches(value.getAsInt());
            case "checkValEveryNEpoch" -> builder.checkValEveryNEpoch(value.getAsInt());
            case "limitTrainBatches" -> builder.limitTrainBatches(value.getAsInt());
            case "limitValBatches" -> builder.limitValBatches(value.getAsInt());
            case "numSanityValSteps" -> builder.numSanityValSteps(value.getAsInt());
            case "fastDevRun" -> builder.fastDevRun(value.getAsInt());
            case "valCheckInterval" -> {
                if (value.getAsString().contains(".")) {
                    builder.valCheckInterval(value.getAsDouble());
                } else {
                    builder.valCheckInterval(value.getAsInt());
                }
            }
            case "name", "trainRecords", "valRecords", "events", "stop", "raise" -> {}
            default -> throw new IllegalArgumentException("The recording has an unknown setting " + name + ".");
        }
    }

    static Stream<Named<JsonObject>> cases() throws IOException {
        @Nullable InputStream recording = HookOrderTest.class.getResourceAsStream("hooks.json.gz");
        try (Reader reader =
                new InputStreamReader(new GZIPInputStream(Objects.requireNonNull(recording)), StandardCharsets.UTF_8)) {
            List<Named<JsonObject>> cases = new ArrayList<>();
            for (JsonElement element :
                    JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("cases")) {
                JsonObject recorded = element.getAsJsonObject();
                cases.add(Named.of(recorded.get("name").getAsString(), recorded));
            }
            return cases.stream();
        }
    }
}
