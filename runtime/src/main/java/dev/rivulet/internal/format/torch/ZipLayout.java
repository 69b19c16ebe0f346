package dev.rivulet.internal.format.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * All bytes of a zip file except the data of its entries, as {@code torch.save} lays it out: stored entries whose data
 * starts at multiples of 64 bytes, checksums and sizes after the data, 64-bit records at the end.
 *
 * <p>Names and sizes determine the layout, so all positions are known before anything is written.
 *
 * @see <a
 *     href="https://github.com/pytorch/pytorch/blob/main/caffe2/serialize/inline_container.cc">inline_container.cc</a>
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT, the zip format</a>
 */
final class ZipLayout {
    static final int LOCAL_SIGNATURE = 0x04034b50;
    static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
    static final int DIRECTORY_SIGNATURE = 0x02014b50;
    static final int END_SIGNATURE = 0x06054b50;
    static final int END64_SIGNATURE = 0x06064b50;
    static final int LOCATOR_SIGNATURE = 0x07064b50;

    static final int LOCAL_BYTES = 30;
    static final int DIRECTORY_BYTES = 46;
    static final int END_BYTES = 22;
    static final int END64_BYTES = 56;
    static final int LOCATOR_BYTES = 20;

    static final int ZIP64_FIELD = 1;
    static final long MAX_UINT32 = 0xffff_ffffL;
    static final int MAX_UINT16 = 0xffff;
    static final int UTF8_FLAG = 0x0800;
    static final int DESCRIPTOR_FLAG = 0x0008;

    private static final int ALIGNMENT = 64;
    private static final int FIELD_BYTES = 4;
    private static final int PADDING_FIELD = 'F' | 'B' << 8;

    /** Made by Unix, version 3.0, and needs version 4.5 to extract: the values of PyTorch's library. */
    private static final int MADE_BY = 0x031e;

    private static final int ZIP64_VERSION = 45;

    private final List<byte[]> names;
    private final long[] sizes;
    private final long[] headers;
    private final long[] data;
    private final long directory;
    private final int directoryBytes;

    /** Lays out entries in the given order. */
    ZipLayout(List<String> names, long[] sizes) {
        this.names = names.stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList();
        this.sizes = sizes.clone();
        this.headers = new long[sizes.length];
        this.data = new long[sizes.length];
        long position = 0;
        long headerBytes = 0;
        for (int i = 0; i < sizes.length; i++) {
            headers[i] = position;
            long unpadded = position + LOCAL_BYTES + this.names.get(i).length + zip64Bytes(i) + FIELD_BYTES;
            data[i] = Math.addExact(unpadded, Math.floorMod(-unpadded, ALIGNMENT));
            position = Math.addExact(data[i], sizes[i]) + descriptorBytes(i);
            headerBytes += DIRECTORY_BYTES + this.names.get(i).length + zip64Bytes(i);
        }
        this.directory = position;
        this.directoryBytes = Math.toIntExact(headerBytes);
    }

    /** Size of the file in bytes. */
    long byteCount() {
        return directory + directoryBytes + END64_BYTES + LOCATOR_BYTES + END_BYTES;
    }

    /** The position of an entry's data. */
    long data(int entry) {
        return data[entry];
    }

    /** The bytes before the data of an entry: its header, without checksum and sizes, which follow the data. */
    byte[] header(int entry) {
        byte[] name = names.get(entry);
        byte[] bytes = new byte[Math.toIntExact(data[entry] - headers[entry])];
        ByteBuffer header = little(bytes);
        header.putInt(LOCAL_SIGNATURE)
                .putShort((short) 0)
                .putShort(flags(entry))
                .putShort((short) 0)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putShort((short) name.length)
                .putShort((short) (header.capacity() - LOCAL_BYTES - name.length))
                .put(name);
        // PyTorch's library does not know the stored size yet when it writes this header.
        putZip64(header, entry, 0);
        header.putShort((short) PADDING_FIELD).putShort((short) (header.remaining() - Short.BYTES));
        Arrays.fill(bytes, header.position(), bytes.length, (byte) 'Z');
        return bytes;
    }

