package dev.rivulet.format;

/** A storage in a file, read when asked for. */
final class FileStorage implements TorchStorage {
    private final ArchiveRecord record;

    FileStorage(ArchiveRecord record) {
        this.record = record;
    }

    ArchiveRecord record() {
        return record;
    }

    @Override
    public long byteCount() {
        return record.byteCount();
    }
}
