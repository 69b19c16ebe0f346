package dev.rivulet.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final NDManager manager = NDManager.newBaseManager();
    private final NDArray weight = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
    private final NDArray count = manager.create(new long[] {5});
    private final Snapshot snapshot = new Snapshot(live());

    private Map<String, NDArray> live() {
        Map<String, NDArray> live = new LinkedHashMap<>();
        live.put("weight", weight);
        live.put("count", count);
        return live;
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Tensor copy(String name) {
        return Objects.requireNonNull(snapshot.tensors().get(name));
    }

    private float[] valuesOfCopy() {
        return NDArrays.create(manager, copy("weight").copy()).toFloatArray();
    }

    /** An array over the copy's own memory, as transforms get it. */
    private NDArray shared() {
        return NDArrays.create(manager, copy("weight"));
    }

    @Test
    void staysWhenTheArraysChange() {
        snapshot.take();

        weight.muli(10);

        assertThat(snapshot.tensors()).containsOnlyKeys("weight", "count");
        assertThat(snapshot.tensors().keySet()).containsExactly("weight", "count");
        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void reusesItsMemory() {
        snapshot.take();
        Tensor first = copy("weight");
        weight.muli(10);

        snapshot.take();

        assertThat(first.contentEquals(copy("weight"))).isTrue();
        assertThat(valuesOfCopy()).containsExactly(10, 20, 30, 40);
    }

    @Test
    void takesNothingFromTheArraysManager() {
        snapshot.take();
        int before = manager.getManagedArrays().size();

        for (int i = 0; i < 100; i++) {
            snapshot.take();
            snapshot.repair();
        }

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void hasNothingToRepairWhereNothingChanged() {
        snapshot.take();

        assertThat(snapshot.repair()).isEmpty();
    }

    @Test
    void restoresAChangedCopyFromTheArray() {
        snapshot.take();
        shared().muli(10);

        assertThat(snapshot.repair()).hasValue("weight");

        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
        assertThat(weight.toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(snapshot.repair()).isEmpty();
    }

    @Test
    void restoresAChangedArrayFromTheCopy() {
        snapshot.take();
        count.addi(1);

        assertThat(snapshot.repair()).hasValue("count");

        assertThat(count.toLongArray()).containsExactly(5);
        assertThat(snapshot.repair()).isEmpty();
    }

    @Test
    void restoresDifferentTensorsInBothPlaces() {
        snapshot.take();
        shared().muli(10);
        count.addi(1);

        assertThat(snapshot.repair()).hasValue("weight");

        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
        assertThat(count.toLongArray()).containsExactly(5);
    }

    @Test
    void saysWhenBothPlacesOfOneTensorWereChanged() {
        snapshot.take();
        shared().muli(10);
        weight.addi(1);

        assertThatThrownBy(snapshot::repair)
                .isExactlyInstanceOf(LostWeightsException.class)
                .hasMessageStartingWith("Both the weight \"weight\" and its copy were changed during a save");
    }
}
