package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder for files with wrong content: they are moved there, never deleted, each with a text file alongside that
 * gives the reason. Each is named after its former path, with {@code %2F} for {@code /}.
 */
final class Quarantine {
    private static final int MAX_BYTES = 180; // File systems allow 255, including the suffix.

    private final DirectoryLayout layout;
    private final List<Recovery.Quarantined> moved = new ArrayList<>();

    Quarantine(DirectoryLayout layout) {
        this.layout = layout;
    }

    /** The moved files, in order. */
    List<Recovery.Quarantined> moved() {
        return moved;
    }

    /**
     * Moves a file, a folder or a link to quarantine, durably. Writes the reason first, so that no file is there
     * without one after a crash.
     */
    void move(Path file, String reason) throws IOException {
        if (Files.isSymbolicLink(layout.quarantine())) {
            throw new IOException(
                    layout.quarantine() + " is a symbolic link; delete it, so that a folder can be created");
        }
        DurableFiles.createFolders(layout.quarantine());
        String from = layout.relative(file);
        Path location = unusedPath(from);
        writeReason(location.resolveSibling(location.getFileName() + ".reason.txt"), from + ": " + reason + "\n");
        DurableFiles.rename(file, location);
        DurableFiles.flush(layout.quarantine());
        DurableFiles.flush(DurableFiles.parent(file));
        moved.add(new Recovery.Quarantined(from, layout.relative(location), reason));
    }

    private Path unusedPath(String from) {
        String name = end(from.replace("%", "%25").replace("/", "%2F"));
        Path location = layout.quarantine().resolve(name);
        for (int copy = 2; DurableFiles.exists(location); copy++) {
            location = layout.quarantine().resolve(name + "~" + copy);
        }
        return location;
    }

    /** The end of a name, as long as file systems allow, without characters that the JVM cannot express. */
    private String end(String name) {
        String end = layout.canExpress(name) ? name : name.replaceAll("[^ -~]", "_");
        while (end.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            end = end.substring(Character.charCount(end.codePointAt(0)));
        }
        return end;
    }

    private static void writeReason(Path location, String reason) throws IOException {
        Files.deleteIfExists(location);
        try (FileChannel channel = FileChannel.open(
                location, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.wrap(reason.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
