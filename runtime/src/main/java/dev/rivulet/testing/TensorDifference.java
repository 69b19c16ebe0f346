package dev.rivulet.testing;

import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The difference between two tensors that should be equal bit for bit.
 *
 * @param tensor name of the tensor
 * @param index index of the first element that differs, row-major
 * @param expected that element in the straight run
 * @param actual that element in the other run
 * @param elements number of elements that differ
 * @param largest largest absolute difference of two elements, NaN if one of them is NaN; empty unless the type is
 *     floating point
 * @since 0.1
 */
public record TensorDifference(
        String tensor, List<Long> index, String expected, String actual, long elements, OptionalDouble largest) {

    /**
     * Compares two tensors.
     *
     * @param expected tensor of the same dtype and shape as the other one
     */
    static TensorDifference between(String name, Tensor expected, Tensor actual) {
        Elements then = new Elements(expected);
        Elements now = new Elements(actual);
        long first = -1;
        String firstThen = "";
        String firstNow = "";
        long elements = 0;
        double largest = 0;
        for (long i = 0; i < expected.shape().elementCount(); i++) {
            long left = then.next();
            long right = now.next();
            if (left == right) {
                continue;
            }
            if (first < 0) {
                first = i;
                firstThen = then.format(left);
                firstNow = now.format(right);
            }
            elements++;
            largest = Math.max(largest, Math.abs(Double.longBitsToDouble(left) - Double.longBitsToDouble(right)));
        }
        return new TensorDifference(
                name,
                index(Math.max(first, 0), expected.shape().dimensions()),
                firstThen,
                firstNow,
                elements,
                then.floating ? OptionalDouble.of(largest) : OptionalDouble.empty());
    }

    /** A number as Java prints it, as a float if the conversion is exact. */
    static String format(double value) {
        float single = (float) value;
        return Double.compare(single, value) == 0 ? Float.toString(single) : Double.toString(value);
    }

    private static List<Long> index(long element, long[] dimensions) {
        List<Long> index = new ArrayList<>();
        long rest = element;
        for (int i = dimensions.length - 1; i >= 0; i--) {
            index.add(0, rest % dimensions[i]);
            rest /= dimensions[i];
        }
        return List.copyOf(index);
    }

    /** The difference in words. */
    @Override
    public String toString() {
        return "\"" + tensor + "\" at " + index + ": " + actual + " instead of " + expected + "; " + elements
                + (elements == 1 ? " element differs" : " elements differ")
                + (largest.isPresent() ? ", by at most " + (float) largest.getAsDouble() : "");
    }

    /** The bits of a tensor's elements in order; floating-point elements are converted to double. */
    private static final class Elements {
        private final boolean floating;
        private final int size;
        private final Iterator<ByteBuffer> chunks;
        private ByteBuffer chunk = ByteBuffer.allocate(0);

        Elements(Tensor tensor) {
            this.floating = Conversion.accepts(tensor.dtype());
            Tensor read = floating ? Conversion.convert(tensor, Dtype.F64) : tensor;
            this.size = read.dtype().alignment();
            this.chunks = read.chunks().iterator();
        }

        long next() {
            while (!chunk.hasRemaining()) {
                chunk = chunks.next();
            }
            return switch (size) {
                case Byte.BYTES -> chunk.get();
                case Short.BYTES -> chunk.getShort();
                case Integer.BYTES -> chunk.getInt();
                default -> chunk.getLong();
            };
        }

        String format(long bits) {
            return floating ? TensorDifference.format(Double.longBitsToDouble(bits)) : Long.toString(bits);
        }
    }
}
