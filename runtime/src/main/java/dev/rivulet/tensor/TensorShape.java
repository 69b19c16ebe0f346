package dev.rivulet.tensor;

import java.util.Arrays;

/**
 * The dimensions of a tensor, outermost first: none for a scalar, at least one of size 0 for an empty tensor.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class TensorShape {
    private final long[] dimensions;
    private final long elementCount;

    private TensorShape(long[] dimensions) {
        this.dimensions = dimensions;
        long product = 1;
        for (long dimension : dimensions) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "Shape " + this + " has a negative dimension; give sizes of at least 0.");
            }
            product = Math.multiplyExact(product, dimension);
        }
        this.elementCount = product;
    }

    /**
     * A shape with these dimensions, outermost first.
     *
     * @throws IllegalArgumentException if one is negative
     * @throws ArithmeticException if the number of elements, multiplied from the left, exceeds a long
     */
    public static TensorShape of(long... dimensions) {
        return new TensorShape(dimensions.clone());
    }

    /** The dimensions, outermost first; a copy. */
    public long[] dimensions() {
        return dimensions.clone();
    }

    /** Number of dimensions; 0 for a scalar. */
    public int rank() {
        return dimensions.length;
    }

    /** Number of elements: the product of the dimensions, 1 for a scalar. */
    public long elementCount() {
        return elementCount;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorShape shape && Arrays.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /** The dimensions as PyTorch prints them, such as {@code [64, 3, 7, 7]}. */
    @Override
    public String toString() {
        return Arrays.toString(dimensions);
    }
}
