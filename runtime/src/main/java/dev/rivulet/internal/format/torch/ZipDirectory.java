package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.TorchRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The central directory of a zip file, which ends with it.
 *
 * @param start where it begins
 * @param entries in its order
 */
record ZipDirectory(long start, List<Entry> entries) {
    private static final int MAX_ENTRIES = 1_000_000;
    private static final int MAX_BYTES = 1 << 27;
    private static final int ENCRYPTION_FLAGS = 0x2041;

    /**
     * A header of the directory.
     *
     * @param header place of the entry's own header
     * @param size bytes of its data
     */
    record Entry(String name, int flags, long crc32, long size, long header) {}

    /** What the end records say. */
    private record End(long entries, long byteCount, long start, long recordsStart) {}

    static ZipDirectory read(ZipInput input) throws IOException {
        End end = readEnd(input);
        if (end.entries() < 0 || end.entries() > MAX_ENTRIES) {
            throw input.violation(
                    TorchRule.ENTRY_COUNT, end.recordsStart(), "there are " + Long.toUnsignedString(end.entries()));
        }
        if (end.start() < 0
                || end.byteCount() < 0
                || end.byteCount() > MAX_BYTES
                || end.start() != end.recordsStart() - end.byteCount()) {
            throw input.violation(
                    TorchRule.DIRECTORY,
                    end.recordsStart(),
                    "it is said to have " + Long.toUnsignedString(end.byteCount()) + " bytes from byte "
                            + Long.toUnsignedString(end.start()));
        }
        ByteBuffer headers = input.read(end.start(), end.byteCount());
        Headers reader = new Headers(input, headers, end.start());
        List<Entry> entries = new ArrayList<>();
        while (headers.hasRemaining()) {
            if (entries.size() == end.entries()) {
                throw input.violation(TorchRule.ENTRY_COUNT, reader.position(), "there are more than " + end.entries());
            }
            entries.add(reader.next());
        }
        if (entries.size() != end.entries()) {
            throw input.violation(
                    TorchRule.ENTRY_COUNT,
                    end.recordsStart(),
                    "there are " + entries.size() + " instead of " + end.entries());
        }
        return new ZipDirectory(end.start(), List.copyOf(entries));
    }

    private static End readEnd(ZipInput input) throws IOException {
        long position = input.length() - ZipLayout.END_BYTES;
        if (position < 0) {
            throw input.violation(TorchRule.END_RECORD, input.length(), "the file ends before one");
        }
        ByteBuffer end = input.read(position, ZipLayout.END_BYTES);
        if (end.getInt(0) != ZipLayout.END_SIGNATURE || end.getShort(20) != 0) {
            throw input.violation(TorchRule.END_RECORD, position, "there is none, or it has a comment");
        }
        int entries = Short.toUnsignedInt(end.getShort(10));
        if (end.getInt(4) != 0 || Short.toUnsignedInt(end.getShort(8)) != entries) {
            throw input.violation(TorchRule.MULTIPLE_DISKS, position, "there are several");
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
            throw input.violation(TorchRule.ZIP64, locator, "the end record is elsewhere");
        }
        ByteBuffer end = input.read(position, ZipLayout.END64_BYTES);
        if (end.getInt(0) != ZipLayout.END64_SIGNATURE
                || end.getLong(4) != ZipLayout.END64_BYTES - Integer.BYTES - Long.BYTES) {
            throw input.violation(TorchRule.ZIP64, position, "there is no end record of its usual length");
        }
        End large = new End(end.getLong(32), end.getLong(40), end.getLong(48), position);
        if (record.getInt(4) != 0
                || record.getInt(16) != 1
                || end.getInt(16) != 0
                || end.getInt(20) != 0
                || end.getLong(24) != large.entries()) {
            throw input.violation(TorchRule.MULTIPLE_DISKS, position, "there are several");
        }
        boolean agree = agree(small.entries(), ZipLayout.MAX_UINT16, large.entries())
                && agree(small.byteCount(), ZipLayout.MAX_UINT32, large.byteCount())
                && agree(small.start(), ZipLayout.MAX_UINT32, large.start());
        if (!agree) {
            throw input.violation(TorchRule.ZIP64, position, "both end records say different things");
        }
        return large;
    }

