package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A format of checkpoint files: all that the rest of the framework knows of it. To add one, implement this and list it
 * in {@code CheckpointCodecs}.
 *
 * <p>Stateless; safe for use by several threads.
 */
public interface CheckpointCodec {
    /** The constant by which a stream chooses the format. */
    CheckpointFormat format();

    /** What names of its files end with, such as {@code .ckpt}. */
    String extension();

    /** Whether its files have room for the training state, so that a run can resume from them. */
    boolean holdsTrainingState();

    /** Whether a run can resume from a stream's checkpoints: whether they hold all of the training state. */
    default boolean isResumable(StreamDeclaration stream) {
        return stream.transform().isEmpty() && !stream.policy().content().saveWeightsOnly() && holdsTrainingState();
    }

    /** Whether a file is one of this format by its first and last bytes, be it damaged or not. */
    boolean recognizes(FileSignature signature);

    /**
     * Lays out a file, which borrows the content's tensors.
     *
     * @throws IllegalArgumentException if the format cannot hold the content
     * @throws dev.rivulet.transform.TransformException if it cannot hold what a transform adds
     */
    FileLayout layOut(CheckpointContent content);

    /**
     * Opens a file, to be closed by the caller. Reads and checks all but the tensors' bytes.
     *
     * @throws IOException if it cannot be read, violates the format or is not what was written
     */
    CheckpointFile open(Path file) throws IOException;
}
