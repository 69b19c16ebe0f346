package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
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

/** Moves runs from Lightning's trainer to a small loop in Java and back, if Lightning is installed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LightningInteropTest {
    private static final int BATCHES_AFTER = 50;

    @TempDir
    static Path folder;

    private final Map<InteropCase, List<ObservedBatch>> trained = new EnumMap<>(InteropCase.class);
    private InteropFolder ours = new InteropFolder(folder);
    private InteropFolder theirs = new InteropFolder(folder);

    @BeforeAll
    void trainOnBothSides() throws IOException {
        Python.assumeHas("torch", "safetensors", "pytorch_lightning");
        ours = InteropFolder.create(folder.resolve("ours"));
        theirs = InteropFolder.create(folder.resolve("theirs"));
        for (InteropCase settings : InteropCase.values()) {
            try (TrainedNet net = new TrainedNet(settings, InteropFolder.DATA)) {
                net.train(settings.batches());
                net.reach(settings.position());
                save(net, settings, ours.file(settings));
                trained.put(settings, net.train(BATCHES_AFTER));
            }
        }
        theirs.run("train", trained.keySet());
        ours.run("resume", trained.keySet());
    }

    @ParameterizedTest
    @EnumSource
    void lightningResumesWhereJavaStopped(InteropCase settings) throws IOException {
        ObservedBatch.assertAgree(ours.observed(settings), Objects.requireNonNull(trained.get(settings)));
    }

    @ParameterizedTest
    @EnumSource
    void javaResumesWhereLightningStopped(InteropCase settings) throws IOException {
        try (TrainedNet net = new TrainedNet(settings, InteropFolder.DATA);
                TorchReader reader = TorchReader.open(theirs.file(settings))) {
            Map<?, ?> checkpoint = (Map<?, ?>) Objects.requireNonNull(inMemory(PlainValues.fromTorch(reader.load())));
            TrainingState state = LightningEntries.read(checkpoint);
            assertThat(state.progress().position()).isEqualTo(settings.position());
            net.load(state, weights(checkpoint));

            ObservedBatch.assertAgree(net.train(BATCHES_AFTER), theirs.observed(settings));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lightningWarnsNoMoreThanForItsOwnFiles(InteropCase settings) throws IOException {
        assertThat(ours.warnings(settings)).isSubsetOf(theirs.warnings(settings));
    }

    @Test
    void filesDifferOnlyInRivuletEntries() throws IOException {
        assertThat(ours.differencesFrom(theirs, trained.keySet())).isNotEmpty().allMatch(InteropFolder::isExpected);
    }

    private static void save(TrainedNet net, InteropCase settings, Path file) throws IOException {
        TrainingState state = net.state(settings.position());
        Map<String, @Nullable Object> checkpoint = new LinkedHashMap<>();
        boolean ended = settings.position() == Position.TRAIN_END;
        checkpoint.put(
                "epoch",
                ended ? state.progress().epochs().ended() : state.progress().epoch());
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

    /** The value with each tensor of the file as an in-memory tensor. */
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
}
