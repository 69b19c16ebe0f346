package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.rivulet.format.DamagedFileException;
import dev.rivulet.tensor.ParameterNames;
import dev.rivulet.training.GradientMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads checkpoints of any stream: into a module, into a plain block, or just to learn what they are and whether they are good. */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * What a file says of itself, without reading its weights.
     *
     * @throws NotACheckpointException if it was not written by this framework
     * @throws IOException if it cannot be read
     */
    public static Checkpoint describe(Path file) throws IOException {
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            return open.describe();
        }
    }

    /**
     * Verifies the file, loads the weights into a module, which may be new, and calls its {@code @OnLoadCheckpoint}
     * methods. Weights of another floating-point type are converted to the model's. A new module is closed if it cannot
     * be loaded.
     *
     * <p>A file of another framework, a state dict of {@code torch.save} or a checkpoint of Lightning's, will do if the
     * module has weights or overrides {@link LightningModule#exampleInputShapes}; no methods are called then.
     *
     * @return the module
     * @throws DamagedFileException if the file is not what was written, as its checksums or a manifest of its directory
     *     tell; nothing is loaded then
     * @throws ArchitectureMismatchException if names or shapes differ from the model's, or a type cannot be converted, as
     *     that of quantized weights; nothing is loaded then
     * @throws NotACheckpointException if the file, written by another framework, holds no state dict, or the module does
     *     not say of which shapes its inputs are
     * @throws IOException if it cannot be read
     */
    public static <M extends LightningModule> M load(Path file, M module) throws IOException {
        return load(file, module, Verification.CHECKSUMS);
    }

    /**
     * Loads the weights into a module as {@link #load(Path, LightningModule)} does.
     *
     * @param verification what is checked before
     */
    public static <M extends LightningModule> M load(Path file, M module, Verification verification)
            throws IOException {
        boolean isNew = !module.hasWeights();
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            Optional<Checkpoint> checkpoint =
                    open.isForeign() && module.knowsInputShapes() ? Optional.empty() : Optional.of(open.describe());
            Optional<FileVerifier> verifier = verifier(file, verification);
            if (!isNew && verifier.isPresent()) {
                verifier.get().check(open); // What the module has must survive a damaged file.
            }
            Network network = module.network(
                    checkpoint.map(known -> known.provenance().inputShapes()).orElse(List.of()));
            WeightsLoading loading = new WeightsLoading(open, network.loadTarget());
            if (isNew && verifier.isPresent()) {
                loading.fill(memory -> verifier.get().read(open, memory));
            } else {
                loading.fill(open::read);
            }
            if (checkpoint.isPresent()) {
                tell(module, checkpoint.get());
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
     * Verifies the file and loads the weights into a plain block. A file of another framework will do if the block is
     * initialized and the file has PyTorch's names, as in {@link ParameterNames}; safetensors of others carry no checksums,
     * files of {@code torch.save} do. A shared parameter may have any of its names there, or several, and a
     * {@code BatchNorm}'s {@code num_batches_tracked} is passed over.
     *
     * @param manager holds the parameters if the block is not yet initialized
     * @throws DamagedFileException if the file is not what was written, as its checksums or a manifest of its directory
     *     tell; nothing is loaded then
     * @throws ArchitectureMismatchException if names or shapes differ from the block's, or a type cannot be converted;
     *     nothing is loaded then
     * @throws NotACheckpointException if the block is not initialized and the file, written by another framework, does
     *     not say of which shapes its inputs are
     * @throws IOException if it cannot be read
     */
    public static void load(Path file, Block block, NDManager manager) throws IOException {
        load(file, block, manager, Verification.CHECKSUMS);
    }

    /**
     * Loads the weights into a plain block as {@link #load(Path, Block, NDManager)} does.
     *
     * @param verification what is checked before
     */
    public static void load(Path file, Block block, NDManager manager, Verification verification) throws IOException {
        load(file, block, manager, verification, UnaryOperator.identity());
    }

    /**
     * Loads the weights into a plain block as {@link #load(Path, Block, NDManager)} does, with names of the caller's.
     *
     * @param verification what is checked before
     * @param parameterName gives the name in the file, from that which a parameter has in PyTorch; as
     *     {@link LightningModule#parameterName} does
     * @throws IllegalArgumentException if it gives two parameters one name
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
            LoadTarget target = new LoadTarget(ParameterNames.of(block, parameterName));
            new WeightsLoading(open, target).fill(open::read);
        }
    }

    /**
     * Finds the newest good checkpoint of a stream, by the directory's manifests and not by the names of files. Each that
     * is damaged or missing is logged as an error and passed over for the one before it. One that has committed but has
     * not got its name yet counts.
     *
     * @param directory the directory of a run's checkpoints; runs may be writing to it
     * @throws NoGoodCheckpointException if there is none; the message names the streams that exist
     * @throws IOException if the directory cannot be read
     */
    public static NewestCheckpoint newest(Path directory, String stream) throws IOException {
        return DirectoryVerifier.newest(directory, stream);
    }

    /**
     * Verifies a file with the checksums that it carries, and with those that a manifest of its directory has of it.
     *
     * @return what was checked, and all that is wrong
     * @throws IOException if there is no such file, or the manifests cannot be listed
     */
    public static FileVerification verify(Path file) throws IOException {
        return FileVerifier.withManifests(file).run();
    }

    /**
     * Verifies all that a directory should hold by its manifests. Symbolic links are not followed: what they name is
     * verified under its own name.
     *
     * @param directory the directory of a run's checkpoints; runs may be writing to it
     * @throws IOException if the directory cannot be read
     */
    public static DirectoryVerification verifyAll(Path directory) throws IOException {
        return DirectoryVerifier.verifyAll(directory);
    }

    /**
     * Computes derived weights once more and compares them with their file, byte for byte: weights, and the tensors and
     * metadata that the transforms add.
     *
     * @param derived a file of a derived stream
     * @param source the file of the same save event that it was made from: the original's, or that of a stream in between
     * @param declaring the class that declares the transforms; static ones only
     * @throws NotRederivableException if a transform between the two is not static, the class does not declare it, or the
     *     source is not the one that the derived file names by its digest
     * @throws DamagedFileException if a file is not what was written
     * @throws NotACheckpointException if a file was not written by this framework
     * @throws IOException if a file cannot be read
     */
    public static Rederivation rederive(Path derived, Path source, Class<?> declaring) throws IOException {
        return new Rederiving(derived, source, declaring).run();
    }

    private static Optional<FileVerifier> verifier(Path file, Verification verification) throws IOException {
        return verification == Verification.CHECKSUMS
                ? Optional.of(FileVerifier.withManifests(file))
                : Optional.empty();
    }

    /** Calls the module's {@code @OnLoadCheckpoint} methods. */
    static void tell(LightningModule module, Checkpoint checkpoint) throws IOException {
        GradientMode mode = GradientMode.off();
        try {
            new RegistryChain(module).onLoadCheckpoint(checkpoint.stream(), checkpoint);
        } catch (RuntimeException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(
                    "@OnLoadCheckpoint of " + module.getClass().getName() + " failed: " + e.getMessage(), e);
        } finally {
            mode.restore();
        }
    }
}
