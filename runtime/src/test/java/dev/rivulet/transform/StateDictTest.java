package dev.rivulet.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import dev.rivulet.tensor.UnsupportedDtypeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private final NDManager manager = NDManager.newBaseManager();
    private StateDict weights = StateDict.of(Map.of(), manager);

    @BeforeEach
    void fill() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("layer.weight", manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2)));
        arrays.put("layer.bias", manager.create(new float[] {0.1f, -0.2f}));
        arrays.put("steps", manager.create(7L));
        weights = StateDict.of(arrays, manager);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void keepsTheOrderOfNames() {
        assertThat(weights.names()).containsExactly("layer.weight", "layer.bias", "steps");
        assertThat(weights.size()).isEqualTo(3);
        assertThat(weights).hasToString("[layer.weight, layer.bias, steps]");
    }

    @Test
    void givesArraysAndTensorsOfTheSameValues() {
        StateDict fromTensors = StateDict.ofTensors(weights.tensors(), manager);

        assertThat(weights.tensor("layer.weight").shape()).isEqualTo(TensorShape.of(2, 2));
        assertThat(fromTensors.get("layer.weight").toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(fromTensors.get("steps").toLongArray()).containsExactly(7);
        assertThat(fromTensors.digest()).isEqualTo(weights.digest());
    }

    @Test
    void mapsEachArrayUnderItsName() {
        StateDict mapped = weights.map((name, weight) -> name.endsWith("weight") ? weight.mul(2) : weight);

        assertThat(mapped.names()).isEqualTo(weights.names());
        assertThat(mapped.get("layer.weight").toFloatArray()).containsExactly(2, 4, 6, 8);
        assertThat(mapped.get("layer.bias")).isSameAs(weights.get("layer.bias"));
        assertThat(weights.get("layer.weight").toFloatArray()).containsExactly(1, 2, 3, 4);
    }

    @Test
    @SuppressWarnings("NullAway") // Users' classes need not be null-marked.
    void refusesAMappingToNull() {
        assertThatThrownBy(() -> weights.map((name, weight) -> null))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The transform returned null for \"layer.weight\"; return the array itself to keep it, or"
                        + " use filter to leave it out.");
    }

    @Test
    void convertsFloatingPointTensorsOnly() {
        StateDict half = weights.to(Dtype.BF16);

        assertThat(half.tensor("layer.weight").dtype()).isEqualTo(Dtype.BF16);
        assertThat(half.tensor("steps").dtype()).isEqualTo(Dtype.I64);
        assertThat(half.to(Dtype.F32).get("layer.weight").toFloatArray()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void hasTensorsThatDjlCannotHold() {
        StateDict half = weights.to(Dtype.BF16);

        assertThatThrownBy(() -> half.get("layer.weight"))
                .isExactlyInstanceOf(UnsupportedDtypeException.class)
                .hasMessageContainingAll("BF16[2, 2]", "Convert it to a supported type, such as F32");
    }

    @Test
    void replacesInPlaceAndAddsAtTheEnd() {
        StateDict replaced =
                weights.with("layer.weight", manager.ones(new Shape(1))).with("scale", weights.tensor("layer.bias"));

        assertThat(replaced.names()).containsExactly("layer.weight", "layer.bias", "steps", "scale");
        assertThat(replaced.get("layer.weight").toFloatArray()).containsExactly(1);
        assertThat(replaced.get("scale").toFloatArray()).containsExactly(0.1f, -0.2f);
        assertThat(weights.size()).isEqualTo(3);
    }

    @Test
    void filtersByName() {
        assertThat(weights.filter(name -> name.startsWith("layer.")).names())
                .containsExactly("layer.weight", "layer.bias");
        assertThat(weights.size()).isEqualTo(3);
    }

    @Test
    void renamesKeepingTheOrder() {
        assertThat(weights.rename(name -> "model." + name).names())
                .containsExactly("model.layer.weight", "model.layer.bias", "model.steps");
    }

    @Test
    void refusesToGiveTwoTensorsOneName() {
        assertThatThrownBy(() -> weights.rename(name -> name.startsWith("layer.") ? "layer" : name))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Two tensors would be named \"layer\", one of them \"layer.bias\".");
    }

    @Test
    void reportsTheExistingNamesWhenOneIsMissing() {
        assertThatThrownBy(() -> weights.get("layer.wieght"))
                .isExactlyInstanceOf(NoSuchElementException.class)
                .hasMessage("There is no tensor named \"layer.wieght\", only [layer.weight, layer.bias, steps].");
        assertThatThrownBy(() -> weights.tensor("x")).isExactlyInstanceOf(NoSuchElementException.class);
    }

    @Test
    void namesCannotBeChanged() {
        assertThatThrownBy(() -> weights.names().remove("steps"))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
    }
}
