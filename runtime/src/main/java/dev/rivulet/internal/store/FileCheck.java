package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Compares a file with its description in a manifest. Each method returns the problem that it found, if any. */
final class FileCheck {
    private static final int PIECE = 1 << 20;
    private static final HexFormat HEX = HexFormat.of();

    private FileCheck() {}

    /** Compares kind and size, without reading the content. */
    static Optional<String> size(Path file, StoredCheckpoint expected) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.of("it is not a file");
        }
        long size = Files.size(file);
        return size == expected.bytes()
                ? Optional.empty()
                : Optional.of("it has " + size + " bytes, but " + expected.bytes() + " were written");
    }

    /** Compares the content too. */
    static Optional<String> content(Path file, StoredCheckpoint expected) throws IOException {
        Optional<String> wrong = size(file, expected);
        if (wrong.isPresent()) {
            return wrong;
        }
        long crc;
        try {
            crc = crc32c(file);
        } catch (FileSystemException | ClosedChannelException e) {
            throw e; // No access, or an interrupt: says nothing about the content.
        } catch (IOException e) {
            return Optional.of("it cannot be read: " + FailureReason.of(e));
        }
        return crc == expected.crc32c()
                ? Optional.empty()
                : Optional.of("its CRC-32C is " + HEX.toHexDigits(crc, 8) + ", but "
                        + HEX.toHexDigits(expected.crc32c(), 8) + " was written");
    }

    private static long crc32c(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(piece.clear()) > 0) {
                crc.update(piece.flip());
            }
        }
        return crc.getValue();
    }
}
