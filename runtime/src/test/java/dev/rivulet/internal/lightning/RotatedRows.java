package dev.rivulet.internal.lightning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.Batchifier;
import ai.djl.util.Progress;
import dev.rivulet.data.ResumableDataset;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of {@code ResumableRows} of {@code lightning_runs.py}: each epoch starts 24 rows after the previous
 * one.
 */
record RotatedRows(NDArray x, NDArray y, int batchSize) implements ResumableDataset {

    @Override
    public Iterable<Batch> batches(NDManager manager, long epoch, long startBatch) {
        long rows = x.size(0);
        return () -> LongStream.range(startBatch, rows / batchSize)
                .mapToObj(index -> batch(manager, (index * batchSize + 24 * epoch) % rows))
                .iterator();
    }

    /** Never exceeds the last row, because 24 is a multiple of the batch size. */
    private Batch batch(NDManager manager, long first) {
        String rows = first + ":" + (first + batchSize);
        return new Batch(
                manager.newSubManager(),
                new NDList(x.get(rows)),
                new NDList(y.get(rows)),
                batchSize,
                Batchifier.STACK,
                Batchifier.STACK,
                0,
                x.size(0));
    }

    @Override
    public String order() {
        return "rotated by 24 rows, batches of " + batchSize;
    }

    @Override
    public void prepare(@Nullable Progress progress) {}
}
