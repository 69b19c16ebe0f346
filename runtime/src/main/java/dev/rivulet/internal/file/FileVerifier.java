package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.DirectoryInventory.Candidate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Verifies a checkpoint file against its own checksums and against manifests, in one pass over the file. */
public final class FileVerifier {
    /** Maximum number of attempts to verify a file that runs keep replacing. */
    private static final int MAX_ATTEMPTS = 100;

    private final Path file;
    private final List<Candidate> candidates;
    private final Set<FileVerification.Part> checked = EnumSet.noneOf(FileVerification.Part.class);

    /**
     * A verifier of one file.
     *
     * @param candidates the checkpoints that the file may hold according to manifests; empty if none names it
     */
    FileVerifier(Path file, List<Candidate> candidates) {
        this.file = file;
        this.candidates = candidates;
    }

    /**
     * A verifier that uses the manifests of the directory around a file. Links are resolved. If the file is open
     * already, it may be replaced by a newer group in the meantime.
     */
    public static FileVerifier withManifests(Path file) throws IOException {
        Path real = file.toRealPath();
        Path link = DirectoryInventory.unlinked(file);
        Optional<DirectoryInventory> inventory = DirectoryInventory.around(real);
        return new FileVerifier(
                file,
                inventory
                        .map(directory -> Stream.of(real, link)
                                .distinct()
                                .flatMap(path -> directory.candidates(path).stream())
                                .distinct()
                                .toList())
                        .orElse(List.of()));
    }

    /**
     * Verifies a file, again if a run has replaced it in the meantime.
     *
     * @throws NoSuchFileException if it does not exist
     */
    public static FileVerification verify(Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                FileVerifier verifier = withManifests(file);
                FileVerification found = verifier.run();
                if (found.isGood()
                        || attempt == MAX_ATTEMPTS
                        || verifier.candidates.equals(withManifests(file).candidates)) {
                    return found;
                }
            } catch (NoSuchFileException e) {
                if (attempt == MAX_ATTEMPTS
                        || Files.notExists(file)) { // Otherwise the target of a link was superseded.
                    throw e;
                }
            }
        }
    }

    /** Whether a manifest names the file, so that the checksum of the whole file is known. */
    public boolean knowsWholeFile() {
        return !candidates.isEmpty();
    }

    /**
     * Reports all problems instead of throwing.
     *
     * @throws NoSuchFileException if the file does not exist
     * @throws ClosedChannelException if the thread is interrupted
     */
    FileVerification run() throws NoSuchFileException, ClosedChannelException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            check(open);
            return new FileVerification(file, checked, List.of());
        } catch (NoSuchFileException | ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            return new FileVerification(file, checked, List.of(message(e)));
        }
    }

    /** What a failure says, or its type if it says nothing. */
    static String message(IOException failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /**
     * Checks an open file.
     *
     * @throws DamagedFileException if it is damaged
     */
    public void check(CheckpointFile open) throws IOException {
        checked.addAll(open.checksums());
        if (knowsWholeFile()) {
            checked.add(FileVerification.Part.MANIFEST);
        }
        if (!checked.isEmpty()) {
            read(open, Map.of());
        }
    }

    /**
     * Reads tensors of an open file and verifies the whole file in the same pass.
     *
     * @param memory for tensors, as for {@link CheckpointFile#readAll}
     * @throws DamagedFileException if it is damaged; the memory may have been overwritten then
     */
    public void read(CheckpointFile open, Map<String, List<ByteBuffer>> memory) throws IOException {
        compare(open.byteCount(), open.readAll(memory));
    }

    /**
     * Compares a file that has been read with the manifests.
     *
     * @param crc32c checksum of the whole file
     * @throws DamagedFileException if it matches none of the candidates
     */
    public void compare(long bytes, long crc32c) throws DamagedFileException {
        boolean isExpected = candidates.stream()
                .map(Candidate::checkpoint)
                .anyMatch(written -> written.bytes() == bytes && written.crc32c() == crc32c);
        if (knowsWholeFile() && !isExpected) {
            throw new DamagedFileException(
                    file.toString(),
                    "the checksum of the whole file",
                    candidates.stream().map(FileVerifier::expected).collect(Collectors.joining(" or ")),
                    describe(bytes, crc32c));
        }
    }

    private static String expected(Candidate candidate) {
        return describe(candidate.checkpoint().bytes(), candidate.checkpoint().crc32c()) + " according to the"
                + " manifest of group " + candidate.group();
    }

    private static String describe(long bytes, long crc32c) {
        return HexFormat.of().toHexDigits(crc32c, 8) + " of " + bytes + " bytes";
    }
}
