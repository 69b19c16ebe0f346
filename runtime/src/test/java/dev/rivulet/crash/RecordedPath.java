package dev.rivulet.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A path on a recorded disk. */
record RecordedPath(RecordedFileSystem disk, Path real) implements Path {

    /** The path on the real disk. */
    static Path real(Path path) {
        if (path instanceof RecordedPath recorded) {
            return recorded.real;
        }
        throw new ProviderMismatchException(path + " is not on a recorded disk.");
    }

    private Path with(Path other) {
        return new RecordedPath(disk, other);
    }

    private @Nullable Path withNullable(@Nullable Path other) {
        return other == null ? null : with(other);
    }

    @Override
    public FileSystem getFileSystem() {
        return disk;
    }

    @Override
    public boolean isAbsolute() {
        return real.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
        return withNullable(real.getRoot());
    }

    @Override
    public @Nullable Path getFileName() {
        return withNullable(real.getFileName());
    }

    @Override
    public @Nullable Path getParent() {
        return equals(disk.top()) ? null : withNullable(real.getParent());
    }

    @Override
    public int getNameCount() {
        return real.getNameCount();
    }

    @Override
    public Path getName(int index) {
        return with(real.getName(index));
    }

    @Override
    public Path subpath(int from, int to) {
        return with(real.subpath(from, to));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof RecordedPath recorded && real.startsWith(recorded.real);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof RecordedPath recorded && real.endsWith(recorded.real);
    }

    @Override
    public Path normalize() {
        return with(real.normalize());
    }

    @Override
    public Path resolve(Path other) {
        return with(real.resolve(real(other)));
    }

    @Override
    public Path relativize(Path other) {
        return with(real.relativize(real(other)));
    }

    @Override
    public URI toUri() {
        return URI.create(RecordedProvider.SCHEME + ":" + real.toUri());
    }

    @Override
    public Path toAbsolutePath() {
        return with(real.toAbsolutePath());
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return with(real.toRealPath(options));
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("a recorded disk cannot be watched");
    }

    @Override
    public int compareTo(Path other) {
        return real.compareTo(real(other));
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
