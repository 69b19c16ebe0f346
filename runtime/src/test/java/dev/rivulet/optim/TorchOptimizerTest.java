package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rivulet.internal.tensor.TensorCopies;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares steps and state with those of torch.optim, recorded by {@code src/test/python/record_optim.py}. */
class TorchOptimizerTest {
    private static final int STEPS = 500;

    @ParameterizedTest
    @MethodSource("cases")
    void equalsPyTorchToTheBitThroughFiveHundredSteps(JsonObject recorded) {
        checkAgainst(recorded);
    }

    @Test
    void equalsTheInstalledPyTorchToTheBit(@TempDir Path folder) throws Exception {
        Recording.recordLive(folder);

        for (JsonObject recorded : Recording.live(folder, "optimizers")) {
            checkAgainst(recorded);
        }
    }

    private static void checkAgainst(JsonObject recorded) {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = build(recorded)) {
            optimizer.initialize(trained.parameters());
            int done = 0;
            for (JsonElement element : recorded.getAsJsonArray("snapshots")) {
                JsonObject snapshot = element.getAsJsonObject();
                int step = snapshot.get("step").getAsInt();
                trained.train(optimizer, step - done);
                done = step;
                assertThat(Recording.comparable(optimizer.stateDict()))
                        .as("state after step %s of %s", step, recorded.get("kind"))
                        .isEqualTo(Recording.comparable(Recording.map(snapshot.getAsJsonObject("state"))));
                assertThat(weights(trained))
                        .as("weights after step %s of %s", step, recorded.get("kind"))
                        .isEqualTo(Recording.comparable(Recording.map(snapshot.getAsJsonObject("weights"))));
            }
            assertThat(done).isEqualTo(STEPS);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("cases")
    void resumesFromASavedStateAsIfNeverStopped(JsonObject recorded) {
        try (TrainedParameters straight = new TrainedParameters();
                TorchOptimizer uninterrupted = build(recorded);
                TrainedParameters resumed = new TrainedParameters();
                TorchOptimizer before = build(recorded);
                TorchOptimizer after = build(recorded)) {
            uninterrupted.initialize(straight.parameters());
            straight.train(uninterrupted, STEPS);
            before.initialize(resumed.parameters());
            resumed.train(before, STEPS / 2);
            Map<String, @Nullable Object> saved = before.stateDict();

            after.initialize(resumed.parameters());
            after.loadStateDict(saved);
            assertThat(Recording.comparable(after.stateDict())).isEqualTo(Recording.comparable(saved));
            resumed.train(after, STEPS - STEPS / 2);

            assertThat(weights(resumed)).isEqualTo(weights(straight));
            assertThat(Recording.comparable(after.stateDict()))
                    .isEqualTo(Recording.comparable(uninterrupted.stateDict()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resumesFromAStateThatPyTorchSaved(JsonObject recorded) {
        JsonObject halfway = recorded.getAsJsonArray("snapshots").get(2).getAsJsonObject();
        JsonObject end = recorded.getAsJsonArray("snapshots").get(3).getAsJsonObject();
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer warmUp = build(recorded);
                TorchOptimizer optimizer = build(recorded)) {
            trained.train(warmUp, STEPS / 2);
            optimizer.initialize(trained.parameters());
            optimizer.loadStateDict(pythonState(halfway));

            trained.train(optimizer, STEPS / 2);

            assertThat(weights(trained)).isEqualTo(Recording.comparable(Recording.map(end.getAsJsonObject("weights"))));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("cases")
    void leavesNoArrayBehindInAThousandSteps(JsonObject recorded) {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = build(recorded)) {
            optimizer.initialize(trained.parameters());
            Map<String, NDArray> state = optimizer.stateArrays();
            trained.train(optimizer, 1);
            int arrays = trained.manager().getManagedArrays().size();
            int ofState = managed(optimizer);

            trained.train(optimizer, 1_000);

            assertThat(trained.manager().getManagedArrays()).hasSize(arrays);
            assertThat(managed(optimizer)).isEqualTo(ofState);
            assertThat(optimizer.stateArrays()).containsExactlyEntriesOf(state);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesTheSameInFloat64(JsonObject recorded) {
        try (NDManager manager = NDManager.newBaseManager();
                TorchOptimizer single = build(recorded);
                TorchOptimizer wide = build(recorded)) {
            NDArray weight = manager.create(new float[] {1, -2, 3});
            NDArray wideWeight = weight.toType(DataType.FLOAT64, true);
            for (int step = 1; step <= 5; step++) {
                NDArray gradient = manager.create(new float[] {0.5f, -step, 0});
                single.update("layer.bias", weight, gradient);
                wide.update("layer.bias", wideWeight, gradient.toType(DataType.FLOAT64, true));
            }

            assertThat(wideWeight.toType(DataType.FLOAT32, true).toFloatArray())
                    .containsExactly(weight.toFloatArray(), Offset.offset(1e-4f));
        }
    }

    @Test
    void recordsNoGradientsOnAThreadThatRecords() {
        boolean before = JniUtils.isGradMode();
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer =
                        SGD.builder().lr(0.1).momentum(0.9).nesterov(true).build()) {
            optimizer.initialize(trained.parameters());
            JniUtils.setGradMode(true);

            trained.train(optimizer, 3);

            assertThat(trained.weight("layer.bias").hasGradient()).isTrue();
            assertThat(optimizer.stateArrays().values()).noneMatch(NDArray::hasGradient);
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    @Test
    void namesItsStateArraysBeforeTheFirstStep() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().amsgrad(true).build()) {
            trained.parameter("scale").freeze(true);

            optimizer.initialize(trained.parameters());

            assertThat(optimizer.stateArrays().keySet())
                    .containsExactly(
                            "exp_avg.layer.weight",
                            "exp_avg_sq.layer.weight",
                            "max_exp_avg_sq.layer.weight",
                            "exp_avg.layer.bias",
                            "exp_avg_sq.layer.bias",
                            "max_exp_avg_sq.layer.bias");
        }
    }

    @Test
    void numbersFrozenParametersButNotRunningStatistics() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build()) {
            Map<String, Parameter> parameters = new LinkedHashMap<>();
            parameters.put("layer.weight", trained.parameter("layer.weight"));
            parameters.put("norm.running_mean", statistic(trained.manager()));
            parameters.put("layer.bias", trained.parameter("layer.bias"));
            parameters.put("scale", trained.parameter("scale"));
            trained.parameter("layer.bias").freeze(true);

            optimizer.initialize(parameters);

            assertThat(optimizer.paramGroups().get(0).parameters())
                    .containsExactly("layer.weight", "layer.bias", "scale");
            assertThat(optimizer.stateArrays())
                    .containsOnlyKeys(
                            "exp_avg.layer.weight", "exp_avg_sq.layer.weight", "exp_avg.scale", "exp_avg_sq.scale");
        }
    }

    @Test
    void takesStateTensorsFromASnapshot() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build()) {
            optimizer.initialize(trained.parameters());
            trained.train(optimizer, 1);
            Map<String, Tensor> snapshot = new LinkedHashMap<>();
            optimizer
                    .stateArrays()
                    .forEach(
                            (name, array) -> snapshot.put(name, new TensorCopies(optimizer.stateArrays()).apply(name)));

            Map<String, @Nullable Object> taken = optimizer.stateDict(snapshot::get);
            Map<String, @Nullable Object> copied = optimizer.stateDict();
            trained.train(optimizer, 1);

            assertThat(Recording.comparable(taken)).isEqualTo(Recording.comparable(copied));
        }
    }

    @Test
    void doesNotChangeTheGradient() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = SGD.builder()
                        .momentum(0.9)
                        .nesterov(true)
                        .weightDecay(0.1)
                        .build();
                NDArray gradient = trained.manager().create(new float[] {1, 2, 3})) {
            optimizer.update("layer.bias", trained.weight("layer.bias"), gradient);
            optimizer.update("layer.bias", trained.weight("layer.bias"), gradient);

            assertThat(gradient.toFloatArray()).containsExactly(1, 2, 3);
        }
    }

