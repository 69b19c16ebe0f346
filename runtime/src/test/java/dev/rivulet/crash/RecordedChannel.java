package dev.rivulet.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** An open file or directory of a recorded disk. */
final class RecordedChannel extends FileChannel {
    private final Recording recording;
    private final String name;
    private final Entry entry;
    private final FileChannel real;
    private final boolean appends;

    RecordedChannel(RecordedFileSystem disk, String name, Entry entry, FileChannel real, boolean appends) {
        this.recording = disk.recording();
        this.name = name;
        this.entry = entry;
        this.real = real;
        this.appends = appends;
    }

    private Entry.File file() {
        if (entry instanceof Entry.File file) {
            return file;
        }
        throw new IllegalStateException(name + " is not a file.");
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return real.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += sources[i].remaining();
        }
        ByteBuffer gathered = ByteBuffer.allocate(count);
        for (int i = offset; i < offset + length; i++) {
            gathered.put(sources[i]);
        }
        long position = appends ? real.size() : real.position();
        recording.write(file(), position, gathered.flip(), bytes -> writeFully(bytes, position));
        real.position(position + count);
        return count;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        int count = source.remaining();
        ByteBuffer copy = ByteBuffer.allocate(count).put(source).flip();
        recording.write(file(), position, copy, bytes -> writeFully(bytes, position));
        return count;
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long next = position;
        while (bytes.hasRemaining()) {
            next += real.write(bytes, next);
        }
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        if (size < real.size()) {
            recording.truncate(file(), size, () -> real.truncate(size));
        }
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        recording.force(name, entry);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 16));
        while (bytes.hasRemaining() && source.read(bytes) >= 0) {
            // Read until the end.
        }
        return write(bytes.flip(), position);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        if (mode != MapMode.READ_ONLY) {
            throw new UnsupportedOperationException("writes to a mapped file are not recorded");
        }
        return real.map(mode, position, size);
    }

    @Override
    public @Nullable FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
