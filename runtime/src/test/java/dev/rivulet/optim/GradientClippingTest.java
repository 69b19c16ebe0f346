package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares clipped gradients with those of torch.nn.utils, recorded by {@code src/test/python/record_clipping.py}. */
class GradientClippingTest {

    @ParameterizedTest
    @MethodSource("cases")
    void equalsPyTorch(JsonObject recorded) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<NDArray> gradients = new ArrayList<>();
            for (JsonElement gradient : recorded.getAsJsonArray("gradients")) {
                gradients.add(manager.create(floats(gradient.getAsJsonArray())));
            }
            int arrays = manager.getManagedArrays().size();

            GradientClipAlgorithm.valueOf(recorded.get("kind").getAsString())
                    .with(recorded.get("limit").getAsDouble())
                    .clip(gradients);

            for (int i = 0; i < gradients.size(); i++) {
                assertClose(
                        gradients.get(i).toFloatArray(),
                        floats(recorded.getAsJsonArray("clipped").get(i).getAsJsonArray()));
            }
            assertThat(manager.getManagedArrays()).hasSize(arrays);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesLimitsThatAreNotPositive(GradientClipAlgorithm algorithm) {
        for (double limit : new double[] {0, -1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> algorithm.with(limit))
                    .withMessage("The limit of gradient clipping is " + limit + "; give a positive number.");
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            if (!Float.isFinite(expected[i])) {
                assertThat(actual[i]).isEqualTo(Float.valueOf(expected[i]));
            } else {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f * Math.abs(expected[i])));
            }
        }
    }

    private static float[] floats(JsonArray values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.parseFloat(values.get(i).getAsString());
        }
        return floats;
    }

    static Stream<Named<JsonObject>> cases() throws IOException {
        @Nullable InputStream recording = GradientClippingTest.class.getResourceAsStream("clipping.json");
        try (Reader json = new InputStreamReader(Objects.requireNonNull(recording), StandardCharsets.UTF_8)) {
            List<Named<JsonObject>> cases = new ArrayList<>();
            for (JsonElement element : JsonParser.parseReader(json).getAsJsonArray()) {
                JsonObject recorded = element.getAsJsonObject();
                cases.add(Named.of(recorded.get("name").getAsString(), recorded));
            }
            return cases.stream();
        }
    }
}
