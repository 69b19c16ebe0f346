package dev.rivulet.lightning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rivulet.format.PlainValues;
import dev.rivulet.format.SafetensorsWriter;
import dev.rivulet.format.TorchReader;
import dev.rivulet.format.TorchTensor;
import dev.rivulet.format.TorchWriter;
import dev.rivulet.interop.Python;
import dev.rivulet.lightning.TrainedNet.Seen;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import dev.rivulet.training.LoopProgress.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Moves runs from Lightning's trainer to Java and back, where there is a Python with Lightning. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LightningInteropTest {
    private static final int FOLLOWING = 50;

    @TempDir
    static Path folder;

    private final Map<String, Tensor> data = Map.of("x", numbers(4, 1), "y", numbers(1, 2));
    private final Map<InteropCase, List<Seen>> ours = new EnumMap<>(InteropCase.class);

    @BeforeAll
    void trainOnBothSides() throws IOException {
        Python.assumeHas("torch", "safetensors", "pytorch_lightning");
        for (String side : List.of("theirs", "ours")) {
            Path data = Files.createDirectory(folder.resolve(side)).resolve("data.safetensors");
            try (FileChannel channel =
                    FileChannel.open(data, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                SafetensorsWriter.of(this.data, Map.of()).writeTo(channel);
            }
        }
        for (InteropCase settings : InteropCase.values()) {
            try (TrainedNet net = new TrainedNet(settings, data)) {
                net.train(settings.batches());
                net.reach(settings.place());
                save(net, settings, folder.resolve("ours").resolve(settings.file()));
                ours.put(settings, net.train(FOLLOWING));
            }
        }
        Python.run("lightning_runs.py", "train", folder.resolve("theirs").toString());
        Python.run("lightning_runs.py", "resume", folder.resolve("ours").toString());
    }

    @ParameterizedTest
    @EnumSource
    void lightningGoesOnWhereJavaStopped(InteropCase settings) throws IOException {
        assertAgree(seen("ours", settings), Objects.requireNonNull(ours.get(settings)));
    }

    @ParameterizedTest
    @EnumSource
    void javaGoesOnWhereLightningStopped(InteropCase settings) throws IOException {
        try (TrainedNet net = new TrainedNet(settings, data);
                TorchReader reader = TorchReader.open(folder.resolve("theirs").resolve(settings.file()))) {
            Map<?, ?> checkpoint = (Map<?, ?>) Objects.requireNonNull(inMemory(PlainValues.fromTorch(reader.load())));
            TrainingState state = LightningEntries.read(checkpoint);
            assertThat(state.progress().place()).isEqualTo(settings.place());
            net.load(state, weights(checkpoint));

            assertAgree(net.train(FOLLOWING), seen("theirs", settings));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lightningWarnsOfNothingThatItDoesNotWarnOfInItsOwnFiles(InteropCase settings) throws IOException {
        assertThat(report("ours", settings).getAsJsonArray("warnings").asList())
                .isSubsetOf(
                        report("theirs", settings).getAsJsonArray("warnings").asList());
    }

    @Test
    void filesDifferInNothingButWhatIsNotLightnings() throws IOException {
        List<String> differences = Python.run(
                "lightning_runs.py",
                "compare",
                folder.resolve("ours").toString(),
                folder.resolve("theirs").toString());

        assertThat(differences)
                .isNotEmpty()
                .allMatch(line -> line.matches("\\w+\\.(rivulet only in the first"
                        + "|pytorch-lightning_version 2.0.0 .*"
                        + "|state_dict\\..*\\.num_batches_tracked only in the second"
                        + "|loops.fit_loop.state_dict.combined_loader only in the second"
                        + "|loops.fit_loop.epoch_loop.val_loop.batch_progress.total.*)"));
    }

    private static void assertAgree(List<Seen> actual, List<Seen> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Seen one = actual.get(i);
            Seen other = expected.get(i);
            assertThat(new Seen(one.epoch(), one.index(), one.globalStep(), 0, 0))
                    .isEqualTo(new Seen(other.epoch(), other.index(), other.globalStep(), 0, 0));
            assertThat(one.learningRate())
                    .as("learning rate at %s", other)
                    .isCloseTo(other.learningRate(), within(1e-12));
            assertThat(one.loss()).as("loss at %s", other).isCloseTo(other.loss(), within(1e-5));
        }
    }

    private static void save(TrainedNet net, InteropCase settings, Path file) throws IOException {
        TrainingState state = net.state(settings.place());
        Map<String, @Nullable Object> checkpoint = new LinkedHashMap<>();
        boolean ended = settings.place() == Place.TRAIN_END;
        checkpoint.put(
                "epoch",
                ended ? state.progress().epochsEnded() : state.progress().epoch());
        checkpoint.put("global_step", state.progress().globalStep());
        checkpoint.put(LightningEntries.VERSION, LightningEntries.LAYOUT_VERSION);
        checkpoint.put("state_dict", net.weights());
        checkpoint.putAll(LightningEntries.of(state));
        checkpoint.put(LightningEntries.OWN, Map.of(LightningEntries.TRAINING, LightningEntries.own(state)));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            TorchWriter.of(PlainValues.toTorch(checkpoint)).writeTo(channel);
        }
    }

    private static Map<String, Tensor> weights(Map<?, ?> checkpoint) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(checkpoint.get("state_dict")))
                .forEach((name, weight) -> weights.put((String) name, (Tensor) weight));
        return weights;
    }

    /** The same with a tensor for each tensor of the file. */
    private static @Nullable Object inMemory(@Nullable Object value) {
        if (value instanceof TorchTensor tensor) {
            return tensor.inMemory();
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> loaded = new LinkedHashMap<>();
            map.forEach((key, element) -> loaded.put(key, inMemory(element)));
            return loaded;
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> loaded = new ArrayList<>();
            list.forEach(element -> loaded.add(inMemory(element)));
            return loaded;
        }
        return value;
    }

    private static List<Seen> seen(String side, InteropCase settings) throws IOException {
        List<Seen> seen = new ArrayList<>();
        for (JsonElement element : report(side, settings).getAsJsonArray("batches")) {
            JsonArray batch = element.getAsJsonArray();
            seen.add(new Seen(
                    batch.get(0).getAsInt(),
                    batch.get(1).getAsInt(),
                    batch.get(2).getAsLong(),
                    batch.get(3).getAsDouble(),
                    batch.get(4).getAsDouble()));
        }
        return seen;
    }

    private static JsonObject report(String side, InteropCase settings) throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve(side).resolve(settings.report())))
                .getAsJsonObject();
    }

    /** 64 rows of numbers between −1 and 1. */
    private static Tensor numbers(int columns, long seed) {
        DirectMemory memory = DirectMemory.allocate(64L * columns * Float.BYTES);
        ByteBuffer buffer = memory.chunks().get(0);
        long number = seed;
        while (buffer.hasRemaining()) {
            number = number * 6364136223846793005L + 1442695040888963407L;
            buffer.putFloat((float) (((number >>> 40) - 0x1p23) / 0x1p23));
        }
        return memory.asTensor(Dtype.F32, TensorShape.of(64, columns));
    }
}