    /** The bytes after the data of an entry; none if the entry has no data. */
    byte[] descriptor(int entry, long crc32) {
        byte[] bytes = new byte[descriptorBytes(entry)];
        ByteBuffer descriptor = little(bytes);
        if (descriptor.hasRemaining()) {
            descriptor.putInt(DESCRIPTOR_SIGNATURE).putInt((int) crc32);
            if (zip64Bytes(entry) > 0) {
                descriptor.putLong(sizes[entry]).putLong(sizes[entry]);
            } else {
                descriptor.putInt((int) sizes[entry]).putInt((int) sizes[entry]);
            }
        }
        return bytes;
    }

    /** The bytes after the last descriptor: the central directory and the end records. */
    byte[] ending(long[] crc32s) {
        byte[] bytes = new byte[Math.toIntExact(byteCount() - directory)];
        ByteBuffer ending = little(bytes);
        for (int i = 0; i < sizes.length; i++) {
            putDirectoryHeader(ending, i, crc32s[i]);
        }
        putEnd64(ending);
        ending.putInt(END_SIGNATURE)
                .putInt(0)
                .putShort((short) Math.min(sizes.length, MAX_UINT16))
                .putShort((short) Math.min(sizes.length, MAX_UINT16))
                .putInt((int) Math.min(directoryBytes, MAX_UINT32))
                .putInt((int) Math.min(directory, MAX_UINT32))
                .putShort((short) 0);
        return bytes;
    }

    private void putDirectoryHeader(ByteBuffer ending, int entry, long crc32) {
        byte[] name = names.get(entry);
        int size = (int) Math.min(sizes[entry], MAX_UINT32);
        ending.putInt(DIRECTORY_SIGNATURE)
                .putInt(0)
                .putShort(flags(entry))
                .putShort((short) 0)
                .putInt(0)
                .putInt((int) crc32)
                .putInt(size)
                .putInt(size)
                .putShort((short) name.length)
                .putShort((short) zip64Bytes(entry))
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt((int) Math.min(headers[entry], MAX_UINT32))
                .put(name);
        putZip64(ending, entry, sizes[entry]);
    }

    private void putEnd64(ByteBuffer ending) {
        long end64 = directory + directoryBytes;
        ending.putInt(END64_SIGNATURE)
                .putLong(END64_BYTES - Integer.BYTES - Long.BYTES)
                .putShort((short) MADE_BY)
                .putShort((short) ZIP64_VERSION)
                .putInt(0)
                .putInt(0)
                .putLong(sizes.length)
                .putLong(sizes.length)
                .putLong(directoryBytes)
                .putLong(directory)
                .putInt(LOCATOR_SIGNATURE)
                .putInt(0)
                .putLong(end64)
                .putInt(1);
    }

    private void putZip64(ByteBuffer target, int entry, long stored) {
        int length = zip64Bytes(entry);
        if (length > 0) {
            target.putShort((short) ZIP64_FIELD).putShort((short) (length - FIELD_BYTES));
            if (sizes[entry] >= MAX_UINT32) {
                target.putLong(sizes[entry]).putLong(stored);
            }
            if (headers[entry] >= MAX_UINT32) {
                target.putLong(headers[entry]);
            }
        }
    }

    /** Size of the field for numbers that do not fit into 32 bits; 0 if all fit. */
    private int zip64Bytes(int entry) {
        int numbers = (sizes[entry] >= MAX_UINT32 ? 2 : 0) + (headers[entry] >= MAX_UINT32 ? 1 : 0);
        return numbers == 0 ? 0 : FIELD_BYTES + numbers * Long.BYTES;
    }

    private int descriptorBytes(int entry) {
        if (sizes[entry] == 0) {
            return 0;
        }
        return zip64Bytes(entry) > 0 ? 24 : 16;
    }

    private short flags(int entry) {
        return (short) (sizes[entry] == 0 ? UTF8_FLAG : UTF8_FLAG | DESCRIPTOR_FLAG);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
