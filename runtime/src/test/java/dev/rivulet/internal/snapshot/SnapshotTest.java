package dev.rivulet.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final NDManager manager = NDManager.newBaseManager();
    private final NDArray weight = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
    private final NDArray count = manager.create(new long[] {5});
    private final Snapshot snapshot = new SnapshotPool(live(), 1).take();

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
        return Objects.requireNonNull(snapshot.weights().get(name));
    }

    private float[] valuesOfCopy() {
        return NDArrays.create(manager, copy("weight").copy()).toFloatArray();
    }

    @Test
    void isIndependentOfTheArrays() {
        weight.muli(10);

        assertThat(snapshot.weights().keySet()).containsExactly("weight", "count");
        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void restoresNothingIfNothingChanged() {
        assertThat(snapshot.restoreLive()).isEmpty();
    }

    @Test
    void restoresChangedArrays() {
        weight.muli(10);
        count.addi(1);

        assertThat(snapshot.restoreLive()).hasValue("weight");

        assertThat(weight.toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(count.toLongArray()).containsExactly(5);
        assertThat(snapshot.restoreLive()).isEmpty();
    }

    @Test
    void hasADigestOfAllTensorsInOrderOfNames() {
        CRC32C joined = new CRC32C();
        copy("count").chunks().forEach(joined::update);
        copy("weight").chunks().forEach(joined::update);

        assertThat(snapshot.digest()).isEqualTo("crc32c:%08x".formatted(joined.getValue()));
    }

    @Test
    void cannotBeUsedOnceClosed() {
        snapshot.close();

        assertThatThrownBy(snapshot::weights).hasMessageContaining("The snapshot is closed");
        assertThatThrownBy(snapshot::restoreLive).hasMessageContaining("The snapshot is closed");
    }
}
