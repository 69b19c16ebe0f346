package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.DirectoryVerification;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.checkpoint.NewestCheckpoint;
import dev.rivulet.checkpoint.Rederivation;
import dev.rivulet.checkpoint.Verification;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.derive.Rederiver;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.file.DirectoryVerifier;
import dev.rivulet.internal.file.FileVerifier;
import dev.rivulet.internal.file.WeightLoader;
import dev.rivulet.internal.model.Network;
import dev.rivulet.tensor.ParameterNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads checkpoints of any stream.
 *
 * <p>Loads their weights into a module or a plain block, describes and verifies them, and recomputes derived ones.
 * Files and directories are never changed and need no lock: a run may be writing there. Thread-safe if each thread
 * loads into its own model.
 *
 * @since 0.1
 */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * Describes a file, without reading its weights.
     *
     * @return where the checkpoint comes from, and its entries
     * @throws dev.rivulet.checkpoint.NotACheckpointException if it was not written by this framework
     * @throws IOException if it cannot be read
     */
    public static Checkpoint describe(Path file) throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            return open.describe();
        }
    }

    /**
     * Verifies a file and loads its weights into a module.
     *
     * <p>The module may be new; its {@code @OnLoadCheckpoint} methods are called. Weights of another floating-point
     * type are converted to that of the model. A new module is closed if it cannot be loaded.
     *
     * <p>An external checkpoint, such as a state dict of {@code torch.save} or a checkpoint of Lightning, is accepted
     * if the module has weights or overrides {@link LightningModule#exampleInputShapes}; its {@code @OnLoadCheckpoint}
     * methods are not called.
     *
     * @return the module
     * @throws DamagedFileException if the file does not match its checksums or a manifest of its directory; nothing is
     *     loaded then
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if names or shapes differ from the model's, or a
     *     type cannot be converted, such as that of quantized weights; nothing is loaded then
     * @throws dev.rivulet.checkpoint.NotACheckpointException if an external file holds no state dict, or the module
     *     does not declare the shapes of its inputs
     * @throws IOException if it cannot be read
     */
    public static <M extends LightningModule> M load(Path file, M module) throws IOException {
        return load(file, module, Verification.CHECKSUMS);
    }

    /**
     * Loads the weights into a module as {@link #load(Path, LightningModule)} does.
     *
     * @param verification what is checked before loading
     * @return the module
     * @throws DamagedFileException if the file fails the verification
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if the weights do not fit
     * @throws dev.rivulet.checkpoint.NotACheckpointException if the file holds no state dict, or the shapes of inputs
     *     are unknown
     * @throws IOException if it cannot be read
     */
    public static <M extends LightningModule> M load(Path file, M module, Verification verification)
            throws IOException {
        boolean isNew = !module.hasWeights();
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            Optional<Checkpoint> checkpoint =
                    open.isExternal() && module.knowsInputShapes() ? Optional.empty() : Optional.of(open.describe());
            Optional<FileVerifier> verifier = verifier(file, verification);
            if (!isNew && verifier.isPresent()) {
                verifier.get().check(open); // A damaged file must not destroy weights that the module already has.
            }
            Network network = module.network(
                    checkpoint.map(known -> known.provenance().inputShapes()).orElse(List.of()));
            WeightLoader loader = new WeightLoader(open, network.names());
            if (isNew && verifier.isPresent()) {
                loader.load(memory -> verifier.get().read(open, memory));
            } else {
                loader.load(open::read);
            }
            if (checkpoint.isPresent()) {
                new DeclaredStreams(module).notifyLoaded(checkpoint.get());
            }
            return module;
        } catch (Throwable failure) {
            if (isNew) {
                module.close();
            }
            throw failure;
        }
    }

    /**
     * Verifies a file and loads its weights into a plain block.
     *
     * <p>An external checkpoint is accepted if the block is initialized and the file has PyTorch's names, as in
     * {@link ParameterNames}. External safetensors files carry no checksums, files of {@code torch.save} do. A shared
     * parameter may occur under any of its names, or several, and {@code num_batches_tracked} of a {@code BatchNorm} is
     * skipped.
     *
     * @param manager owns the parameters if the block is not yet initialized
     * @throws DamagedFileException if the file does not match its checksums or a manifest of its directory; nothing is
     *     loaded then
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if names or shapes differ from the block's, or a
     *     type cannot be converted; nothing is loaded then
     * @throws dev.rivulet.checkpoint.NotACheckpointException if the block is not initialized and the file is external,
     *     so that the shapes of inputs are unknown
     * @throws IOException if it cannot be read
     */
    public static void load(Path file, Block block, NDManager manager) throws IOException {
        load(file, block, manager, Verification.CHECKSUMS);
    }

    /**
     * Loads the weights into a plain block as {@link #load(Path, Block, NDManager)} does.
     *
     * @param verification what is checked before loading
     * @throws DamagedFileException if the file fails the verification
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if the weights do not fit
     * @throws dev.rivulet.checkpoint.NotACheckpointException if the file holds no state dict, or the shapes of inputs
     *     are unknown
     * @throws IOException if it cannot be read
     */
    public static void load(Path file, Block block, NDManager manager, Verification verification) throws IOException {
        load(file, block, manager, verification, UnaryOperator.identity());
    }

    /**
     * Loads the weights into a plain block as {@link #load(Path, Block, NDManager)} does, under other names.
     *
     * @param verification what is checked before loading
     * @param parameterName maps a parameter's name in PyTorch to its name in the file, as
     *     {@link LightningModule#parameterName} does
     * @throws IllegalArgumentException if it maps two parameters to one name
     * @throws DamagedFileException if the file fails the verification
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if the weights do not fit
     * @throws dev.rivulet.checkpoint.NotACheckpointException if the file holds no state dict, or the shapes of inputs
     *     are unknown
     * @throws IOException if it cannot be read
     */
    public static void load(
            Path file, Block block, NDManager manager, Verification verification, UnaryOperator<String> parameterName)
            throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            Optional<FileVerifier> verifier = verifier(file, verification);
            if (verifier.isPresent()) {
                verifier.get().check(open);
            }
            if (!block.isInitialized()) {
                Shape[] inputs = open.describe().provenance().inputShapes().toArray(Shape[]::new);
                block.initialize(manager, DataType.FLOAT32, inputs);
            }
            new WeightLoader(open, ParameterNames.of(block, parameterName)).load(open::read);
        }
    }

    /**
     * Finds the newest good checkpoint of a stream.
     *
     * <p>Uses the directory's manifests, not file names; if all are lost, what the files say of themselves. A damaged or
     * missing checkpoint is logged as an error and skipped for the one before it. A committed checkpoint that does not
     * have its final name yet is included.
     *
     * @param directory the directory of a run's checkpoints; runs may be writing to it
     * @throws dev.rivulet.checkpoint.NoGoodCheckpointException if none is found; the message names the streams that
     *     exist
     * @throws IOException if the directory cannot be read
     */
    public static NewestCheckpoint newest(Path directory, String stream) throws IOException {
        return DirectoryVerifier.newest(directory, stream);
    }

    /**
     * Verifies a file with its own checksums and with those in the manifests of its directory.
     *
     * @return what was checked, and all problems
     * @throws IOException if the file does not exist, or the manifests cannot be listed
     */
    public static FileVerification verify(Path file) throws IOException {
        return FileVerifier.verify(file);
    }

    /**
     * Verifies all files that the manifests of a directory name.
     *
     * <p>Symbolic links are not followed; their targets are verified under their own names.
     *
     * @param directory the directory of a run's checkpoints; runs may be writing to it
     * @return the result, file by file
     * @throws IOException if the directory cannot be read
     */
    public static DirectoryVerification verifyAll(Path directory) throws IOException {
        return DirectoryVerifier.verifyAll(directory);
    }

    /**
     * Recomputes derived weights and compares them with their file, byte for byte.
     *
     * <p>Compares weights, and the extra tensors and metadata of the transforms.
     *
     * @param derived a file of a derived stream
     * @param source the file of the same step from which it was computed, of the original or of a stream in between
     * @param declaring the class that declares the transforms; static ones only
     * @return whether all bytes are equal, or the first difference
     * @throws dev.rivulet.checkpoint.NotRederivableException if a transform between the two is not static, the class
     *     does not declare it, or the digest of the source differs from the one in the derived file
     * @throws DamagedFileException if a file does not match its checksums
     * @throws dev.rivulet.checkpoint.NotACheckpointException if a file was not written by this framework
     * @throws IOException if a file cannot be read
     */
    public static Rederivation rederive(Path derived, Path source, Class<?> declaring) throws IOException {
        return new Rederiver(derived, source, declaring).run();
    }

    private static Optional<FileVerifier> verifier(Path file, Verification verification) throws IOException {
        return verification == Verification.CHECKSUMS
                ? Optional.of(FileVerifier.withManifests(file))
                : Optional.empty();
    }
}
