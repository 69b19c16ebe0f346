package dev.rivulet.format;

import dev.rivulet.concurrent.SharedLoop;
import dev.rivulet.tensor.Crc32;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Entries of a zip file that are read on several threads, and verified while they are in the cache. */
final class RecordParts {
    /** What one thread reads at a time. */
    private static final int PART_BYTES = 1 << 22;

    /** Bytes per read: small enough to be checksummed out of the cache, large enough to hide the system call. */
    private static final int STEP = 1 << 18;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP));

    private final ZipInput input;
    private final List<ArchiveRecord> records = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /** Bytes of one of the records; without memory they are only looked at. */
    private record Part(
            int record, long position, int length, @Nullable ByteBuffer memory) {}

    RecordParts(ZipInput input) {
        this.input = input;
    }

    /** Adds an entry that is to fill the remaining bytes of buffers, as many as it has; their positions stay. */
    void add(ArchiveRecord record, List<ByteBuffer> memory) {
        long next = record.position();
        for (ByteBuffer chunk : memory) {
            for (int from = chunk.position(); from < chunk.limit(); ) {
                int length = Math.min(PART_BYTES, chunk.limit() - from);
                parts.add(new Part(records.size(), next, length, chunk.slice(from, length)));
                from += length;
                next += length;
            }
        }
        records.add(record);
    }

    /** Adds an entry that is only to be verified. */
    void add(ArchiveRecord record) {
        for (long offset = 0; offset < record.byteCount(); offset += PART_BYTES) {
            int length = (int) Math.min(PART_BYTES, record.byteCount() - offset);
            parts.add(new Part(records.size(), record.position() + offset, length, null));
        }
        records.add(record);
    }

    /**
     * Reads and verifies all entries.
     *
     * @throws DamagedFileException if one of them has another checksum than the file says
     * @throws MalformedTorchFileException if the file has become shorter
     */
    void read() throws IOException {
        long[] checksums = new long[parts.size()];
        try {
            SharedLoop.run(checksums.length, i -> checksums[i] = read(parts.get(i)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        long[] joined = new long[records.size()];
        for (int i = 0; i < checksums.length; i++) {
            Part part = parts.get(i);
            joined[part.record()] = Crc32.combine(joined[part.record()], checksums[i], part.length());
        }
        for (int i = 0; i < joined.length; i++) {
            check(input.file(), records.get(i), joined[i]);
        }
    }

    /** Compares the checksum of an entry's bytes with that of the file. */
    static void check(String file, ArchiveRecord record, long crc32) throws DamagedFileException {
        if (crc32 != record.crc32()) {
            throw new DamagedFileException(
                    file,
                    "the checksum of \"" + PickleInput.shown(record.name()) + "\"",
                    "%08x".formatted(record.crc32()),
                    "%08x".formatted(crc32));
        }
    }

    private long read(Part part) {
        CRC32 crc = new CRC32();
        ByteBuffer memory = part.memory();
        for (int from = 0; from < part.length(); from += STEP) {
            int length = Math.min(STEP, part.length() - from);
            ByteBuffer step = memory == null ? SCRATCH.get().clear().limit(length) : memory.slice(from, length);
            try {
                input.readFully(step, part.position() + from);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            crc.update(step.flip());
        }
        return crc.getValue();
    }
}