    private static boolean agree(long small, long limit, long large) {
        return small == limit || small == large;
    }

    /** The headers of the directory, one after another. */
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
                throw input.violation(TorchRule.DIRECTORY, position, "there is no header");
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
                        "\"" + name + "\" has " + Long.toUnsignedString(numbers[0]) + " bytes, stored as "
                                + Long.toUnsignedString(numbers[1]));
            }
            long crc32 = Integer.toUnsignedLong(header.getInt(16));
            return new Entry(name, flags, crc32, numbers[0], numbers[2]);
        }

        private void check(ByteBuffer header, int flags, long position) throws IOException {
            if ((flags & ENCRYPTION_FLAGS) != 0) {
                throw input.violation(TorchRule.ENCRYPTION, position, "there is one");
            }
            if ((flags & ~(ZipLayout.UTF8_FLAG | ZipLayout.DESCRIPTOR_FLAG)) != 0) {
                throw input.violation(TorchRule.FLAGS, position, "there are the flags 0x%04x".formatted(flags));
            }
            int method = Short.toUnsignedInt(header.getShort(10));
            if (method != 0) {
                throw input.violation(TorchRule.COMPRESSION, position, "one is compressed by method " + method);
            }
            if (header.getShort(34) != 0) {
                throw input.violation(TorchRule.MULTIPLE_DISKS, position, "an entry is in another");
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
                throw input.violation(TorchRule.ENTRY_NAME, position, "one is not UTF-8");
            }
            for (String part : name.split("/", -1)) {
                boolean control = part.chars().anyMatch(character -> character < ' ' || character == 0x7f);
                if (part.isEmpty() || part.equals(".") || part.equals("..") || control || part.indexOf('\\') >= 0) {
                    throw input.violation(TorchRule.ENTRY_NAME, position, "one is \"" + PickleInput.shown(name) + "\"");
                }
            }
            if (!names.add(name)) {
                throw input.violation(TorchRule.DUPLICATE_NAME, position, "\"" + PickleInput.shown(name) + "\" does");
            }
            return name;
        }

        private ByteBuffer take(int byteCount, long position) throws IOException {
            if (byteCount > headers.remaining()) {
                throw input.violation(TorchRule.DIRECTORY, position, "it ends within a header");
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

        /** Checks that fields are whole, whatever they say. */
        static void checkWhole(ZipInput input, long position, ByteBuffer extra) throws IOException {
            while (extra.hasRemaining()) {
                if (extra.remaining() < 2 * Short.BYTES) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
                }
                extra.getShort();
                int length = Short.toUnsignedInt(extra.getShort());
                if (length > extra.remaining()) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
                }
                extra.position(extra.position() + length);
            }
        }

        /**
         * Numbers of a header, completed from its zip64 field where they do not fit into 32 bits.
         *
         * @param position of the header, for messages
         * @param extra all of its extra fields
         */
        static long[] complete(ZipInput input, long position, ByteBuffer extra, long... numbers) throws IOException {
            long[] completed = numbers.clone();
            boolean found = false;
            while (extra.hasRemaining()) {
                if (extra.remaining() < 2 * Short.BYTES) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
                }
                int id = Short.toUnsignedInt(extra.getShort());
                int length = Short.toUnsignedInt(extra.getShort());
                if (length > extra.remaining() || (id == ZipLayout.ZIP64_FIELD && found)) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off or occurs twice");
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
                        throw input.violation(TorchRule.EXTRA_FIELD, position, "the zip64 field has another length");
                    }
                }
                extra.position(end);
            }
            return completed;
        }
    }
}
