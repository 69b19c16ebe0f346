package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A format of checkpoint files, as the rest of the framework sees it. To add one, implement this interface and list it
 * in {@code CheckpointCodecs}.
 *
 * <p>Stateless; safe for use by several threads.
 */
public interface CheckpointCodec {
    /** The constant with which a stream selects the format. */
    CheckpointFormat format();

    /** The extension of its files, such as {@code .ckpt}. */
    String extension();

    /** Whether its files can hold the training state, so that a run can resume from them. */
    boolean holdsTrainingState();

    /** Whether a run can resume from a stream's checkpoints: whether they hold all of the training state. */
    default boolean isResumable(StreamDeclaration stream) {
        return stream.transform().isEmpty() && !stream.policy().content().saveWeightsOnly() && holdsTrainingState();
    }

    /** Whether a file has this format according to its first and last bytes, even if it is damaged. */
    boolean recognizes(FileSignature signature);

    /**
     * Lays out a file, which borrows the tensors of the content.
     *
     * @throws IllegalArgumentException if the format cannot hold the content
     * @throws dev.rivulet.transform.TransformException if it cannot hold tensors or metadata that a transform adds
     */
    FileLayout layOut(CheckpointContent content);

    /**
     * Opens a file, which the caller must close. Reads and checks everything except the bytes of the tensors.
     *
     * @throws IOException if it cannot be read, violates the format or is damaged
     */
    CheckpointFile open(Path file) throws IOException;
}
