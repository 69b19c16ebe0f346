package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.internal.format.ParallelReader;
import dev.rivulet.internal.format.ParallelReader.Piece;
import dev.rivulet.internal.memory.Crc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Reads entries of a zip file on several threads, and verifies their CRC-32. */
final class RecordReader {
    private final ZipInput input;
    private final ParallelReader parts;
    private final List<ArchiveRecord> records = new ArrayList<>();

    /** Entries of earlier steps. */
    private final List<ArchiveRecord> done = new ArrayList<>();

    /** Spans that earlier steps have read, by position. */
    private final NavigableMap<Long, Span> spans = new TreeMap<>();

    /** A range of the file that has been read, and its CRC-32C. */
    private record Span(int length, long crc32c) {}

    RecordReader(ZipInput input) {
        this.input = input;
        this.parts = new ParallelReader(input.source(), input::ended);
    }

    /**
     * Adds an entry to read into the remaining space of buffers, which must have its size; their positions do not
     * change.
     */
    void add(ArchiveRecord record, List<ByteBuffer> memory) {
        parts.add(record.position(), memory);
        records.add(record);
    }

    /** Adds an entry that is only verified. */
    void add(ArchiveRecord record) {
        parts.add(record.position(), record.end());
        records.add(record);
    }

    /**
     * Reads and verifies all entries.
     *
     * @throws DamagedFileException if the checksum of an entry is wrong
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated
     */
    void read() throws IOException {
        verify(parts.read(CRC32::new, CRC32::update), CRC32::getValue);
    }

    /**
     * Reads the entries added since the last step, and records their part of the whole file's checksum.
     *
     * @param checked whether to verify each entry
     * @throws DamagedFileException if the checksum of a verified entry is wrong
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated
     */
    void readStep(boolean checked) throws IOException {
        List<Piece<BothChecksums>> pieces = parts.read(() -> new BothChecksums(checked), BothChecksums::update);
        if (checked) {
            verify(pieces, both -> both.crc32.getValue());
        }
        pieces.forEach(piece -> spans.put(
                piece.position(),
                new Span(piece.length(), piece.checksum().crc32c.getValue())));
        done.addAll(records);
        records.clear();
    }

    /**
     * Reads the entries added since the last step, and the bytes between and after the entries. By now all entries must
     * have been added.
     *
     * @param checked whether to verify each entry
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws DamagedFileException if the checksum of a verified entry is wrong
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated
     */
    long readLastStep(boolean checked) throws IOException {
        addGaps();
        readStep(checked);
        long joined = 0;
        for (Span span : spans.values()) {
            joined = Crc.CRC32C.combine(joined, span.crc32c(), span.length());
        }
        return joined;
    }

    private void addGaps() {
        List<ArchiveRecord> all = new ArrayList<>(done);
        all.addAll(records);
        all.sort(Comparator.comparingLong(ArchiveRecord::position));
        long end = 0;
        for (ArchiveRecord record : all) {
            parts.add(end, record.position());
            end = record.end();
        }
        parts.add(end, input.length());
    }

    private <C> void verify(List<Piece<C>> pieces, ToLongFunction<C> crc32) throws DamagedFileException {
        NavigableMap<Long, Piece<C>> byPosition = new TreeMap<>();
        pieces.forEach(piece -> byPosition.put(piece.position(), piece));
        for (ArchiveRecord record : records) {
            long joined = 0;
            for (Piece<C> piece :
                    byPosition.subMap(record.position(), record.end()).values()) {
                joined = Crc.CRC32.combine(joined, crc32.applyAsLong(piece.checksum()), piece.length());
            }
            input.verify(record, joined);
        }
    }

    /** Both checksums of a piece: for its entry and for the whole file. */
    private static final class BothChecksums {
        private final CRC32 crc32 = new CRC32();
        private final CRC32C crc32c = new CRC32C();
        private final boolean checked;

        BothChecksums(boolean checked) {
            this.checked = checked;
        }

        void update(ByteBuffer bytes) {
            if (checked) {
                crc32.update(bytes.duplicate());
            }
            crc32c.update(bytes);
        }
    }
}
