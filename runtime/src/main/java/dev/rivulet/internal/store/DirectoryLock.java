package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.DirectoryInUseException;
import dev.rivulet.checkpoint.DirectoryLostException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive right of one run to write to a directory. The operating system releases the lock when the holder's
 * process ends for any reason; the lock file stays.
 *
 * <p>Runs of one process exclude each other by a table instead of the file: POSIX releases a process's lock as soon as
 * it closes any channel to the file, so a second run must not even open it.
 */
final class DirectoryLock implements AutoCloseable {
    private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    /**
     * The locked byte lies after the holder's description, so other processes can read that on every operating system.
     */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final int MAX_HOLDER_BYTES = 1024;

    private final Path key;
    private final FileChannel channel;
    private final Optional<Object> identity;

    private DirectoryLock(Path key, FileChannel channel, Optional<Object> identity) {
        this.key = key;
        this.channel = channel;
        this.identity = identity;
    }

    /**
     * Takes the lock.
     *
     * @throws DirectoryInUseException if another run holds it
     */
    static DirectoryLock take(DirectoryLayout layout) throws IOException {
        Path key = layout.folder().toRealPath();
        String holder = "process " + ProcessHandle.current().pid() + " on " + host() + ", since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String holderHere = HELD_HERE.putIfAbsent(key, holder);
        if (holderHere != null) {
            throw new DirectoryInUseException(layout.root(), "this " + holderHere);
        }
        boolean taken = false;
        try {
            DirectoryLock lock = new DirectoryLock(key, lockedChannel(layout, holder), identity(layout));
            taken = true;
            return lock;
        } finally {
            if (!taken) {
                HELD_HERE.remove(key);
            }
        }
    }

    private static FileChannel lockedChannel(DirectoryLayout layout, String holder) throws IOException {
        if (DurableFiles.exists(layout.lock()) && !Files.isRegularFile(layout.lock(), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(layout.lock() + " is not a file; delete it");
        }
        FileChannel channel = FileChannel.open(
                layout.lock(),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                throw new DirectoryInUseException(layout.root(), readHolder(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            locked = true;
            return channel;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static String readHolder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            // Until the end of the file.
        }
        String holder = StandardCharsets.UTF_8
                .decode(bytes.flip())
                .toString()
                .lines()
                .findFirst()
                .orElse("");
        return holder.isBlank() ? "a process that has just started" : holder;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this host"; // A machine without a host name can still train.
        }
    }

    /**
     * Checks that the directory is still the locked one.
     *
     * @throws DirectoryLostException if it was deleted, moved or replaced
     */
    void requireHeld(DirectoryLayout layout) throws IOException {
        try {
            if (identity(layout).equals(identity)) {
                return;
            }
        } catch (FileSystemException e) {
            // It is not there.
        }
        throw new DirectoryLostException(layout.root());
    }

    /** The number of the file, which no other file gets while this one is open; empty where files have none. */
    private static Optional<Object> identity(DirectoryLayout layout) throws IOException {
        return Optional.ofNullable(
                Files.readAttributes(layout.lock(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey());
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(key);
        }
    }
}
