package dev.rivulet.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotPoolTest {
    private static final int SMALL_CHUNK = 64;

    private final NDManager manager = NDManager.newBaseManager();
    private final Map<String, NDArray> live = new LinkedHashMap<>();

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray add(String name, NDArray array) {
        live.put(name, array);
        return array;
    }

    private void addOfEveryKind() {
        add("matrix", manager.arange(12f).reshape(3, 4));
        add("transposed", manager.arange(12f).reshape(3, 4).transpose());
        add("scalar", manager.create(7d));
        add("empty", manager.create(new Shape(0, 3), DataType.INT32));
        add("flags", manager.create(new boolean[] {true, false, true}));
        add("half", manager.arange(5f).toType(DataType.FLOAT16, true));
        add("trained", manager.arange(9f)).setRequiresGradient(true);
        add("large", manager.arange(5_000_000f));
    }

    private void assertEqualsLiveArrays(Snapshot snapshot) {
        assertThat(snapshot.weights().keySet()).containsExactlyElementsOf(live.keySet());
        try (LiveTensors loan = new LiveTensors()) {
            live.forEach((name, array) -> {
                Tensor copy = Objects.requireNonNull(snapshot.weights().get(name));
                assertThat(copy.contentEquals(loan.view(array))).as(name).isTrue();
            });
        }
    }

    @Test
    void copiesArraysOfEveryKind() {
        addOfEveryKind();

        assertEqualsLiveArrays(new SnapshotPool(live, 1).take());
    }

    @Test
    void splitsTensorsLargerThanAChunk() {
        addOfEveryKind();

        Snapshot snapshot = new SnapshotPool(live, Map.of(), 1, SMALL_CHUNK).take();

        assertEqualsLiveArrays(snapshot);
        snapshot.weights()
                .forEach((name, tensor) ->
                        assertThat(tensor.chunks().size() > 1).as(name).isEqualTo(tensor.byteCount() > SMALL_CHUNK));
    }

    @Test
    void reportsTheSizeOfASnapshot() {
        add("a", manager.ones(new Shape(3)));
        add("b", manager.create(new byte[5]));

        assertThat(new SnapshotPool(live, 2).byteCount()).isEqualTo(17);
    }

    @Test
    void reusesItsMemory() {
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        Snapshot first = pool.take();
        Tensor copy = Objects.requireNonNull(first.weights().get("weight"));
        first.close();
        weight.muli(10);

        Snapshot second = pool.take();

        assertThat(copy.contentEquals(Objects.requireNonNull(second.weights().get("weight"))))
                .isTrue();
        assertEqualsLiveArrays(second);
    }

    @Test
    void leavesNoArraysInTheManager() {
        addOfEveryKind();
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.reserve();
        int before = manager.getManagedArrays().size();

        for (int i = 0; i < 20; i++) {
            try (Snapshot snapshot = pool.take()) {
                snapshot.restoreLive();
            }
        }

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void copiesReplacedMemory() {
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.reserve();

        weight.set(ByteBuffer.allocateDirect(8));
        assertThat(pool.take()).satisfies(this::assertEqualsLiveArrays).satisfies(Snapshot::close);
        weight.intern(manager.arange(2f));
        assertThat(pool.take()).satisfies(this::assertEqualsLiveArrays).satisfies(Snapshot::close);
    }

    @Test
    void copiesTheArraysOfTheMomentWhateverReplacedTheirMemory() {
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.reserve();

        JniUtils.set((PtNDArray) weight, ByteBuffer.allocateDirect(8));
        assertThat(pool.take()).satisfies(this::assertEqualsLiveArrays).satisfies(Snapshot::close);
        manager.arange(2f).copyTo(weight);
        assertThat(pool.take()).satisfies(this::assertEqualsLiveArrays).satisfies(Snapshot::close);
        // libtorch then uses the same addresses again.
        for (int i = 0; i < 50; i++) {
            weight.intern(weight.add(1));
            weight.intern(weight.add(1));
            assertThat(pool.take()).satisfies(this::assertEqualsLiveArrays).satisfies(Snapshot::close);
        }
    }

    @Test
    void comparesAndRestoresReplacedMemory() {
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        NDArray other = add("other", manager.ones(new Shape(2)));
        Snapshot snapshot = new SnapshotPool(live, 1).take();
        weight.intern(weight.add(1));
        weight.intern(weight.add(1));
        other.intern(other.add(0));

        assertThat(snapshot.restoreLive()).contains("weight");

        assertEqualsLiveArrays(snapshot);
        assertThat(weight.toFloatArray()).containsExactly(1, 1);
        assertThat(snapshot.restoreLive()).isEmpty();
    }

    @Test
    void refusesAClosedArray() {
        add("open", manager.ones(new Shape(2)));
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 2);
        Snapshot before = pool.take();
        weight.close();

        assertThatThrownBy(pool::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Native resource has been released already.");
        assertThatThrownBy(before::restoreLive)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Native resource has been released already.");
    }

    @Test
    void copiesThousandsOfSmallArrays() {
        for (int i = 0; i < 3000; i++) {
            add("weight" + i, manager.full(new Shape(1 + i % 7), i));
        }
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.take().close();
        live.values().forEach(array -> array.addi(1));

        Snapshot snapshot = pool.take();

        assertEqualsLiveArrays(snapshot);
        Objects.requireNonNull(live.get("weight2999")).muli(2);
        assertThat(snapshot.restoreLive()).contains("weight2999");
        assertEqualsLiveArrays(snapshot);
    }

    @Test
    void copiesArraysThatBecomeNonContiguous() {
        NDArray weight = add("weight", manager.ones(new Shape(2, 2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.reserve();
        weight.intern(manager.arange(4f).reshape(2, 2).transpose());
        int before = manager.getManagedArrays().size();

        assertEqualsLiveArrays(pool.take());

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void refusesAnArrayWhoseSizeChanged() {
        NDArray weight = add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        pool.reserve();
        weight.intern(manager.ones(new Shape(3)));

        assertThatThrownBy(pool::take).hasMessageContaining("F32[2] has 12 bytes instead of 8");
        weight.intern(manager.ones(new Shape(2)));
        assertEqualsLiveArrays(pool.take());
    }

    @Test
    void lendsNoMoreSnapshotsThanItsCapacity() {
        add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 2);
        Snapshot first = pool.take();
        assertThat(pool.tryTake()).isPresent();

        assertThat(pool.tryTake()).isEmpty();
        first.close();
        first.close();

        assertThat(pool.tryTake()).isPresent();
        assertThat(pool.tryTake()).isEmpty();
    }

    @Test
    void waitsForASnapshotToBeClosedEvenIfInterrupted() throws InterruptedException {
        add("weight", manager.ones(new Shape(2)));
        SnapshotPool pool = new SnapshotPool(live, 1);
        Snapshot first = pool.take();
        Thread writer = new Thread(first::close);
        Thread.currentThread().interrupt();
        writer.start();

        Snapshot second = pool.take();

        assertThat(Thread.interrupted()).isTrue();
        writer.join();
        assertEqualsLiveArrays(second);
        assertThat(pool.tryTake()).isEqualTo(Optional.empty());
    }

    @Test
    void refusesZeroCapacity() {
        assertThatThrownBy(() -> new SnapshotPool(live, 0)).hasMessageContaining("allow 1 or more");
    }
}
