package dev.rivulet.internal.tensor;

import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.UnsupportedDtypeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Conversion between the floating-point types F16, BF16, F32 and F64, on bytes, bit for bit like PyTorch's {@code
 * Tensor.to} on a CPU.
 *
 * <ul>
 *   <li>Widening is exact.
 *   <li>Narrowing rounds to nearest, ties to even; values that are too large become infinite, values that are too small
 *       become subnormal or zero with the same sign.
 *   <li>F64 is converted to F16 and BF16 via F32, so it is rounded twice, as in PyTorch.
 *   <li>A NaN becomes 0x7FC0 as BF16. Between the other types it is made quiet and keeps its sign and the upper bits of
 *       its payload. In PyTorch the bits of a NaN depend on the processor and on the position in the tensor; this class
 *       follows its portable code for F32.
 * </ul>
 *
 * <p>Elements pass through small arrays on the heap, because the JIT compiler turns loops over arrays, not over
 * buffers, into vector instructions. Only the result has the size of the tensor.
 */
public final class Conversion {
    /** Elements per step; the arrays stay in the first-level cache. */
    private static final int STEP = 2048;

    private static final Set<Dtype> FLOATS = EnumSet.of(Dtype.F16, Dtype.BF16, Dtype.F32, Dtype.F64);

    private final int[] singles = new int[STEP];
    private final short[] halves = new short[STEP];
    private final double[] doubles = new double[STEP];

    private Conversion() {}

    /** Whether elements of this type can be converted. */
    public static boolean accepts(Dtype dtype) {
        return FLOATS.contains(dtype);
    }

    /**
     * The tensor in another type, in newly allocated direct memory; the tensor itself if it already has that type.
     *
     * @throws UnsupportedDtypeException if either type is not F16, BF16, F32 or F64
     */
    public static Tensor convert(Tensor tensor, Dtype target) {
        if (tensor.dtype() == target) {
            return tensor;
        }
        DirectMemory memory = DirectMemory.allocate(target.byteCount(tensor.shape()));
        convert(tensor, target, memory.chunks());
        return memory.asTensor(target, tensor.shape());
    }

    /**
     * Writes the tensor in another type into memory.
     *
     * @param memory writable buffers with exactly the size of the result remaining; their positions do not change
     * @throws UnsupportedDtypeException if either type is not F16, BF16, F32 or F64
     * @throws IllegalArgumentException if the memory has another size
     */
    public static void convert(Tensor tensor, Dtype target, List<ByteBuffer> memory) {
        if (!FLOATS.contains(tensor.dtype()) || !FLOATS.contains(target)) {
            throw new UnsupportedDtypeException("A tensor " + tensor + " cannot be converted to " + target
                    + ": conversion is between F16, BF16, F32 and F64.");
        }
        long byteCount = target.byteCount(tensor.shape());
        if (Chunks.byteCount(memory) != byteCount) {
            throw new IllegalArgumentException("A tensor " + tensor + " as " + target + " needs " + byteCount
                    + " bytes, but the memory has " + Chunks.byteCount(memory) + ".");
        }
        new Conversion().run(new ElementWalk(tensor.chunks()), tensor.dtype(), new ElementWalk(memory), target);
    }

    private void run(ElementWalk from, Dtype source, ElementWalk to, Dtype target) {
        while (from.hasRemaining()) {
            int count = (int) Math.min(STEP, Math.min(from.available(source), to.available(target)));
            widen(from.next(count * source.alignment()), source, count);
            narrow(to.next(count * target.alignment()), target, count, source == Dtype.F64);
        }
    }

    /** Reads elements as F32 bits, or F64 elements as F64 values. */
    private void widen(ByteBuffer bytes, Dtype source, int count) {
        switch (source) {
            case F64 -> bytes.asDoubleBuffer().get(doubles, 0, count);
            case F32 -> bytes.asIntBuffer().get(singles, 0, count);
            case BF16 -> {
                bytes.asShortBuffer().get(halves, 0, count);
                HalfPrecision.fromBfloat16(halves, singles, count);
            }
            default -> {
                bytes.asShortBuffer().get(halves, 0, count);
                HalfPrecision.fromFloat16(halves, singles, count);
            }
        }
    }

    private void narrow(ByteBuffer bytes, Dtype target, int count, boolean fromDoubles) {
        if (fromDoubles) {
            for (int i = 0; i < count; i++) {
                singles[i] = Float.floatToRawIntBits((float) doubles[i]);
            }
        }
        switch (target) {
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    doubles[i] = Float.intBitsToFloat(singles[i]);
                }
                bytes.asDoubleBuffer().put(doubles, 0, count);
            }
            case F32 -> bytes.asIntBuffer().put(singles, 0, count);
            case BF16 -> {
                HalfPrecision.toBfloat16(singles, halves, count);
                bytes.asShortBuffer().put(halves, 0, count);
            }
            default -> {
                HalfPrecision.toFloat16(singles, halves, count);
                bytes.asShortBuffer().put(halves, 0, count);
            }
        }
    }

    /** Walks over buffers in stretches that never cross a boundary. */
    private static final class ElementWalk {
        private final List<ByteBuffer> chunks;
        private int index;

        ElementWalk(List<ByteBuffer> chunks) {
            this.chunks = chunks.stream().map(ByteBuffer::duplicate).toList();
            skipEmpty();
        }

        boolean hasRemaining() {
            return index < chunks.size();
        }

        long available(Dtype dtype) {
            return chunks.get(index).remaining() / dtype.alignment();
        }

        ByteBuffer next(int byteCount) {
            ByteBuffer chunk = chunks.get(index);
            ByteBuffer stretch = chunk.slice(chunk.position(), byteCount).order(ByteOrder.LITTLE_ENDIAN);
            chunk.position(chunk.position() + byteCount);
            skipEmpty();
            return stretch;
        }

        private void skipEmpty() {
            while (index < chunks.size() && !chunks.get(index).hasRemaining()) {
                index++;
            }
        }
    }
}
