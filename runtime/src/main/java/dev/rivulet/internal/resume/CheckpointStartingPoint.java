package dev.rivulet.internal.resume;

import ai.djl.ndarray.NDArray;
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
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.internal.lightning.NoTrainingStateException;
import dev.rivulet.internal.lightning.ParameterOrder;
import dev.rivulet.internal.lightning.StateTensorReader;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.save.RunLineage;
import dev.rivulet.internal.state.CallbackStates;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.state.TrainingStateMapper;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.FailureReason;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.optim.StatefulOptimizer;
import dev.rivulet.policy.StreamName;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resumes from a checkpoint with training state, whose file this owns and holds open until closed. The file is read
 * once, in two steps: first the weights, which the optimizer may need when it is created, then everything else.
 */
public final class CheckpointStartingPoint implements StartingPoint {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStartingPoint.class);

    private final Path named;
    private final TorchCheckpointFile file;
    private final FileVerifier verifier;
    private final TorchPass pass;
    private final Checkpoint checkpoint;
    private final TrainingState saved;
    private final OptionalLong stepsOfEpoch;

    /** State that has been read but not restored yet. */
    private @Nullable TrainingState read;

    /** States of callbacks that have been read but not restored yet. */
    private TorchValue.@Nullable Dict callbacks;

    private CheckpointStartingPoint(
            Path named,
            TorchCheckpointFile file,
            FileVerifier verifier,
            Checkpoint checkpoint,
            TrainingState saved,
            OptionalLong stepsOfEpoch) {
        this.named = named;
        this.file = file;
        this.verifier = verifier;
        this.pass = file.reader().pass(verifier.knowsWholeFile() ? Verification.BY_CALLER : Verification.OF_ENTRIES);
        this.checkpoint = checkpoint;
        this.saved = saved;
        this.stepsOfEpoch = stepsOfEpoch;
    }

    /**
     * Opens a checkpoint. The caller closes it.
     *
     * @param verification when to verify it: immediately if a damaged file must not affect existing state
     * @throws NotResumableException if training cannot resume from it, for example because it is derived
     * @throws IOException if it cannot be read or is damaged
     */
    static CheckpointStartingPoint open(Path path, When verification) throws IOException {
        Path real;
        Path named;
        try {
            real = path.toRealPath();
            named = DirectoryInventory.unlinked(path);
        } catch (NoSuchFileException e) {
            String meant = StreamName.closest(path.toString(), List.of("last", "best", "auto"))
                    .map(word -> " Did you mean \"" + word + "\"?")
                    .orElse("");
            throw new NotResumableException(
                    "Training cannot resume from " + path + ": there is no such file." + meant, e);
        }
        if (Files.isDirectory(real)) {
            throw new NotResumableException(
                    "Training cannot resume from " + path + ": it is a directory. Pass a .ckpt file in it,"
                            + " or the run's directory as defaultRootDir and resumeFrom(\"last\").");
        }
        CheckpointFile file = CheckpointCodecs.open(real);
        try {
            if (!file.isExternal()) {
                refuseWeightsOnly(file);
            }
            if (!(file instanceof TorchCheckpointFile torch)) {
                throw new NotResumableException("Training cannot resume from " + path
                        + ": its format holds only weights. Pass a .ckpt file of an untransformed stream, or load"
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
            return new CheckpointStartingPoint(
                    named,
                    torch,
                    verifier,
                    described,
                    read(path, dictionary),
                    LightningEntries.stepsOfEpoch(dictionary));
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /** When a checkpoint is verified. */
    public enum When {
        /** Before anything is loaded, in a separate pass. */
        NOW,
        /** While it is read. */
        WHEN_READ
    }

    private static TrainingState read(Path path, Map<?, ?> dictionary) {
        try {
            return LightningEntries.read(dictionary);
        } catch (IllegalArgumentException e) {
            throw new NotResumableException("Training cannot resume from " + path + ": " + FailureReason.message(e), e);
        }
    }

    private static void refuseWeightsOnly(CheckpointFile file) throws IOException {
        Provenance provenance = file.describe().provenance();
        if (provenance.derivation().isPresent()) {
            throw new NotResumableException(
                    "Training cannot resume from " + file.path() + ": it was computed by the transform "
                            + provenance.derivation().get().transform()
                            + ", and the optimizer's state would not match these"
                            + " weights. " + originalOf(file.path(), provenance));
        }
        if (!file.holdsTrainingState()) {
            throw new NotResumableException("Training cannot resume from " + file.path() + ": the stream \""
                    + provenance.stream()
                    + "\" saves only weights. Pass a checkpoint of a stream of untransformed weights"
                    + " in the format .ckpt without saveWeightsOnly, or load the weights with Checkpoints.load.");
        }
    }

    /** Names the file of the same step from which training can resume. */
    private static String originalOf(Path derived, Provenance provenance) throws IOException {
        Optional<DirectoryInventory> inventory = DirectoryInventory.around(derived);
        if (inventory.isPresent()) {
            OptionalLong group = groupOf(derived, inventory.get());
            for (DirectoryInventory.Item item : inventory.get().items()) {
                if (group.equals(OptionalLong.of(item.group())) && isResumable(item)) {
                    return "The original of the same step is " + item.path() + ".";
                }
            }
        }
        return "Its original, of step " + provenance.globalStep()
                + ", does not exist; resumeFrom(\"last\") uses the newest.";
    }

    /** Whether a manifest describes a file as untransformed weights. */
    static boolean isUntransformed(DirectoryInventory.Item item) {
        return item.checkpoint().isPresent()
                && item.checkpoint().get().derivation().isEmpty();
    }

    /** Whether training can resume from a file according to its manifest. */
    static boolean isResumable(DirectoryInventory.Item item) {
        return item.checkpoint().filter(StoredCheckpoint::isResumable).isPresent();
    }

    private static OptionalLong groupOf(Path real, DirectoryInventory inventory) {
        return inventory.candidates(real).stream()
                .mapToLong(DirectoryInventory.Candidate::group)
                .max();
    }

    /**
     * Refuses a file of other software, unless the user names it.
     *
     * @throws NotResumableException with the way to name it
     */
    void requireOwn() {
        if (file.isExternal()) {
            throw new NotResumableException(file.path() + " was not written by Rivulet. To resume from it, pass its"
                    + " path: resumeFrom(\"" + file.path() + "\").");
        }
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

    /** For a file that the user has chosen: it is kept, and so are later ones if it is not the newest. */
    @Override
    public RunLineage lineage(CheckpointDirectory directory) throws IOException {
        Path root = directory.root().toRealPath();
        Path chosen = named.startsWith(root) ? named : file.path();
        Optional<Path> source = chosen.startsWith(root)
                ? Optional.of(directory.root().resolve(root.relativize(chosen)))
                : Optional.empty();
        return lineage(directory, source, directory::isResumePoint);
    }

    /** For the newest file: everything continues as when it was saved. */
    RunLineage continued(CheckpointDirectory directory) throws IOException {
        return lineage(directory, Optional.empty(), group -> true);
    }

    private RunLineage lineage(CheckpointDirectory directory, Optional<Path> source, LongPredicate rollsBack)
            throws IOException {
        Path root = directory.root().toRealPath();
        if (!file.path().startsWith(root)) {
            return RunLineage.ofExternal(checkpoint.globalStep());
        }
        OptionalLong group = groupOf(file.path(), DirectoryInventory.read(root));
        Optional<UUID> run = group.isPresent()
                ? directory
                        .catalog()
                        .group(group.getAsLong())
                        .map(manifest -> manifest.origin().run())
                : Optional.empty();
        if (run.isPresent() && rollsBack.test(group.getAsLong())) {
            directory.rollBack(run.get(), group, RuntimeVersion.current());
        }
        return RunLineage.of(directory.catalog(), run, source, checkpoint.globalStep());
    }

    @Override
    public void restoreWeights(Network network) throws IOException {
        new WeightLoader(file, network.names()).load(memory -> pass.read(file.byTensor(memory)));
        warnOfConversion(network);
        new TrainingStateMapper(file.path(), saved).restoreFrozen(network);
    }

    private void warnOfConversion(Network network) throws IOException {
        Set<String> types = new TreeSet<>();
        file.weights().forEach((name, kind) -> {
            NDArray array = network.arrays().get(name);
            if (array != null && Dtype.of(array.getDataType()) != kind.dtype()) {
                types.add(kind.dtype() + " to " + Dtype.of(array.getDataType()));
            }
        });
        if (!types.isEmpty()) {
            LOG.warn(
                    "The weights of {} are converted from {}, and so is the state of the optimizer: the run continues"
                            + " with another precision.",
                    file.path(),
                    String.join(", ", types));
        }
    }

    @Override
    public void readState(Network network, OptimizerStep optimizer) throws IOException {
        StateTensorReader reading = reading(network, optimizer);
        callbacks = file.callbackStates();
        long crc32c = reading.finish(pass);
        try {
            verifier.compare(file.byteCount(), crc32c);
        } catch (DamagedFileException damaged) {
            file.reader().verify(); // Names the damaged entry.
            throw damaged;
        }
        read = reading.loaded();
    }

    private StateTensorReader reading(Network network, OptimizerStep optimizer) throws IOException {
        List<List<String>> groups =
                optimizer.stateful().map(StatefulOptimizer::parametersByGroup).orElse(List.of());
        try {
            TrainingState sorted = file.isExternal() ? orderInFile(network).sort(saved, groups) : saved;
            return new StateTensorReader(sorted, optimizer.stateful(), file.byteCount());
        } catch (NoTrainingStateException e) {
            throw new NotResumableException(
                    "Training cannot resume from " + file.path() + ": " + FailureReason.message(e), e);
        }
    }

    private ParameterOrder orderInFile(Network network) throws IOException {
        Map<String, TensorShape> shapes = new LinkedHashMap<>();
        file.weights().forEach((name, kind) -> {
            String parameter = network.aliases().getOrDefault(name, name);
            if (network.parameters().containsKey(parameter)) {
                shapes.putIfAbsent(parameter, kind.shape());
            }
        });
        return new ParameterOrder(shapes, network.trained());
    }

    @Override
    public void restoreState(TrainingComponents components) {
        requireSameAccumulation(components.loop().settings().accumulateGradBatches());
        TrainingState loaded = Objects.requireNonNull(read, "readState must be called first");
        read = null; // Frees its tensors.
        new TrainingStateMapper(file.path(), loaded).restore(components);
        LOG.info(
                "Training resumes from {}: epoch {}, step {}.",
                file.path(),
                saved.progress().epoch(),
                saved.progress().globalStep());
    }

    /** Within an epoch, another number would give a step with a part of its gradient. */
    private void requireSameAccumulation(int batches) {
        LoopProgress progress = saved.progress();
        long expected = progress.stepsOfEpoch(batches);
        if (progress.isWithinEpoch() && stepsOfEpoch.isPresent() && stepsOfEpoch.getAsLong() != expected) {
            throw new NotResumableException("Training cannot resume from " + file.path()
                    + " in the middle of an epoch: its " + (progress.batchIndex() + 1) + " batches made "
                    + stepsOfEpoch.getAsLong() + " optimizer steps, but would make " + expected
                    + " with accumulateGradBatches(" + batches
                    + "). Set it as in the saved run, or resume from a checkpoint saved at the end of an epoch.");
        }
    }

    @Override
    public void restoreCallbacks(CallbackStates states) {
        states.restore(file.path(), Objects.requireNonNull(callbacks, "readState must be called first"));
        callbacks = null;
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
