package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.TorchRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The central directory at the end of a zip file.
 *
 * @param start its position
 * @param entries in directory order
 */
record ZipDirectory(long start, List<Entry> entries) {
    private static final int MAX_ENTRIES = 1_000_000;
    private static final int MAX_BYTES = 1 << 27;
    private static final int ENCRYPTION_FLAGS = 0x2041;

    /**
     * A header of the directory.
     *
     * @param header position of the entry's local header
     * @param size size of its data in bytes
     */
    record Entry(String name, int flags, long crc32, long size, long header) {}

    /** The content of the end records. */
    private record End(long entries, long byteCount, long start, long recordsStart) {}

    static ZipDirectory read(ZipInput input) throws IOException {
        End end = readEnd(input);
        if (end.entries() < 0 || end.entries() > MAX_ENTRIES) {
            throw input.violation(
                    TorchRule.ENTRY_COUNT,
                    end.recordsStart(),
                    "the declared number is " + Long.toUnsignedString(end.entries()));
        }
        if (end.start() < 0
                || end.byteCount() < 0
                || end.byteCount() > MAX_BYTES
                || end.start() != end.recordsStart() - end.byteCount()) {
            throw input.violation(
                    TorchRule.DIRECTORY,
                    end.recordsStart(),
                    "the directory is declared to have " + Long.toUnsignedString(end.byteCount()) + " bytes from byte "
                            + Long.toUnsignedString(end.start()));
        }
        ByteBuffer headers = input.read(end.start(), end.byteCount());
        Headers reader = new Headers(input, headers, end.start());
        List<Entry> entries = new ArrayList<>();
        while (headers.hasRemaining()) {
            if (entries.size() == end.entries()) {
                throw input.violation(
                        TorchRule.ENTRY_COUNT,
                        reader.position(),
                        "the directory has more than " + end.entries() + " entries");
            }
            entries.add(reader.next());
        }
        if (entries.size() != end.entries()) {
            throw input.violation(
                    TorchRule.ENTRY_COUNT,
                    end.recordsStart(),
                    "the directory has " + entries.size() + " entries instead of " + end.entries());
        }
        return new ZipDirectory(end.start(), List.copyOf(entries));
    }

    private static End readEnd(ZipInput input) throws IOException {
        long position = input.length() - ZipLayout.END_BYTES;
        if (position < 0) {
            throw input.violation(TorchRule.END_RECORD, input.length(), "the file is too short for one");
        }
        ByteBuffer end = input.read(position, ZipLayout.END_BYTES);
        if (end.getInt(0) != ZipLayout.END_SIGNATURE || end.getShort(20) != 0) {
            throw input.violation(TorchRule.END_RECORD, position, "the end record is missing or has a comment");
        }
        int entries = Short.toUnsignedInt(end.getShort(10));
        if (end.getInt(4) != 0 || Short.toUnsignedInt(end.getShort(8)) != entries) {
            throw input.violation(TorchRule.MULTIPLE_DISKS, position, "the end record declares several parts");
        }
        End small = new End(
                entries, Integer.toUnsignedLong(end.getInt(12)), Integer.toUnsignedLong(end.getInt(16)), position);
        long locator = position - ZipLayout.LOCATOR_BYTES;
        boolean large =
                locator >= 0 && input.read(locator, ZipLayout.LOCATOR_BYTES).getInt(0) == ZipLayout.LOCATOR_SIGNATURE;
        return large ? readEnd64(input, locator, small) : small;
    }

    private static End readEnd64(ZipInput input, long locator, End small) throws IOException {
        ByteBuffer record = input.read(locator, ZipLayout.LOCATOR_BYTES);
        long position = locator - ZipLayout.END64_BYTES;
        if (position < 0 || record.getLong(8) != position) {
            throw input.violation(TorchRule.ZIP64, locator, "the zip64 end record has another position");
        }
        ByteBuffer end = input.read(position, ZipLayout.END64_BYTES);
        if (end.getInt(0) != ZipLayout.END64_SIGNATURE
                || end.getLong(4) != ZipLayout.END64_BYTES - Integer.BYTES - Long.BYTES) {
            throw input.violation(
                    TorchRule.ZIP64, position, "the zip64 end record is missing or has an unusual length");
        }
        End large = new End(end.getLong(32), end.getLong(40), end.getLong(48), position);
        if (record.getInt(4) != 0
                || record.getInt(16) != 1
                || end.getInt(16) != 0
                || end.getInt(20) != 0
                || end.getLong(24) != large.entries()) {
            throw input.violation(TorchRule.MULTIPLE_DISKS, position, "the end record declares several parts");
        }
        boolean agree = agree(small.entries(), ZipLayout.MAX_UINT16, large.entries())
                && agree(small.byteCount(), ZipLayout.MAX_UINT32, large.byteCount())
                && agree(small.start(), ZipLayout.MAX_UINT32, large.start());
        if (!agree) {
            throw input.violation(TorchRule.ZIP64, position, "the two end records disagree");
        }
        return large;
    }

    private static boolean agree(long small, long limit, long large) {
        return small == limit || small == large;
    }

    /** Reads the headers of the directory in order. */
    private static final class Headers {
        private final ZipInput input;
        private final ByteBuffer headers;
        private final long start;
        private final Set<String> names = new HashSet<>();

        Headers(ZipInput input, ByteBuffer headers, long start) {
            this.input = input;
            this.headers = headers;
            this.start = start;
        }

        long position() {
            return start + headers.position();
        }

