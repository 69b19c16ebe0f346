package dev.rivulet.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.LostWeightsException;
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

    /** An array over the copy's memory, such as transforms receive. */
    private NDArray shared() {
        return NDArrays.create(manager, copy("weight"));
    }

    @Test
    void isIndependentOfTheArrays() {
        weight.muli(10);

        assertThat(snapshot.weights().keySet()).containsExactly("weight", "count");
        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void repairsNothingIfNothingChanged() {
        snapshot.seal();

        assertThat(snapshot.firstChanged()).isEmpty();
        assertThat(snapshot.repairWithLive()).isEmpty();
    }

    @Test
    void restoresAChangedCopyFromTheArray() {
        snapshot.seal();
        shared().muli(10);

        assertThat(snapshot.firstChanged()).hasValue("weight");
        assertThat(snapshot.repairWithLive()).hasValue("weight");

        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
        assertThat(weight.toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(snapshot.repairWithLive()).isEmpty();
    }

    @Test
    void restoresAChangedArrayFromTheCopy() {
        snapshot.seal();
        count.addi(1);

        assertThat(snapshot.firstChanged()).isEmpty();
        assertThat(snapshot.repairWithLive()).hasValue("count");

        assertThat(count.toLongArray()).containsExactly(5);
        assertThat(snapshot.repairWithLive()).isEmpty();
    }

    @Test
    void restoresAChangedArrayAndAChangedCopyOfDifferentTensors() {
        snapshot.seal();
        shared().muli(10);
        count.addi(1);

        assertThat(snapshot.repairWithLive()).hasValue("weight");

        assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
        assertThat(count.toLongArray()).containsExactly(5);
    }

    @Test
    void failsWhenBothTheArrayAndItsCopyChanged() {
        snapshot.seal();
        shared().muli(10);
        weight.addi(1);

        assertThatThrownBy(snapshot::repairWithLive)
                .isExactlyInstanceOf(LostWeightsException.class)
                .hasMessageStartingWith("Both the weight \"weight\" and its copy were changed during a save");
    }

    @Test
    void detectsChangesOnlyIfSealed() {
        assertThatThrownBy(snapshot::firstChanged).hasMessageContaining("seal it first");
        assertThatThrownBy(snapshot::repairWithLive).hasMessageContaining("seal it first");
    }

    @Test
    void isRestoredFromABackupWhenTheArraysHaveChanged() {
        try (SnapshotBackup backup = snapshot.backup()) {
            shared().muli(10);
            weight.muli(100);

            assertThat(backup.restore()).hasValue("weight");

            assertThat(valuesOfCopy()).containsExactly(1, 2, 3, 4);
            assertThat(backup.restore()).isEmpty();
        }
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
        SnapshotBackup backup = snapshot.backup();
        snapshot.close();

        assertThatThrownBy(snapshot::weights).hasMessageContaining("The snapshot is closed");
        assertThatThrownBy(backup::restore).hasMessageContaining("The snapshot is closed");
        backup.close();
        assertThatThrownBy(backup::restore).hasMessageContaining("The backup is closed");
    }
}
