package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.snapshot.LostWeightsException;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.snapshot.SnapshotPool;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.stream.MissingMetricException;
import dev.rivulet.stream.ModelCheckpoint;
import dev.rivulet.stream.Moment;
import dev.rivulet.stream.SavePlan;
import dev.rivulet.training.FitHooks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the streams of a run. At each hook every stream decides; those that are due are saved from one snapshot, sources
 * before what is derived from them. One stream's failure leaves the others alone; that of an untransformed stream ends
 * the run after the others were served.
 */
final class CheckpointStreams implements FitHooks {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStreams.class);

    private final Network network;
    private final RegistryChain registries;
    private final StreamGraph graph;
    private final SaveHooks saveHooks;
    private final LoopMoment moment;
    private final SnapshotPool snapshots;
    private final StreamSaver[] savers;
    private Phase phase = Phase.TRAINING;

    /**
     * The streams of a run.
     *
     * @param directory where they go; without one nothing is saved
     * @param saveHooks told of each checkpoint before it is written
     */
    CheckpointStreams(
            Network network,
            RegistryChain registries,
            StreamGraph graph,
            Optional<CheckpointDirectory> directory,
            SaveHooks saveHooks,
            LoopMoment moment) {
        this.network = network;
        this.registries = registries;
        this.graph = graph;
        this.saveHooks = saveHooks;
        this.moment = moment;
        this.snapshots = new SnapshotPool(network.arrays(), 1);
        FileClaims claims = new FileClaims();
        this.savers = directory.stream()
                .flatMap(place ->
                        graph.streams().stream().map(stream -> new StreamSaver(stream, place, claims, this::isWanted)))
                .toArray(StreamSaver[]::new);
        reserveMemory();
    }

    private void reserveMemory() {
        if (savers.length == 0) {
            return;
        }
        try {
            snapshots.reserve();
        } catch (OutOfMemoryError e) {
            throw new FitException(
                    "There is no room for a copy of the weights, from which checkpoints are written: " + e.getMessage()
                            + ". Raise the limit of direct memory, which is that of the heap unless it is set:"
                            + " -XX:MaxDirectMemorySize=… on Java's command line.",
                    e);
        }
    }

    /** Told of every save. */
    interface SaveHooks {

        /** Before the checkpoint is written: the time to add entries. */
        void onSaveCheckpoint(Checkpoint checkpoint) throws Exception;

        /** When the checkpoint is durable. */
        void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception;
    }

    /** Asks a stream at a hook. */
    private interface Decision extends BiFunction<ModelCheckpoint, Moment, Optional<SavePlan>> {}

    /** A save that is due. */
    private record Due(StreamSaver saver, SavePlan plan) {}

    @Override
    public void onTrainStart() {
        network.requireSameArrays();
        for (StreamSaver saver : savers) {
            saver.decisions().onTrainStart(moment);
        }
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainBatchEnd);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainEpochEnd);
    }

    @Override
    public void onValidationEnd() throws Exception {
        saveWhatIsDue(Phase.VALIDATION, ModelCheckpoint::onValidationEnd);
    }

    @Override
    public void onTrainEnd() throws Exception {
        saveWhatIsDue(Phase.TRAIN_END, ModelCheckpoint::onTrainEnd);
    }

    @Override
    public void onException(Throwable exception) throws Exception {
        saveWhatIsDue(Phase.EXCEPTION, ModelCheckpoint::onException);
    }

    /** What each stream has kept, sources first. */
    Map<String, FitResult.StreamResult> results() {
        Map<String, FitResult.StreamResult> results = new LinkedHashMap<>();
        for (StreamSaver saver : savers) {
            saver.decisions().missedMetric().ifPresent(metric -> {
                IllegalStateException cause = new IllegalStateException("A save was due when the monitored metric \""
                        + metric + "\" had not been logged; call log(\"" + metric
                        + "\", value), give fit validation data, or monitor a metric that is logged.");
                note(saver, moment.at(Phase.TRAIN_END), cause);
            });
            results.put(saver.name(), saver.result());
        }
        return results;
    }

    private void saveWhatIsDue(Phase hook, Decision decision) throws Exception {
        phase = hook;
        List<Due> due = List.of();
        @Nullable RuntimeException refused = null;
        for (StreamSaver saver : savers) {
            try {
                Optional<SavePlan> plan = decision.apply(saver.decisions(), moment);
                if (plan.isPresent()) {
                    due = due.isEmpty() ? new ArrayList<>() : due;
                    due.add(new Due(saver, plan.get()));
                }
            } catch (MissingMetricException | FitException e) {
                // The other streams are served first.
                refused = refused == null ? e : refused;
            }
        }
        if (!due.isEmpty()) {
            saveFromOneSnapshot(due, moment.at(hook));
        }
        if (refused != null) {
            throw refused;
        }
    }

    private void saveFromOneSnapshot(List<Due> due, SaveMoment at) throws Exception {
        @Nullable FitException fatal = null;
        List<CommittedCheckpoint> committed = new ArrayList<>();
        network.requireSameArrays();
        try (Snapshot snapshot = snapshots.take();
                SaveEvent event = new SaveEvent(
                        graph, registries, at, snapshot, new Workspace(network.manager()), network.inputShapes())) {
            snapshot.seal();
            for (Due save : due) {
                try {
                    committed.add(save(save, event));
                } catch (Throwable e) {
                    // Transforms and hooks are foreign code: whatever they throw, the other streams are saved.
                    save.saver().giveUp(save.plan());
                    fatal = combine(fatal, note(save.saver(), at, e));
                }
            }
        }
        for (CommittedCheckpoint checkpoint : committed) {
            saveHooks.onCheckpointCommitted(checkpoint);
        }
        if (fatal != null) {
            throw fatal;
        }
    }

    private CommittedCheckpoint save(Due save, SaveEvent event) throws Exception {
        Checkpoint checkpoint = event.checkpoint(save.saver().name());
        event.callHooks(checkpoint.stream(), () -> {
            saveHooks.onSaveCheckpoint(checkpoint);
            registries.onSaveCheckpoint(checkpoint.stream(), checkpoint);
        });
        return save.saver().save(save.plan(), event, checkpoint);
    }

    private boolean isWanted(StreamSaver saver) {
        SaveMoment at = moment.at(phase);
        try (Workspace workspace = new Workspace(network.manager())) {
            return registries.saves(
                    saver.name(), new TransformContext(saver.name(), saver.name(), at, workspace.manager()));
        } catch (Throwable e) {
            // A condition is foreign code, too.
            note(saver, at, e).ifPresent(fatal -> {
                throw fatal;
            });
            return false;
        }
    }

    /** Makes a failure known; the result is what ends the run because of it, if anything does. */
    private static Optional<FitException> note(StreamSaver saver, SaveMoment at, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        StreamFailure noted = new StreamFailure(saver.name(), at.epoch(), at.globalStep(), failure);
        saver.note(noted);
        if (saver.isDispensable() && !leavesWeightsLost(failure)) {
            LOG.error("Training goes on, but was not saved: {}", noted, failure);
            return Optional.empty();
        }
        return Optional.of(new FitException("Not saved: " + noted, failure));
    }

    /** Whether training would go on with weights that nobody computed. */
    private static boolean leavesWeightsLost(Throwable failure) {
        return failure instanceof LostWeightsException
                || Stream.of(failure.getSuppressed()).anyMatch(LostWeightsException.class::isInstance);
    }

    private static @Nullable FitException combine(@Nullable FitException first, Optional<FitException> further) {
        if (first == null) {
            return further.orElse(null);
        }
        further.ifPresent(first::addSuppressed);
        return first;
    }
}