    private static int managed(TorchOptimizer optimizer) {
        return optimizer.stateArrays().values().stream()
                .findFirst()
                .map(array -> array.getManager().getManagedArrays().size())
                .orElse(0);
    }

    private static Parameter statistic(NDManager manager) {
        Parameter statistic = Parameter.builder()
                .setName("runningMean")
                .setType(Parameter.Type.RUNNING_MEAN)
                .optRequiresGrad(false)
                .build();
        statistic.setArray(manager.create(new float[] {0}));
        return statistic;
    }

    private static @Nullable Object weights(TrainedParameters trained) {
        Map<String, List<Double>> weights = new LinkedHashMap<>();
        trained.bits()
                .forEach((name, bits) -> weights.put(
                        name,
                        java.util.Arrays.stream(bits)
                                .mapToObj(bit -> (double) bit)
                                .toList()));
        return weights;
    }

    /** Keys of JSON are strings where Python has numbers. */
    private static Map<String, @Nullable Object> pythonState(JsonObject snapshot) {
        Map<String, @Nullable Object> saved = Recording.map(snapshot.getAsJsonObject("state"));
        Map<Object, Object> numbered = new LinkedHashMap<>();
        SavedState.of("", saved)
                .dict("state")
                .values()
                .forEach((key, value) -> numbered.put(Integer.valueOf((String) key), value));
        saved.put("state", numbered);
        return saved;
    }

    private static TorchOptimizer build(JsonObject recorded) {
        Map<String, @Nullable Object> options = Recording.map(recorded.getAsJsonObject("options"));
        boolean groups = recorded.get("groups").getAsBoolean();
        return switch (recorded.get("kind").getAsString()) {
            case "SGD" -> grouped(set(SGD.builder(), options), groups).build();
            case "Adam" -> grouped(set(Adam.builder(), options), groups).build();
            case "AdamW" -> grouped(set(AdamW.builder(), options), groups).build();
            case "RMSprop" -> grouped(set(RMSprop.builder(), options), groups).build();
            default -> grouped(set(Adagrad.builder(), options), groups).build();
        };
    }

    private static <B extends TorchOptimizerBuilder<B>> B set(B builder, Map<String, @Nullable Object> options) {
        options.forEach(builder::option);
        return builder;
    }

    private static <B extends TorchOptimizerBuilder<B>> B grouped(B builder, boolean groups) {
        return groups
                ? builder.group(
                        name -> name.endsWith("bias"), group -> group.lr(0.02).weightDecay(0.03))
                : builder;
    }

    static Stream<Named<JsonObject>> cases() throws IOException {
        return Recording.recorded("optimizers").stream()
                .map(recorded -> Named.of(
                        recorded.get("kind").getAsString()
                                + recorded.get("options")
                                + (recorded.get("groups").getAsBoolean() ? " in two groups" : ""),
                        recorded));
    }
}
