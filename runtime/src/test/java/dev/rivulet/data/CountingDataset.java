package dev.rivulet.data;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.util.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records that are their own index, and a list of those that were loaded. */
final class CountingDataset extends RandomAccessDataset {
    private final List<Long> loaded = new CopyOnWriteArrayList<>();
    private final int records;
    private final Runnable whenLoading;

    private CountingDataset(Builder builder) {
        super(builder);
        this.records = builder.records;
        this.whenLoading = builder.whenLoading;
    }

    static Builder of(int records) {
        return new Builder(records).setSampling(1, false);
    }

    List<Long> loaded() {
        return loaded;
    }

    @Override
    public Record get(NDManager manager, long index) {
        whenLoading.run();
        loaded.add(index);
        return new Record(new NDList(manager.create(index)), new NDList(manager.create(-index)));
    }

    @Override
    protected long availableSize() {
        return records;
    }

    @Override
    public void prepare(Progress progress) {}

    static final class Builder extends BaseBuilder<Builder> {
        private final int records;
        private Runnable whenLoading = () -> {};

        private Builder(int records) {
            this.records = records;
        }

        Builder whenLoading(Runnable action) {
            whenLoading = action;
            return this;
        }

        @Override
        protected Builder self() {
            return this;
        }

        CountingDataset build() {
            return new CountingDataset(this);
        }
    }
}
