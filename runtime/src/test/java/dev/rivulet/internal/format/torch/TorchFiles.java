package dev.rivulet.internal.format.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32;

/** PyTorch files in memory, intact and malformed. */
final class TorchFiles {
    private TorchFiles() {}

    static byte[] bytes(TorchValue content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TorchWriter.of(content).writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    static ZipInput input(byte[] content) {
        return new ZipInput("file", content.length, (target, position) -> {
            int count = Math.min(target.remaining(), content.length - (int) position);
            if (count <= 0) {
                return -1;
            }
            target.put(content, (int) position, count);
            return count;
        });
    }

    static Map<String, ArchiveRecord> storages(byte[] file) throws IOException {
        ZipInput input = input(file);
        Map<String, ArchiveRecord> storages = new HashMap<>();
        for (ArchiveRecord record : ZipEntries.check(input, ZipDirectory.read(input))) {
            int data = record.name().indexOf("/data/");
            if (data >= 0) {
                storages.put(record.name().substring(data + 6), record);
            }
        }
        return storages;
    }

    /** A file in PyTorch's layout with correct checksums around an arbitrary pickle. */
    static byte[] around(byte[] pickle) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a/data.pkl", pickle);
        entries.put("a/byteorder", ascii("little"));
        entries.put("a/data/0", new byte[16]);
        entries.put("a/version", ascii("3\n"));
        return zip(entries);
    }

    static byte[] zip(Map<String, byte[]> entries) {
        return zip(List.copyOf(entries.keySet()), List.copyOf(entries.values()));
    }

    static byte[] zip(List<String> names, List<byte[]> contents) {
        return zip(names, contents, content -> {
            CRC32 crc = new CRC32();
            crc.update(content);
            return crc.getValue();
        });
    }

    static byte[] zip(List<String> names, List<byte[]> contents, ToLongFunction<byte[]> crc32) {
        ZipLayout layout = new ZipLayout(
                names, contents.stream().mapToLong(content -> content.length).toArray());
        long[] crcs = new long[contents.size()];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = crc32.applyAsLong(contents.get(i));
            bytes.writeBytes(layout.header(i));
            bytes.writeBytes(contents.get(i));
            bytes.writeBytes(layout.descriptor(i, crcs[i]));
        }
        bytes.writeBytes(layout.ending(crcs));
        return bytes.toByteArray();
    }

    static byte[] ascii(String string) {
        return string.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The opcodes and arguments of a pickle, without memo writes and with memo reads expanded. */
    static String withoutMemo(byte[] pickle) {
        StringBuilder opcodes = new StringBuilder();
        List<String> memo = new ArrayList<>();
        String last = "";
        ByteBuffer in = ByteBuffer.wrap(pickle).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int opcode = in.get() & 0xff;
            switch (opcode) {
                case Opcode.BINPUT, Opcode.LONG_BINPUT -> {
                    in.position(in.position() + (opcode == Opcode.BINPUT ? 1 : 4));
                    memo.add(last);
                }
                case Opcode.BINGET -> opcodes.append(memo.get(in.get() & 0xff)).append('\n');
                case Opcode.LONG_BINGET -> opcodes.append(memo.get(in.getInt())).append('\n');
                default -> {
                    int start = in.position() - 1;
                    int length = switch (opcode) {
                        case Opcode.PROTO, Opcode.BININT1 -> 1;
                        case Opcode.BININT2 -> 2;
                        case Opcode.BININT -> 4;
                        case Opcode.BINFLOAT -> 8;
                        case Opcode.BINUNICODE -> 4 + in.getInt(in.position());
                        case Opcode.LONG1 -> 1 + (in.get(in.position()) & 0xff);
                        case Opcode.GLOBAL -> lines(in, 2);
                        default -> 0;
                    };
                    in.position(in.position() + length);
                    last = new String(pickle, start, 1 + length, StandardCharsets.ISO_8859_1);
                    opcodes.append(last).append('\n');
                }
            }
        }
        return opcodes.toString();
    }

    private static int lines(ByteBuffer in, int count) {
        int length = 0;
        for (int rest = count; rest > 0; length++) {
            rest -= in.get(in.position() + length) == '\n' ? 1 : 0;
        }
        return length;
    }
}
