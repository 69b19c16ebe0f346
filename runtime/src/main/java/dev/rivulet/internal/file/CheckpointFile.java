package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * An open file of a checkpoint, of any format and of any framework. Opening reads and checks all but the tensors' bytes.
 *
 * <p>Tensors are weights, further names of weights, and additions, whose names differ from each other.
 */
public interface CheckpointFile extends AutoCloseable {
    /** The file's path, as it was opened. */
    Path path();

    /** Bytes of the file. */
    long byteCount();

    /** Whether it does not say that this framework wrote it. */
    boolean isExternal();

    /** Whether it holds the training state of a checkpoint of this framework, from which a run resumes. */
    boolean holdsTrainingState();

    /**
     * What the file says of itself.
     *
     * @throws NotACheckpointException if it was not written by this framework
     */
    Checkpoint describe() throws NotACheckpointException;

    /**
     * The weights, each once.
     *
     * @throws NotACheckpointException if the file holds no state dict
     */
    Map<String, TensorKind> weights() throws NotACheckpointException;

    /**
     * Further names of weights that are tied to others, each with its name in {@link #weights}.
     *
     * @throws NotACheckpointException if the file holds no state dict
     */
    Map<String, String> aliases() throws NotACheckpointException;

    /** Names of tensors that are no weights. */
    Set<String> extraTensors();

    /** Texts saved beside the weights, those of transforms among them. */
    Map<String, String> metadata();

    /** What the file has checksums of. */
    Set<FileVerification.Part> checksums();

    /**
     * Reads a tensor, and verifies it if there is a checksum of its own.
     *
     * @throws NoSuchElementException if there is none of that name
     */
    Tensor read(String name) throws IOException;

    /**
     * Reads tensors into memory, and no more of the file than that takes where each has a checksum of its own.
     *
     * @param memory as for {@link #readAll}
     * @throws NoSuchElementException if there is no tensor of a name; nothing is written then
     * @throws DamagedFileException if what was read is not what was written; the memory may have been filled with it then
     */
    void read(Map<String, List<ByteBuffer>> memory) throws IOException;

    /**
     * Reads tensors into memory in one pass over the whole file, and verifies all of it that has checksums.
     *
     * @param memory for each tensor by name writable buffers with exactly its bytes remaining; their positions stay; may
     *     be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws NoSuchElementException if there is no tensor of a name; nothing is written then
     * @throws DamagedFileException if the file is not what was written; the memory may have been filled with it then
     */
    long readAll(Map<String, List<ByteBuffer>> memory) throws IOException;

    @Override
    void close() throws IOException;
}
