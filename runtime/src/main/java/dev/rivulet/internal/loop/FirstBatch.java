package dev.rivulet.internal.loop;

import ai.djl.training.dataset.Batch;
import java.util.List;

/**
 * The first batch of an epoch, by which a resumed run recognizes that a data set gives the same batches again.
 *
 * @param size number of its records
 * @param records number of records of the data set; 0 if it does not say
 * @param indices of its first records; empty if the data set does not say
 */
public record FirstBatch(long size, long records, List<Long> indices) {
    private static final int INDICES = 8;

    static FirstBatch of(Batch batch) {
        List<?> indices = batch.getIndices() == null ? List.of() : batch.getIndices();
        return new FirstBatch(
                batch.getSize(),
                batch.getProgressTotal(),
                indices.stream()
                        .limit(INDICES)
                        .map(index -> ((Number) index).longValue())
                        .toList());
    }

    /** Whether both are from data of one size in batches of one size; the order may depend on the epoch. */
    boolean hasSizeOf(FirstBatch other) {
        return size == other.size && records == other.records;
    }

    /** Batch size, number of records and order, for messages. */
    @Override
    public String toString() {
        return "batches of " + size + (records > 0 ? " of " + records + " records" : "")
                + (indices.isEmpty() ? "" : ", the first with the records " + indices);
    }
}
