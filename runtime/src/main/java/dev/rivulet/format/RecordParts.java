package dev.rivulet.format;

import dev.rivulet.concurrent.SharedLoop;
import dev.rivulet.tensor.Crc32;
import dev.rivulet.tensor.Crc32c;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Entries of a zip file that are read on several threads, and verified while they are in the cache. */
final class RecordParts {
    /** What one thread reads at a time. */
    private static final int PART_BYTES = 1 << 22;

    /** Bytes per read: small enough to be checksummed out of the cache, large enough to hide the system call. */
    private static final int STEP = 1 << 18;

    /** The record of bytes that belong to none. */
    private static final int GAP = -1;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP));

    private final ZipInput input;
    private final List<ArchiveRecord> records = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Span> spans = new ArrayList<>();

    /** Bytes of one of the records, or of none; without memory they are only looked at. */
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
        look(records.size(), record.position(), record.position() + record.byteCount(), parts);
        records.add(record);
    }

    private static void look(int record, long from, long to, List<Part> parts) {
        for (long position = from; position < to; position += PART_BYTES) {
            parts.add(new Part(record, position, (int) Math.min(PART_BYTES, to - position), null));
        }
    }

    /**
     * Reads and verifies all entries.
     *
     * @throws DamagedFileException if one of them has another checksum than the file says
     * @throws MalformedTorchFileException if the file has become shorter
     */
    void read() throws IOException {
        long[] checksums = new long[parts.size()];
        forEach(parts, (i, part) -> {
            CRC32 crc = new CRC32();
            read(part, crc::update);
            checksums[i] = crc.getValue();
        });
        verify(parts, checksums);
    }

    /**
     * Reads the entries, which must be all that the file has, and what lies between and after them.
     *
     * @param checked whether to verify each entry
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws DamagedFileException if an entry is verified and has another checksum than the file says
     * @throws MalformedTorchFileException if the file has become shorter
     */
    long readWithGaps(boolean checked) throws IOException {
        withGaps();
        readSpans(checked);
        long joined = 0;
        for (Span span : spans) {
            joined = Crc32c.combine(joined, span.crc32c(), span.length());
        }
        return joined;
    }

    /**
     * Reads the entries added since the last time, and remembers what the whole file's checksum takes.
     *
     * @param checked whether to verify each entry
     * @throws DamagedFileException if an entry is verified and has another checksum than the file says
     * @throws MalformedTorchFileException if the file has become shorter
     */
    void readSpans(boolean checked) throws IOException {
        long[] checksums = new long[parts.size()];
        Span[] read = new Span[parts.size()];
        forEach(parts, (i, part) -> {
            CRC32 crc = new CRC32();
            CRC32C crc32c = new CRC32C();
            read(part, step -> {
                if (checked) {
                    crc.update(step.duplicate());
                }
                crc32c.update(step);
            });
            checksums[i] = crc.getValue();
            read[i] = new Span(part.position(), part.length(), crc32c.getValue());
        });
        if (checked) {
            verify(parts, checksums);
        }
        spans.addAll(List.of(read));
        spans.sort(Comparator.comparingLong(Span::position));
        parts.clear();
        records.clear();
    }

    /** Adds what lies between and after the entries. */
    private void withGaps() {
        List<Part> gaps = new ArrayList<>();
        TreeMap<Long, Integer> taken = new TreeMap<>();
        spans.forEach(span -> taken.put(span.position(), span.length()));
        parts.forEach(part -> taken.put(part.position(), part.length()));
        long end = 0;
        for (Map.Entry<Long, Integer> piece : taken.entrySet()) {
            look(GAP, end, piece.getKey(), gaps);
            end = piece.getKey() + piece.getValue();
        }
        look(GAP, end, input.length(), gaps);
        parts.addAll(gaps);
    }

    /** Bytes of the file that have been read, and their CRC-32C. */
    private record Span(long position, int length, long crc32c) {}

    /** Something to be done with a part. */
    private interface Task {
        void run(int index, Part part) throws IOException;
    }

    private static void forEach(List<Part> parts, Task task) throws IOException {
        try {
            SharedLoop.run(parts.size(), i -> {
                try {
                    task.run(i, parts.get(i));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void verify(List<Part> read, long[] checksums) throws DamagedFileException {
        long[] joined = new long[records.size()];
        for (int i = 0; i < checksums.length; i++) {
            Part part = read.get(i);
            if (part.record() != GAP) {
                joined[part.record()] = Crc32.combine(joined[part.record()], checksums[i], part.length());
            }
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

    private void read(Part part, Consumer<ByteBuffer> checksum) throws IOException {
        ByteBuffer memory = part.memory();
        for (int from = 0; from < part.length(); from += STEP) {
            int length = Math.min(STEP, part.length() - from);
            ByteBuffer step = memory == null ? SCRATCH.get().clear().limit(length) : memory.slice(from, length);
            input.readFully(step, part.position() + from);
            checksum.accept(step.flip());
        }
    }
}