        Entry next() throws IOException {
            long position = position();
            ByteBuffer header = take(ZipLayout.DIRECTORY_BYTES, position);
            if (header.getInt(0) != ZipLayout.DIRECTORY_SIGNATURE) {
                throw input.violation(TorchRule.DIRECTORY, position, "the header has no signature");
            }
            int flags = Short.toUnsignedInt(header.getShort(8));
            check(header, flags, position);
            byte[] nameBytes = bytes(take(Short.toUnsignedInt(header.getShort(28)), position));
            ByteBuffer extra = take(Short.toUnsignedInt(header.getShort(30)), position);
            take(Short.toUnsignedInt(header.getShort(32)), position);
            String name = name(nameBytes, position);
            long[] numbers = ExtraFields.complete(
                    input,
                    position,
                    extra,
                    Integer.toUnsignedLong(header.getInt(24)),
                    Integer.toUnsignedLong(header.getInt(20)),
                    Integer.toUnsignedLong(header.getInt(42)));
            if (numbers[0] != numbers[1] || numbers[0] < 0 || numbers[0] > start) {
                throw input.violation(
                        TorchRule.ENTRY_SIZE,
                        position,
                        "\"" + name + "\" has " + Long.toUnsignedString(numbers[0]) + " bytes, but its stored size is"
                                + " " + Long.toUnsignedString(numbers[1]));
            }
            long crc32 = Integer.toUnsignedLong(header.getInt(16));
            return new Entry(name, flags, crc32, numbers[0], numbers[2]);
        }

        private void check(ByteBuffer header, int flags, long position) throws IOException {
            if ((flags & ENCRYPTION_FLAGS) != 0) {
                throw input.violation(TorchRule.ENCRYPTION, position, "an entry is encrypted");
            }
            if ((flags & ~(ZipLayout.UTF8_FLAG | ZipLayout.DESCRIPTOR_FLAG)) != 0) {
                throw input.violation(
                        TorchRule.FLAGS,
                        position,
                        "the flags are 0x" + HexFormat.of().toHexDigits(flags, 4));
            }
            int method = Short.toUnsignedInt(header.getShort(10));
            if (method != 0) {
                throw input.violation(TorchRule.COMPRESSION, position, "an entry is compressed with method " + method);
            }
            if (header.getShort(34) != 0) {
                throw input.violation(TorchRule.MULTIPLE_DISKS, position, "an entry is in another part");
            }
        }

        private String name(byte[] bytes, long position) throws IOException {
            String name;
            try {
                name = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw input.violation(TorchRule.ENTRY_NAME, position, "a name is not valid UTF-8");
            }
            for (String part : name.split("/", -1)) {
                boolean control = part.chars().anyMatch(character -> character < ' ' || character == 0x7f);
                if (part.isEmpty() || part.equals(".") || part.equals("..") || control || part.indexOf('\\') >= 0) {
                    throw input.violation(
                            TorchRule.ENTRY_NAME, position, "a name is \"" + PickleInput.shown(name) + "\"");
                }
            }
            if (!names.add(name)) {
                throw input.violation(
                        TorchRule.DUPLICATE_NAME, position, "\"" + PickleInput.shown(name) + "\" occurs twice");
            }
            return name;
        }

        private ByteBuffer take(int byteCount, long position) throws IOException {
            if (byteCount > headers.remaining()) {
                throw input.violation(TorchRule.DIRECTORY, position, "the directory ends within a header");
            }
            ByteBuffer taken = headers.slice(headers.position(), byteCount).order(ByteOrder.LITTLE_ENDIAN);
            headers.position(headers.position() + byteCount);
            return taken;
        }

        private static byte[] bytes(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }

    /** The extra fields of a zip header. */
    static final class ExtraFields {
        private ExtraFields() {}

        /** Checks that all fields are complete, regardless of their content. */
        static void checkWhole(ZipInput input, long position, ByteBuffer extra) throws IOException {
            while (extra.hasRemaining()) {
                if (extra.remaining() < 2 * Short.BYTES) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "an extra field is truncated");
                }
                extra.getShort();
                int length = Short.toUnsignedInt(extra.getShort());
                if (length > extra.remaining()) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "an extra field is truncated");
                }
                extra.position(extra.position() + length);
            }
        }

        /**
         * Completes numbers of a header from its zip64 field if they do not fit into 32 bits.
         *
         * @param position of the header, for messages
         * @param extra all of its extra fields
         */
        static long[] complete(ZipInput input, long position, ByteBuffer extra, long... numbers) throws IOException {
            long[] completed = numbers.clone();
            boolean found = false;
            while (extra.hasRemaining()) {
                if (extra.remaining() < 2 * Short.BYTES) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "an extra field is truncated");
                }
                int id = Short.toUnsignedInt(extra.getShort());
                int length = Short.toUnsignedInt(extra.getShort());
                if (length > extra.remaining() || (id == ZipLayout.ZIP64_FIELD && found)) {
                    throw input.violation(
                            TorchRule.EXTRA_FIELD, position, "an extra field is truncated or occurs twice");
                }
                int end = extra.position() + length;
                if (id == ZipLayout.ZIP64_FIELD) {
                    found = true;
                    for (int i = 0; i < completed.length; i++) {
                        if (completed[i] == ZipLayout.MAX_UINT32 && end - extra.position() >= Long.BYTES) {
                            completed[i] = extra.getLong();
                        }
                    }
                    if (extra.position() != end) {
                        throw input.violation(TorchRule.EXTRA_FIELD, position, "the zip64 field has a wrong length");
                    }
                }
                extra.position(end);
            }
            return completed;
        }
    }
}
