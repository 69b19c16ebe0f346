package dev.rivulet.testing;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.util.Progress;
import java.util.random.RandomGenerator;

/** Points of a line, each with random noise added on every load. */
final class NoisyPoints extends RandomAccessDataset {
    private static final int COUNT = 24;

    private final RandomGenerator noise;

    NoisyPoints(RandomGenerator noise) {
        super(new Builder());
        this.noise = noise;
    }

    private static final class Builder extends BaseBuilder<Builder> {
        Builder() {
            setSampling(4, false);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }

    @Override
    public Record get(NDManager manager, long index) {
        float x = index / (float) COUNT + noise.nextFloat() / 100;
        return new Record(
                new NDList(manager.create(new float[] {x, -x}, new Shape(2))),
                new NDList(manager.create(new float[] {2 * x + 1}, new Shape(1))));
    }

    @Override
    protected long availableSize() {
        return COUNT;
    }

    @Override
    public void prepare(Progress progress) {}
}
