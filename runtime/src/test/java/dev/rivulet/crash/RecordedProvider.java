package dev.rivulet.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Performs operations on the default file system, and records them. */
final class RecordedProvider extends FileSystemProvider {
    static final String SCHEME = "recorded";

    private final RecordedFileSystem disk;

    RecordedProvider(RecordedFileSystem disk) {
        this.disk = disk;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Path real = RecordedPath.real(path);
        Set<OpenOption> remaining = new HashSet<>(options);
        boolean changes = remaining.contains(StandardOpenOption.WRITE) || remaining.contains(StandardOpenOption.APPEND);
        if (remaining.remove(StandardOpenOption.DELETE_ON_CLOSE)) {
            throw new UnsupportedOperationException("deletion on closing is not recorded");
        }
        if (changes) {
            boolean fresh = remaining.remove(StandardOpenOption.CREATE_NEW);
            boolean missing =
                    remaining.remove(StandardOpenOption.CREATE) && !Files.exists(real, LinkOption.NOFOLLOW_LINKS);
            if (fresh || missing) {
                create(path, attributes);
            }
        }
        boolean truncates = changes && remaining.remove(StandardOpenOption.TRUNCATE_EXISTING);
        Path followed = path.toRealPath(
                remaining.contains(LinkOption.NOFOLLOW_LINKS)
                        ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
                        : new LinkOption[0]);
        FileChannel channel = new RecordedChannel(
                disk,
                disk.name(followed),
                disk.entry(followed),
                FileChannel.open(real, remaining),
                remaining.contains(StandardOpenOption.APPEND));
        if (truncates && channel.size() > 0) {
            channel.truncate(0);
        }
        return channel;
    }

    private void create(Path path, FileAttribute<?>... attributes) throws IOException {
        Path real = RecordedPath.real(path);
        if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        change(
                path,
                new Operation.Name(disk.name(path), disk.recording().newFile()),
                () -> Files.createFile(real, attributes));
    }

    private void change(Path path, Operation.OfNames operation, Recording.Step real) throws IOException {
        disk.recording().names(operation, path.toString(), real);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        Path real = RecordedPath.real(folder);
        DirectoryStream<Path> entries = real.getFileSystem()
                .provider()
                .newDirectoryStream(real, path -> filter.accept(new RecordedPath(disk, path)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                Iterator<Path> paths = entries.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return paths.hasNext();
                    }

                    @Override
                    public Path next() {
                        return new RecordedPath(disk, paths.next());
                    }
                };
            }

            @Override
            public void close() throws IOException {
                entries.close();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        Path real = RecordedPath.real(folder);
        if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        change(
                folder,
                new Operation.Name(disk.name(folder), new Entry.Directory()),
                () -> Files.createDirectory(real, attributes));
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        Path real = RecordedPath.real(target);
        change(
                link,
                new Operation.Name(disk.name(link), new Entry.Link(real.toString())),
                () -> Files.createSymbolicLink(RecordedPath.real(link), real, attributes));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        change(
                link,
                new Operation.Name(disk.name(link), disk.entry(existing)),
                () -> Files.createLink(RecordedPath.real(link), RecordedPath.real(existing)));
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        return new RecordedPath(disk, Files.readSymbolicLink(RecordedPath.real(link)));
    }

    @Override
    public void delete(Path path) throws IOException {
        Path real = RecordedPath.real(path);
        if (!Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(real); // Throws; nothing is recorded.
        }
        change(path, new Operation.Unlink(disk.name(path)), () -> Files.delete(real));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        if (List.of(options).contains(StandardCopyOption.REPLACE_EXISTING)) {
            deleteIfExists(target);
        }
        try (FileChannel from = newFileChannel(source, Set.of(StandardOpenOption.READ));
                FileChannel to =
                        newFileChannel(target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(from.size()));
            while (from.read(bytes) > 0) {
                // Read until the end.
            }
            to.write(bytes.flip());
        }
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        Path from = RecordedPath.real(source);
        Path to = RecordedPath.real(target);
        Entry entry = disk.entry(source);
        if (entry instanceof Entry.Directory) {
            throw new UnsupportedOperationException("directories cannot be renamed on a recorded disk");
        }
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS) && disk.entry(target).equals(entry)) {
            return; // Two hard links of one file: rename(2) succeeds without any change.
        }
        change(
                source,
                new Operation.Rename(disk.name(source), disk.name(target), entry),
                () -> Files.move(from, to, options));
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return other instanceof RecordedPath && Files.isSameFile(RecordedPath.real(path), RecordedPath.real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return Files.isHidden(RecordedPath.real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return Files.getFileStore(RecordedPath.real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        Path real = RecordedPath.real(path);
        real.getFileSystem().provider().checkAccess(real, modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return Files.getFileAttributeView(RecordedPath.real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return Files.readAttributes(RecordedPath.real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return Files.readAttributes(RecordedPath.real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new UnsupportedOperationException("attributes are not recorded");
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("create a recorded disk with RecordedFileSystem.holding");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return disk;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("a recorded disk has no URIs");
    }
}
