package dev.rivulet.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The content of a disk: names and file contents. Mutable; {@link #copy} takes a snapshot. */
final class DiskImage {
    private final SortedMap<String, Entry> names = new TreeMap<>();
    private final Map<Long, byte[]> contents = new HashMap<>();

    /** An independent copy with the same names and contents. */
    DiskImage copy() {
        DiskImage copy = new DiskImage();
        copy.names.putAll(names);
        contents.forEach((file, bytes) -> copy.contents.put(file, bytes.clone()));
        return copy;
    }

    /** Applies an operation to names. */
    void apply(Operation.OfNames operation) {
        if (operation instanceof Operation.Name name) {
            names.put(name.path(), name.entry());
        } else if (operation instanceof Operation.Rename rename) {
            names.remove(rename.from());
            names.put(rename.to(), rename.entry());
        } else if (operation instanceof Operation.Unlink unlink) {
            names.remove(unlink.path());
        }
    }

    /** Writes bytes to a file, which grows if necessary. */
    void write(long file, long offset, ByteBuffer bytes) {
        grow(file, offset + bytes.remaining());
        bytes.duplicate().get(content(file), (int) offset, bytes.remaining());
    }

    /** Extends a file with zeros to at least this size. */
    void grow(long file, long size) {
        if (content(file).length < size) {
            truncate(file, size);
        }
    }

    /** Sets the size of a file. */
    void truncate(long file, long size) {
        contents.put(file, Arrays.copyOf(content(file), Math.toIntExact(size)));
    }

    private byte[] content(long file) {
        return contents.computeIfAbsent(file, created -> new byte[0]);
    }

    /** The entries of all names whose parent folders exist. */
    SortedMap<String, Entry> reachable() {
        SortedMap<String, Entry> reachable = new TreeMap<>();
        names.forEach((path, entry) -> {
            String parent = parent(path);
            if (parent.isEmpty() || reachable.get(parent) instanceof Entry.Directory) {
                reachable.put(path, entry);
            }
        });
        return reachable;
    }

    /** The highest file number. */
    long files() {
        return contents.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Creates all entries in an empty folder. */
    void writeTo(Path folder) throws IOException {
        Map<Long, Path> written = new HashMap<>();
        for (Map.Entry<String, Entry> name : reachable().entrySet()) {
            Path path = folder.resolve(name.getKey());
            if (name.getValue() instanceof Entry.Directory) {
                Files.createDirectory(path);
            } else if (name.getValue() instanceof Entry.Link link) {
                Files.createSymbolicLink(path, Path.of(link.target()));
            } else if (name.getValue() instanceof Entry.File file) {
                Path first = written.putIfAbsent(file.number(), path);
                if (first == null) {
                    Files.write(path, content(file.number()));
                } else {
                    Files.createLink(path, first);
                }
            }
        }
    }

    /** The parent folder of a path; empty for the top of the disk. */
    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
