package dev.rivulet.internal.resume;

import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.retention.FoundFiles;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that no manifest describes, as it describes itself.
 *
 * @param path absolute
 * @param stream the stream to which it belongs
 * @param kind what it is to the stream
 * @param provenance what it states
 * @param bytes its size
 * @param holdsTrainingState whether training can resume from it
 */
record FoundCheckpoint(
        Path path,
        StreamDeclaration stream,
        FoundFiles.Kind kind,
        Provenance provenance,
        long bytes,
        boolean holdsTrainingState) {

    /**
     * Opens a file, without reading its tensors.
     *
     * @param root the directory of the run
     * @return empty if it is not one that a stream of the run would write: it is damaged, or of other software, or has
     *     another name
     */
    static Optional<FoundCheckpoint> of(Path root, Path path, StreamGraph graph) {
        try (CheckpointFile file = CheckpointCodecs.open(path)) {
            if (file.isExternal()) {
                return Optional.empty();
            }
            Provenance provenance = file.describe().provenance();
            return graph.streams().stream()
                    .filter(stream -> stream.name().equals(provenance.stream()))
                    .flatMap(stream -> files(stream).kind(name(root, path, stream), provenance.progress()).stream()
                            .map(kind -> new FoundCheckpoint(
                                    path, stream, kind, provenance, file.byteCount(), file.holdsTrainingState())))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // Whoever resumes from it is told why that is not possible.
        }
    }

    /** The stream's files. */
    static FoundFiles files(StreamDeclaration stream) {
        return new FoundFiles(
                stream.name(), stream.policy(), CheckpointCodecs.of(stream).extension());
    }

    private static String name(Path root, Path path, StreamDeclaration stream) {
        String file = DirectoryInventory.relative(root, path);
        String folder = stream.policy().naming().folder();
        return file.startsWith(folder) ? file.substring(folder.length()) : "";
    }

    /** The path in the directory, with {@code /} between names. */
    String file(Path root) {
        return DirectoryInventory.relative(root, path);
    }

    /** The same for a manifest. */
    StoredCheckpoint stored(StoredCheckpoint.Blob blob) {
        return new StoredCheckpoint(
                stream.name(),
                blob,
                files(stream).checkpoint("", provenance.progress(), bytes).score(),
                StoredCheckpoint.Derivation.of(provenance),
                provenance.derivation().isEmpty() && !holdsTrainingState);
    }

    boolean isPointer() {
        return kind != FoundFiles.Kind.CHECKPOINT;
    }

    boolean isResumable() {
        return provenance.derivation().isEmpty() && holdsTrainingState;
    }

    long globalStep() {
        return provenance.globalStep();
    }

    /** The checkpoint as its stream ranks it. */
    KeptCheckpoint ranked(Path root) {
        return files(stream).checkpoint(name(root, path, stream), provenance.progress(), bytes);
    }
}
