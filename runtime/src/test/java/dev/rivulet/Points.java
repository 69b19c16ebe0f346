package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;

/** Small regression data: points of a plane, {@code y = 2a − b + 1}. */
public final class Points {
    private Points() {}

    /** A number of points in fixed order, in batches. */
    public static ArrayDataset of(NDManager manager, int count, int batchSize) {
        return of(manager, count, batchSize, false);
    }

    /** The same points in an order that DJL draws for each pass. */
    public static ArrayDataset shuffled(NDManager manager, int count, int batchSize) {
        return of(manager, count, batchSize, true);
    }

    private static ArrayDataset of(NDManager manager, int count, int batchSize, boolean shuffled) {
        float[] inputs = new float[2 * count];
        float[] outputs = new float[count];
        for (int i = 0; i < count; i++) {
            float a = (i * 7 % 11) / 11f;
            float b = (i * 5 % 13) / 13f;
            inputs[2 * i] = a;
            inputs[2 * i + 1] = b;
            outputs[i] = 2 * a - b + 1;
        }
        return new ArrayDataset.Builder()
                .setData(manager.create(inputs, new Shape(count, 2)))
                .optLabels(manager.create(outputs, new Shape(count, 1)))
                .setSampling(batchSize, shuffled)
                .build();
    }
}
