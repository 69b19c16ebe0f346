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
 * An open checkpoint file of any format, written by any framework. Opening reads and checks everything except the bytes
 * of the tensors.
 *
 * <p>Tensors are weights, aliases of weights, and extra tensors; all names are distinct.
 */
public interface CheckpointFile extends AutoCloseable {
    /** The file's path, as it was opened. */
    Path path();

    /** Size of the file in bytes. */
    long byteCount();

    /** Whether the file was written by another framework, that is without Rivulet's entries. */
    boolean isExternal();

    /** Whether the file holds a training state of this framework, from which a run can resume. */
    boolean holdsTrainingState();

    /**
     * The description of the checkpoint in the file.
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
     * Aliases, such as those of tied weights, each with its name in {@link #weights}.
     *
     * @throws NotACheckpointException if the file holds no state dict
     */
    Map<String, String> aliases() throws NotACheckpointException;

    /** Names of tensors that are not weights. */
    Set<String> extraTensors();

    /** Strings saved in addition to the weights, including those of transforms. */
    Map<String, String> metadata();

    /** The parts of the file that have checksums. */
    Set<FileVerification.Part> checksums();

    /**
     * Reads a tensor, and verifies it if it has its own checksum.
     *
     * @throws NoSuchElementException if no tensor has that name
     */
    Tensor read(String name) throws IOException;

    /**
     * Reads tensors into memory. If each tensor has its own checksum, reads no other parts of the file.
     *
     * @param memory as for {@link #readAll}
     * @throws NoSuchElementException if a tensor does not exist; then nothing is written
     * @throws DamagedFileException if the bytes are damaged; the memory may have been overwritten then
     */
    void read(Map<String, List<ByteBuffer>> memory) throws IOException;

    /**
     * Reads tensors into memory in one pass over the whole file, and verifies all parts that have checksums.
     *
     * @param memory by tensor name, writable buffers with exactly its size remaining; their positions do not change;
     *     may be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws NoSuchElementException if a tensor does not exist; then nothing is written
     * @throws DamagedFileException if the file is damaged; the memory may have been overwritten then
     */
    long readAll(Map<String, List<ByteBuffer>> memory) throws IOException;

    @Override
    void close() throws IOException;
}
