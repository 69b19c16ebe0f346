package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.TorchRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** The zip file of a PyTorch checkpoint. Every byte is checked except the data of storages. */
final class TorchArchive {
    private static final int MAX_PICKLE = 1 << 28;
    private static final int MAX_SMALL = 64;

    private final ZipInput input;
    private final Map<String, ArchiveRecord> records;
    private final TorchValue content;

    private TorchArchive(ZipInput input, Map<String, ArchiveRecord> records, TorchValue content) {
        this.input = input;
        this.records = records;
        this.content = content;
    }

    /** Reads and checks everything except the data of storages. */
    static TorchArchive read(ZipInput input) throws IOException {
        checkBeginning(input);
        ZipDirectory directory = ZipDirectory.read(input);
        Map<String, ArchiveRecord> records = withChecksums(withoutFolder(input, directory));
        refuseScript(input, records);
        TorchArchive archive = new TorchArchive(input, records, TorchValue.None.NONE);
        archive.checkVersion();
        archive.checkByteOrder();
        if (archive.isOurs()) {
            archive.small(ArchiveRecord.MARKER);
        }
        Map<String, ArchiveRecord> storages = new HashMap<>();
        records.forEach((name, record) -> {
            if (name.startsWith(ArchiveRecord.STORAGES)) {
                storages.put(name.substring(ArchiveRecord.STORAGES.length()), record);
            }
        });
        byte[] pickle = archive.required("data.pkl", MAX_PICKLE);
        return new TorchArchive(input, records, Unpickler.read(input.file(), pickle, storages));
    }

    TorchValue content() {
        return content;
    }

    /** All entries, in the file's order. */
    List<ArchiveRecord> records() {
        return List.copyOf(records.values());
    }

    /** Whether a storage belongs to this file. */
    boolean holds(TorchStorage.InFile storage) {
        return storage.record().equals(records.get(inFolder(storage.record().name())));
    }

    ZipInput input() {
        return input;
    }

    /** Whether {@link TorchWriter} wrote the file, according to its marker. */
    boolean isOurs() {
        return records.containsKey(ArchiveRecord.MARKER);
    }

    private static void checkBeginning(ZipInput input) throws IOException {
        if (input.length() < Integer.BYTES) {
            throw input.violation(TorchRule.FILE_FORMAT, 0, "the file has " + input.length() + " bytes");
        }
        ByteBuffer beginning = input.read(0, Math.min(input.length(), 512));
        int signature = beginning.getInt(0);
        boolean pickle = (signature & 0xff) == Opcode.PROTO;
        boolean tar = beginning.limit() >= 262 && beginning.get(257) == 'u' && beginning.get(258) == 's';
        if (pickle || tar) {
            throw input.violation(TorchRule.LEGACY_FORMAT, 0, "the file is a " + (tar ? "tar file" : "pickle"));
        }
        if (signature != ZipLayout.LOCAL_SIGNATURE) {
            throw input.violation(
                    TorchRule.FILE_FORMAT,
                    0,
                    "the file starts with 0x" + HexFormat.of().toHexDigits(signature));
        }
    }

    /** The entries by name without the common folder. */
    private static Map<String, ArchiveRecord> withoutFolder(ZipInput input, ZipDirectory directory) throws IOException {
        Map<String, ArchiveRecord> records = new LinkedHashMap<>();
        String folder = "";
        for (ArchiveRecord record : ZipEntries.check(input, directory)) {
            if (records.isEmpty()) {
                folder = record.name().substring(0, record.name().indexOf('/') + 1);
            }
            if (folder.isEmpty() || !record.name().startsWith(folder)) {
                throw input.violation(
                        TorchRule.FOLDER,
                        record.position(),
                        "the file has the entry \"" + PickleInput.shown(record.name()) + "\"");
            }
            records.put(inFolder(record.name()), record);
        }
        return Collections.unmodifiableMap(records);
    }

    /**
     * {@code torch.save} with {@code compute_crc32=False} writes 0 for every checksum. Files of {@link TorchWriter}
     * always have checksums.
     */
    private static Map<String, ArchiveRecord> withChecksums(Map<String, ArchiveRecord> records) {
        if (records.containsKey(ArchiveRecord.MARKER)
                || records.values().stream().anyMatch(record -> record.crc32() != 0)) {
            return records;
        }
        Map<String, ArchiveRecord> unchecked = new LinkedHashMap<>();
        records.forEach((name, record) -> unchecked.put(name, record.withoutChecksum()));
        return Collections.unmodifiableMap(unchecked);
    }

    private static void refuseScript(ZipInput input, Map<String, ArchiveRecord> records) throws IOException {
        if (records.containsKey("constants.pkl")
                || records.keySet().stream().anyMatch(name -> name.startsWith("code/"))) {
            throw new NotACheckpointException(input.file() + " is a TorchScript module, not a checkpoint. Use it as a"
                    + " block (DJL's PtSymbolBlock), or save its weights in Python:"
                    + " torch.save(torch.jit.load(\"in.pt\").state_dict(), \"out.pt\").");
        }
    }

    /** Whether any entry has a checksum. */
    boolean hasChecksums() {
        return records.values().stream().anyMatch(ArchiveRecord::hasChecksum);
    }

    private void checkVersion() throws IOException {
        String version = small(ArchiveRecord.VERSION).strip();
        if (!version.matches("[1-9]|10")) {
            throw input.violation(
                    TorchRule.VERSION,
                    position(ArchiveRecord.VERSION),
                    "the version is \"" + PickleInput.shown(version) + "\"");
        }
    }

    private void checkByteOrder() throws IOException {
        if (records.containsKey(ArchiveRecord.BYTE_ORDER)
                && !small(ArchiveRecord.BYTE_ORDER).equals("little")) {
            throw input.violation(
                    TorchRule.BYTE_ORDER,
                    position(ArchiveRecord.BYTE_ORDER),
                    "the byte order is \"" + PickleInput.shown(small(ArchiveRecord.BYTE_ORDER)) + "\"");
        }
    }

    private static String inFolder(String name) {
        return name.substring(name.indexOf('/') + 1);
    }

    private long position(String name) {
        ArchiveRecord record = records.get(name);
        return record == null ? 0 : record.position();
    }

    private String small(String name) throws IOException {
        return new String(required(name, MAX_SMALL), StandardCharsets.ISO_8859_1);
    }

    private byte[] required(String name, int limit) throws IOException {
        ArchiveRecord record = records.get(name);
        if (record == null || record.byteCount() > limit) {
            throw input.violation(
                    TorchRule.REQUIRED_ENTRY,
                    position(name),
                    "\"" + name + "\" " + (record == null ? "is missing" : "has " + record.byteCount() + " bytes"));
        }
        if (record.byteCount() > HeapBudget.limit()) {
            throw input.violation(TorchRule.HEAP, 0, "\"" + name + "\" has " + record.byteCount() + " bytes");
        }
        byte[] bytes = input.readBytes(record.position(), record.byteCount());
        CRC32 crc = new CRC32();
        crc.update(bytes);
        input.verify(record, crc.getValue());
        return bytes;
    }
}
