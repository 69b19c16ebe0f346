package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * The parts of a parameter that are stepped one after the other, which is the same as all at once, because an optimizer
 * looks at each element by itself. What it computes in between stays in the processor's cache then; for a whole large
 * parameter it would take fresh memory, many times that of the parameter.
 *
 * @param dimension the first one with more than one index, along which the parameter is cut
 * @param length how many indices it has
 * @param step how many of them a part has
 */
record ParameterBlocks(int dimension, long length, long step) {
    private static final long ELEMENTS = 1 << 18;

    static ParameterBlocks of(Shape shape) {
        int dimension = 0;
        while (dimension < shape.dimension() - 1 && shape.get(dimension) == 1) {
            dimension++;
        }
        long length = shape.dimension() == 0 ? 1 : shape.get(dimension);
        long elementsOfIndex = Math.max(1, shape.size() / Math.max(1, length));
        return new ParameterBlocks(dimension, length, Math.max(1, ELEMENTS / elementsOfIndex));
    }

    /** Number of parts. */
    long count() {
        return Math.max(1, (length + step - 1) / step);
    }

    /** A part of an array of the parameter's shape, in the array's own memory; to be closed by the caller. */
    NDArray view(NDArray array, long block) {
        return array.get(
                new NDIndex().addAllDim(dimension).addSliceDim(block * step, Math.min(length, (block + 1) * step)));
    }
}
