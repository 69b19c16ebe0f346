package dev.rivulet.internal.resume;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointDictionary;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.file.FileVerifier;
import dev.rivulet.internal.file.LightningFile;
import dev.rivulet.internal.file.TorchCheckpointFile;
import dev.rivulet.internal.file.WeightLoader;
import dev.rivulet.internal.format.torch.TorchPass;
import dev.rivulet.internal.format.torch.TorchPass.Verification;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.internal.lightning.NoTrainingStateException;
import dev.rivulet.internal.lightning.StateTensorReader;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.save.RunLineage;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.state.TrainingStateMapper;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.optim.OptimizerStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint that holds all of the training state, open until this is closed. It is read once, in two steps: the weights,
 * which an optimizer may want to look at when it is made, and then everything else.
 */
public final class CheckpointStartingPoint implements StartingPoint {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStartingPoint.class);

    private final Path named;
    private final TorchCheckpointFile file;
    private final FileVerifier verifier;
    private final TorchPass pass;
    private final Checkpoint checkpoint;
    private final TrainingState saved;

    /** What was read and has not been restored yet. */
    private @Nullable TrainingState read;

    private CheckpointStartingPoint(
            Path named, TorchCheckpointFile file, FileVerifier verifier, Checkpoint checkpoint, TrainingState saved) {
        this.named = named;
        this.file = file;
        this.verifier = verifier;
        this.pass = file.reader().pass(verifier.knowsWholeFile() ? Verification.BY_CALLER : Verification.OF_ENTRIES);
        this.checkpoint = checkpoint;
        this.saved = saved;
    }

    /**
     * Opens a checkpoint, to be closed by the caller.
     *
     * @param verification when to verify it: at once if there is something that must survive a damaged file
     * @throws NotResumableException if training cannot resume from it, such as a derived one
     * @throws IOException if it cannot be read, or is not what was written
     */
    static CheckpointStartingPoint open(Path path, When verification) throws IOException {
        Path real;
        Path named;
        try {
            real = path.toRealPath();
            named = unlinked(path.toAbsolutePath().normalize());
        } catch (NoSuchFileException e) {
            throw new NotResumableException("Training cannot go on from " + path + ": there is no such file.", e);
        }
        if (Files.isDirectory(real)) {
            throw new NotResumableException(
                    "Training cannot go on from " + path + ": it is a directory. Name a .ckpt in it,"
                            + " or give the trainer the run's directory and resumeFrom(\"last\").");
        }
        CheckpointFile file = CheckpointCodecs.open(real);
        try {
            if (!file.isExternal()) {
                refuseWeightsAlone(file);
            }
            if (!(file instanceof TorchCheckpointFile torch)) {
                throw new NotResumableException("Training cannot go on from " + path
                        + ": its format holds weights alone. Name a .ckpt of an untransformed stream, or load"
                        + " the weights with Checkpoints.load.");
            }
            FileVerifier verifier = FileVerifier.withManifests(real);
            if (verification == When.NOW) {
                verifier.check(file);
            }
            Map<?, ?> dictionary = torch.dictionary();
            Checkpoint described = file.isExternal()
                    ? LightningFile.describe(dictionary)
                    : CheckpointDictionary.read(path.toString(), dictionary);
            return new CheckpointStartingPoint(named, torch, verifier, described, read(path, dictionary));
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /** When a checkpoint is verified. */
    public enum When {
        /** Before anything is loaded, by a pass of its own. */
        NOW,
        /** While it is read. */
        WHEN_READ
    }

    /** The path without links in its folders: if it is a link itself, the run resumes from what it names. */
    private static Path unlinked(Path path) throws IOException {
        Path folder = path.getParent();
        Path name = path.getFileName();
        return folder == null || name == null ? path : folder.toRealPath().resolve(name);
    }

    private static TrainingState read(Path path, Map<?, ?> dictionary) {
        try {
            return LightningEntries.read(dictionary);
        } catch (IllegalArgumentException e) {
            throw new NotResumableException("Training cannot go on from " + path + ": " + e.getMessage(), e);
        }
    }

    private static void refuseWeightsAlone(CheckpointFile file) throws IOException {
        Provenance provenance = file.describe().provenance();
        if (provenance.derivation().isPresent()) {
            throw new NotResumableException(
                    "Training cannot go on from " + file.path() + ": it was made by the transform "
                            + provenance.derivation().get().transform()
                            + ", and its optimizer's state would not be that of these"
                            + " weights. " + originalOf(file.path(), provenance));
        }
        if (!file.holdsTrainingState()) {
            throw new NotResumableException("Training cannot go on from " + file.path() + ": the stream \""
                    + provenance.stream()
                    + "\" saves weights alone. Name a checkpoint of a stream of untransformed weights"
                    + " in the format .ckpt without saveWeightsOnly, or load the weights with Checkpoints.load.");
        }
    }

    /** Names the file that was saved at the same step and can be resumed from. */
    private static String originalOf(Path derived, Provenance provenance) throws IOException {
        Optional<DirectoryInventory> inventory = DirectoryInventory.around(derived);
        if (inventory.isPresent()) {
            OptionalLong group = groupOf(derived, inventory.get());
            for (DirectoryInventory.Item item : inventory.get().items()) {
                if (group.equals(OptionalLong.of(item.group())) && isUntransformed(item)) {
                    return "The original of the same step is " + item.path() + ".";
                }
            }
        }
        return "Its original, of step " + provenance.globalStep()
                + ", is not there; resumeFrom(\"last\") takes the newest.";
    }

    /** Whether a manifest says of a file that it holds weights as they were trained. */
    static boolean isUntransformed(DirectoryInventory.Item item) {
        return item.checkpoint().isPresent()
                && item.checkpoint().get().derivation().isEmpty();
    }

    private static OptionalLong groupOf(Path real, DirectoryInventory inventory) {
        return inventory.candidates(real).stream()
                .mapToLong(DirectoryInventory.Candidate::group)
                .max();
    }

    @Override
    public Optional<Path> file() {
        return Optional.of(file.path());
    }

    @Override
    public List<Shape> inputShapes() {
        return checkpoint.provenance().inputShapes();
    }

    @Override
    public OptionalLong seed() {
        return new TrainingStateMapper(file.path(), saved).seed();
    }

    @Override
    public RunLineage continuation(CheckpointDirectory directory) throws IOException {
        Path root = directory.root().toRealPath();
        if (!file.path().startsWith(root)) {
            return RunLineage.ofExternal(checkpoint.globalStep());
        }
        OptionalLong group = groupOf(file.path(), DirectoryInventory.read(root));
        Catalog catalog = directory.catalog();
        Optional<UUID> run = group.isPresent()
                ? catalog.group(group.getAsLong())
                        .map(manifest -> manifest.origin().run())
                : Optional.empty();
        Path source = directory.root().resolve(root.relativize(named.startsWith(root) ? named : file.path()));
        return RunLineage.of(catalog, run, source, checkpoint.globalStep());
    }

    @Override
    public void restoreWeights(Network network) throws IOException {
        new WeightLoader(file, network.names()).load(memory -> pass.read(file.byTensor(memory)));
        new TrainingStateMapper(file.path(), saved).restoreFrozen(network);
    }

    @Override
    public void readState(Network network, OptimizerStep optimizer) throws IOException {
        StateTensorReader reading = reading(optimizer);
        long crc32c = reading.finish(pass);
        try {
            verifier.compare(file.byteCount(), crc32c);
        } catch (DamagedFileException somewhere) {
            file.reader().verify(); // Which entry it is.
            throw somewhere;
        }
        read = reading.loaded();
    }

    private StateTensorReader reading(OptimizerStep optimizer) {
        try {
            return new StateTensorReader(saved, optimizer.stateful(), file.byteCount());
        } catch (NoTrainingStateException e) {
            throw new NotResumableException("Training cannot go on from " + file.path() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void restoreState(TrainingComponents parts) {
        TrainingState loaded = Objects.requireNonNull(read, "readState comes first");
        read = null; // Its tensors take memory.
        new TrainingStateMapper(file.path(), loaded).restore(parts);
        LOG.info(
                "Training goes on from {}: epoch {}, step {}.",
                file.path(),
                saved.progress().epoch(),
                saved.progress().globalStep());
    }

    @Override
    public Map<String, DecisionState> decisions() {
        return new TrainingStateMapper(file.path(), saved).decisions();
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return Optional.of(checkpoint);
    }

    @Override
    public Optional<LoopProgress> progress() {
        return Optional.of(saved.progress());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
