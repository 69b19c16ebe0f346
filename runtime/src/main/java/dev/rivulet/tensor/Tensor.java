package dev.rivulet.tensor;

import dev.rivulet.internal.memory.Chunks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Elements as little-endian, row-major bytes in host memory, with a dtype and a shape.
 *
 * <p>The bytes are stored in one or more chunks, each a buffer of at most 2 GiB − 1 (by convention 1 GiB) that contains
 * whole elements, so a tensor may have any size.
 *
 * <p><b>Ownership.</b> A tensor borrows its memory: it neither copies nor frees it. The owner keeps the memory alive
 * and unchanged while the tensor is in use. There are two kinds:
 *
 * <ul>
 *   <li>Java buffers (from {@link #copy}, a conversion or a file) live as long as a tensor or buffer refers to them.
 *       Nothing needs to be closed.
 *   <li>The memory of a live array, borrowed within a scope, is valid until that scope or the array is closed, and
 *       changes with the array. Reading it later crashes the JVM, so such a tensor must not leave the scope.
 * </ul>
 *
 * <p>Immutable if its memory does not change; thread-safe. {@code equals} is identity, because comparing gigabytes
 * should be explicit: {@link #contentEquals}.
 *
 * @since 0.1
 */
public final class Tensor {
    private final Dtype dtype;
    private final TensorShape shape;
    private final List<ByteBuffer> chunks;
    private final long byteCount;

    private Tensor(Dtype dtype, TensorShape shape, List<ByteBuffer> chunks, long byteCount) {
        this.dtype = dtype;
        this.shape = shape;
        this.chunks = chunks;
        this.byteCount = byteCount;
    }

    /** A tensor over the remaining bytes of one buffer. See {@link #of(Dtype, TensorShape, List)}. */
    public static Tensor of(Dtype dtype, TensorShape shape, ByteBuffer bytes) {
        return of(dtype, shape, List.of(bytes));
    }

    /**
     * A tensor over the remaining bytes of direct or heap buffers, which it borrows.
     *
     * @param chunks the elements in order, little-endian; one buffer may occur several times
     * @throws IllegalArgumentException if the number of bytes does not match dtype and shape, or a chunk splits an
     *     element
     */
    public static Tensor of(Dtype dtype, TensorShape shape, List<ByteBuffer> chunks) {
        long expected = dtype.byteCount(shape);
        long byteCount = Chunks.byteCount(chunks);
        if (byteCount != expected) {
            throw new IllegalArgumentException("A tensor of " + dtype + " with shape " + shape + " has " + expected
                    + " bytes, but " + byteCount + " were given.");
        }
        List<ByteBuffer> views = new ArrayList<>(chunks.size());
        for (ByteBuffer chunk : chunks) {
            if (chunk.remaining() % dtype.alignment() != 0) {
                throw new IllegalArgumentException("A chunk of " + chunk.remaining() + " bytes splits an element of "
                        + dtype + "; chunks hold whole elements.");
            }
            if (chunk.hasRemaining()) {
                views.add(chunk.slice().asReadOnlyBuffer());
            }
        }
        return new Tensor(dtype, shape, List.copyOf(views), byteCount);
    }

    /** The type of the elements. */
    public Dtype dtype() {
        return dtype;
    }

    /** The dimensions. */
    public TensorShape shape() {
        return shape;
    }

    /** Size of the elements in bytes. */
    public long byteCount() {
        return byteCount;
    }

    /** The bytes in order: read-only, little-endian buffers with independent positions; none for an empty tensor. */
    public List<ByteBuffer> chunks() {
        List<ByteBuffer> duplicates = new ArrayList<>(chunks.size());
        for (ByteBuffer chunk : chunks) {
            duplicates.add(chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
        return duplicates;
    }

    /** Whether the other tensor has the same dtype, shape and bytes. A NaN equals only a NaN with the same bits. */
    public boolean contentEquals(Tensor other) {
        return dtype == other.dtype && shape.equals(other.shape) && Chunks.equal(chunks, other.chunks);
    }

    /** CRC-32C (Castagnoli) of the bytes, in the low 32 bits. */
    public long crc32c() {
        CRC32C crc = new CRC32C();
        for (ByteBuffer chunk : chunks()) {
            crc.update(chunk);
        }
        return crc.getValue();
    }

    /** A copy in newly allocated direct memory. */
    public Tensor copy() {
        List<ByteBuffer> memory = Chunks.allocate(byteCount);
        copyTo(memory);
        return of(dtype, shape, memory);
    }

    /**
     * Copies the bytes into memory; chunk boundaries may differ.
     *
     * @param memory writable buffers with as many remaining bytes as the tensor; their positions do not change
     * @throws IllegalArgumentException if the sizes differ; nothing is copied in that case
     */
    public void copyTo(List<ByteBuffer> memory) {
        long room = Chunks.byteCount(memory);
        if (room != byteCount) {
            throw new IllegalArgumentException(this + " has " + byteCount + " bytes and cannot fill " + room + ".");
        }
        Chunks.copy(chunks, memory);
    }

    /** Dtype and shape, such as {@code F32[64, 3]}, without the elements. */
    @Override
    public String toString() {
        return dtype.name() + shape;
    }
}
