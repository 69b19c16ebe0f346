package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Batchifier;
import ai.djl.util.Progress;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random batches prepared in memory, so that iterating costs almost nothing. Closed by its owner. */
final class PreparedBatches implements Dataset, AutoCloseable {
    private final NDManager manager;
    private final int count;
    private final int size;
    private final NDArray data;
    private final NDArray labels;
    private final NDIndex[] indices;

    PreparedBatches(NDManager parent, int count, int size, int width, int classes) {
        this.manager = parent.newSubManager();
        this.count = count;
        this.size = size;
        this.data = manager.randomNormal(new Shape(count, size, width));
        this.labels = manager.randomInteger(0, classes, new Shape(count, size), DataType.INT64);
        this.indices = IntStream.range(0, count)
                .mapToObj(index -> new NDIndex(String.valueOf(index)))
                .toArray(NDIndex[]::new);
    }

    @Override
    public Iterable<Batch> getData(NDManager parent) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public Batch next() {
                return batch(parent.newSubManager(), next++);
            }
        };
    }

    private Batch batch(NDManager scope, int index) {
        return new Batch(
                scope,
                new NDList(data.get(scope, indices[index])),
                new NDList(labels.get(scope, indices[index])),
                size,
                Batchifier.STACK,
                Batchifier.STACK,
                (index + 1L) * size,
                (long) count * size);
    }

    @Override
    public void prepare(@Nullable Progress progress) {
        // Prepared when constructed.
    }

    @Override
    public void close() {
        manager.close();
    }
}
