package dev.rivulet.internal.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * Splits a parameter into parts that are stepped one after the other. Optimizers here work elementwise, so the result
 * is the same. Intermediate values of a part fit into the processor's cache; for a whole large parameter they would
 * need newly allocated memory, several times the size of the parameter.
 *
 * @param dimension the first one with more than one index, along which the parameter is split
 * @param length number of indices of that dimension
 * @param step number of indices per part
 */
public record ParameterBlocks(int dimension, long length, long step) {
    private static final long ELEMENTS = 1 << 18;

    public static ParameterBlocks of(Shape shape) {
        int dimension = 0;
        while (dimension < shape.dimension() - 1 && shape.get(dimension) == 1) {
            dimension++;
        }
        long length = shape.dimension() == 0 ? 1 : shape.get(dimension);
        long elementsOfIndex = Math.max(1, shape.size() / Math.max(1, length));
        return new ParameterBlocks(dimension, length, Math.max(1, ELEMENTS / elementsOfIndex));
    }

    /** Number of parts. */
    public long count() {
        return Math.max(1, (length + step - 1) / step);
    }

    /** A part of an array of the parameter's shape, sharing its memory; the caller closes it. */
    public NDArray view(NDArray array, long block) {
        return array.get(
                new NDIndex().addAllDim(dimension).addSliceDim(block * step, Math.min(length, (block + 1) * step)));
    }
}
