package dev.rivulet.crash;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;

/**
 * A disk that records all changes, and fails on request. It is stored in a folder of the default file system; all
 * changes go through {@link java.nio.file.Files} and {@link java.nio.channels.FileChannel}.
 *
 * <pre>{@code
 * RecordedFileSystem disk = RecordedFileSystem.holding(new DiskImage(), emptyFolder);
 * Files.writeString(disk.top().resolve("greeting"), "hello");
 * disk.recording().operations();   // Name(greeting), Write(hello)
 * }</pre>
 */
final class RecordedFileSystem extends FileSystem {
    private final Path top;
    private final Recording recording;
    private final RecordedProvider provider = new RecordedProvider(this);

    private RecordedFileSystem(Path top, Recording recording) {
        this.top = top;
        this.recording = recording;
    }

    /** Creates a disk with the content of an image in an empty folder. */
    static RecordedFileSystem holding(DiskImage image, Path folder) throws IOException {
        Path real = folder.toRealPath();
        image.writeTo(real);
        return new RecordedFileSystem(real, new Recording(image));
    }

    /** The top folder, which always exists. */
    Path top() {
        return new RecordedPath(this, top);
    }

    /** The recording of all operations. */
    Recording recording() {
        return recording;
    }

    /** The name of a path in operations. */
    String name(Path path) {
        Path real = RecordedPath.real(path.toAbsolutePath().normalize());
        if (!real.startsWith(top)) {
            throw new IllegalArgumentException(path + " is not on the recorded disk " + top + ".");
        }
        StringBuilder name = new StringBuilder();
        for (Path part : top.relativize(real)) {
            name.append(name.isEmpty() ? "" : "/").append(part);
        }
        return name.toString();
    }

    /** The entry of a path. */
    Entry entry(Path path) {
        String name = name(path);
        return name.isEmpty() ? new Entry.Directory() : recording.entry(name);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("a recorded disk cannot be closed; delete its folder");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return top.getFileSystem().getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(new RecordedPath(this, top.getRoot()));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return top.getFileSystem().getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return top.getFileSystem().supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return new RecordedPath(this, top.getFileSystem().getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        PathMatcher matcher = top.getFileSystem().getPathMatcher(syntaxAndPattern);
        return path -> matcher.matches(RecordedPath.real(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return top.getFileSystem().getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("a recorded disk cannot be watched");
    }
}
