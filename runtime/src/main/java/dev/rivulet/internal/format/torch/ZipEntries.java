package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Checks the bytes of a zip file outside its directory and data, so that every byte belongs to exactly one entry. */
final class ZipEntries {
    private final ZipInput input;
    private final ZipDirectory directory;

    private ZipEntries(ZipInput input, ZipDirectory directory) {
        this.input = input;
        this.directory = directory;
    }

    /**
     * The entries with the positions of their data, in file order.
     *
     * @throws DamagedFileException if {@link TorchWriter} wrote the file and it has changed
     * @throws MalformedTorchFileException if another writer wrote the file and it violates a rule
     */
    static List<ArchiveRecord> check(ZipInput input, ZipDirectory directory) throws IOException {
        ZipEntries entries = new ZipEntries(input, directory);
        List<ArchiveRecord> asWritten = new ArrayList<>();
        long difference = entries.compare(asWritten);
        if (difference < 0) {
            return asWritten;
        }
        if (directory.entries().stream().anyMatch(entry -> entry.name().endsWith("/" + ArchiveRecord.MARKER))) {
            throw new DamagedFileException(
                    input.file(),
                    "the bytes between its entries, at byte " + difference + ",",
                    "as it is always written",
                    "something else");
        }
        return entries.follow();
    }

    /** The position of the first byte that differs from PyTorch's layout of these entries, or -1. Fills the list. */
    private long compare(List<ArchiveRecord> records) throws IOException {
        List<ZipDirectory.Entry> entries = directory.entries();
        ZipLayout layout = new ZipLayout(
                entries.stream().map(ZipDirectory.Entry::name).toList(),
                entries.stream().mapToLong(ZipDirectory.Entry::size).toArray());
        if (layout.byteCount() != input.length()) {
            return Math.min(layout.byteCount(), input.length());
        }
        long position = 0;
        byte[] before = {};
        for (int i = 0; i < entries.size(); i++) {
            ZipDirectory.Entry entry = entries.get(i);
            long difference = compare(position, join(before, layout.header(i)));
            if (difference >= 0) {
                return difference;
            }
            records.add(new ArchiveRecord(entry.name(), layout.data(i), entry.size(), entry.crc32()));
            before = layout.descriptor(i, entry.crc32());
            position = layout.data(i) + entry.size();
        }
        long[] crc32s = entries.stream().mapToLong(ZipDirectory.Entry::crc32).toArray();
        return compare(position, join(before, layout.ending(crc32s)));
    }

    private long compare(long position, byte[] expected) throws IOException {
        int difference = ByteBuffer.wrap(expected).mismatch(input.read(position, expected.length));
        return difference < 0 ? -1 : position + difference;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    /** Checks the file entry by entry. */
    private List<ArchiveRecord> follow() throws IOException {
        List<ZipDirectory.Entry> ordered = directory.entries().stream()
                .sorted(Comparator.comparingLong(ZipDirectory.Entry::header))
                .toList();
        List<ArchiveRecord> records = new ArrayList<>();
        long position = 0;
        for (int i = 0; i < ordered.size(); i++) {
            ZipDirectory.Entry entry = ordered.get(i);
            if (entry.header() != position) {
                throw notCovered(position, "the next entry starts at byte " + Long.toUnsignedString(entry.header()));
            }
            long data = followHeader(entry);
            records.add(new ArchiveRecord(entry.name(), data, entry.size(), entry.crc32()));
            long next = i + 1 < ordered.size() ? ordered.get(i + 1).header() : directory.start();
            position = followDescriptor(entry, data + entry.size(), next);
        }
        if (position != directory.start()) {
            throw notCovered(position, "the central directory starts at byte " + directory.start());
        }
        return records;
    }

    /** The position of the entry's data. */
    private long followHeader(ZipDirectory.Entry entry) throws IOException {
        ByteBuffer header = within(entry.header(), ZipLayout.LOCAL_BYTES);
        int nameLength = Short.toUnsignedInt(header.getShort(26));
        int extraLength = Short.toUnsignedInt(header.getShort(28));
        long data = entry.header() + ZipLayout.LOCAL_BYTES + nameLength + extraLength;
        ByteBuffer name = within(entry.header() + ZipLayout.LOCAL_BYTES, nameLength);
        ByteBuffer extra = within(data - extraLength, extraLength);
        boolean agree = header.getInt(0) == ZipLayout.LOCAL_SIGNATURE
                && Short.toUnsignedInt(header.getShort(6)) == entry.flags()
                && header.getShort(8) == 0
                && name.equals(ByteBuffer.wrap(entry.name().getBytes(StandardCharsets.UTF_8)));
        long crc32 = Integer.toUnsignedLong(header.getInt(14));
        long stored = Integer.toUnsignedLong(header.getInt(18));
        long size = Integer.toUnsignedLong(header.getInt(22));
        boolean numbersAgree;
        if (hasDescriptor(entry)) {
            numbersAgree = (crc32 == 0 || crc32 == entry.crc32())
                    && (size == 0 || size == Math.min(entry.size(), ZipLayout.MAX_UINT32))
                    && (stored == 0 || stored == Math.min(entry.size(), ZipLayout.MAX_UINT32));
            ZipDirectory.ExtraFields.checkWhole(input, entry.header(), extra);
        } else {
            long[] sizes = ZipDirectory.ExtraFields.complete(input, entry.header(), extra, size, stored);
            numbersAgree = crc32 == entry.crc32() && sizes[0] == entry.size() && sizes[1] == entry.size();
        }
        if (!agree || !numbersAgree) {
            throw input.violation(
                    TorchRule.LOCAL_HEADER,
                    entry.header(),
                    "the header of \"" + PickleInput.shown(entry.name()) + "\" differs");
        }
        if (data > directory.start() - entry.size()) {
            throw notCovered(data, "\"" + PickleInput.shown(entry.name()) + "\" has " + entry.size() + " bytes");
        }
        return data;
    }

    /** The position after the entry. */
    private long followDescriptor(ZipDirectory.Entry entry, long position, long next) throws IOException {
        if (!hasDescriptor(entry)) {
            return position;
        }
        long length = next - position;
        if (length != 12 && length != 16 && length != 20 && length != 24) {
            throw notCovered(position, "the next entry starts at byte " + Long.toUnsignedString(next));
        }
        ByteBuffer descriptor = within(position, (int) length);
        boolean signed = length == 16 || length == 24;
        boolean agree = !signed || descriptor.getInt() == ZipLayout.DESCRIPTOR_SIGNATURE;
        agree &= Integer.toUnsignedLong(descriptor.getInt()) == entry.crc32();
        boolean large = length >= 20;
        for (int i = 0; i < 2; i++) {
            agree &= (large ? descriptor.getLong() : Integer.toUnsignedLong(descriptor.getInt())) == entry.size();
        }
        if (!agree) {
            throw input.violation(
                    TorchRule.DESCRIPTOR,
                    position,
                    "the descriptor of \"" + PickleInput.shown(entry.name()) + "\" differs");
        }
        return next;
    }

    private static boolean hasDescriptor(ZipDirectory.Entry entry) {
        return (entry.flags() & ZipLayout.DESCRIPTOR_FLAG) != 0;
    }

    /** Reads bytes that must lie before the directory. */
    private ByteBuffer within(long position, int byteCount) throws IOException {
        if (position < 0 || byteCount > directory.start() - position) {
            throw notCovered(position, "an entry overlaps the central directory");
        }
        return input.read(position, byteCount);
    }

    private MalformedTorchFileException notCovered(long position, String detail) {
        return input.violation(TorchRule.COVERAGE, position, detail);
    }
}
