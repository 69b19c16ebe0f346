package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.snapshot.SnapshotPool;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.store.Recovery;
import dev.rivulet.stream.DecisionState;
import dev.rivulet.stream.MissingMetricException;
import dev.rivulet.stream.ModelCheckpoint;
import dev.rivulet.stream.SavePlan;
import dev.rivulet.training.FitHooks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the streams of a run. At each hook every stream decides; those that are due are saved from one snapshot, which the
 * writer's thread turns into files while training goes on. What became of earlier saves is learnt at the next hook.
 *
 * <p>One stream's failure leaves the others alone; where its policy says so, it ends the run after the others were served.
 */
final class CheckpointStreams implements FitHooks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStreams.class);

    private final Collection<StreamSaver> streams;
    private final Optional<SaveEvents> events;
    private final SaveFailures failures;
    private final SaveHooks hooks;
    private final LoopMoment moment;

    private CheckpointStreams(
            Collection<StreamSaver> streams,
            Optional<SaveEvents> events,
            SaveFailures failures,
            SaveHooks hooks,
            LoopMoment moment) {
        this.streams = streams;
        this.events = events;
        this.failures = failures;
        this.hooks = hooks;
        this.moment = moment;
    }

    /**
     * The streams of a run, to be closed by the caller.
     *
     * @param directory where their files go; closed by the caller, after this
     * @param continuation what the run takes over of it
     * @param parts of the run, whose state is saved
     * @param hooks told of each save
     */
    static CheckpointStreams open(
            CheckpointDirectory directory,
            Continuation continuation,
            SavingSettings settings,
            TrainingParts parts,
            RegistryChain registries,
            StreamGraph graph,
            SaveHooks hooks,
            LoopMoment moment) {
        Network network = parts.network();
        SnapshotPool snapshots = new SnapshotPool(network.arrays(), parts.arrays(), settings.maxPendingSaves() + 1);
        reserve(snapshots, settings.maxPendingSaves());
        warnOfMissingState(parts.optimizer(), graph);
        SaveFailures failures = new SaveFailures();
        SaveConditions conditions = new SaveConditions(registries, network.manager(), moment, failures);
        FileClaims claims = new FileClaims();
        List<StreamSaver> streams = graph.streams().stream()
                .map(stream -> new StreamSaver(stream, directory, claims, conditions::allow, continuation))
                .toList();
        SaveQueue queue = new SaveQueue(snapshots, settings.backpressure());
        SaveEvents events =
                new SaveEvents(parts, registries, graph, directory, streams, settings, queue, hooks, continuation);
        return new CheckpointStreams(streams, Optional.of(events), failures, hooks, moment);
    }

    /** No streams, of a run that saves nothing. */
    static CheckpointStreams none(SaveHooks hooks, LoopMoment moment) {
        return new CheckpointStreams(List.of(), Optional.empty(), new SaveFailures(), hooks, moment);
    }

    /** Tells what opening a directory has found and put right. */
    static void report(Recovery recovery) {
        for (Recovery.Quarantined damaged : recovery.quarantined()) {
            LOG.error("{} is damaged and was moved to {}: {}", damaged.file(), damaged.place(), damaged.reason());
        }
        for (Recovery.Missing missing : recovery.missing()) {
            LOG.warn("{} of the stream \"{}\" is gone.", missing.file(), missing.stream());
        }
        if (!recovery.rolledForward().isEmpty()) {
            LOG.info("Finished what a run before had committed: groups {}.", recovery.rolledForward());
        }
    }

    private static void warnOfMissingState(OptimizerStep optimizer, StreamGraph graph) {
        if (optimizer.stateful().isEmpty() && graph.streams().stream().anyMatch(CheckpointCodecs::isResumable)) {
            LOG.warn(
                    "Training cannot go on from the checkpoints of this run, which is optimized by {}. {}",
                    optimizer.optimizerName(),
                    TrainingRestoration.KEEPS_TO_ITSELF);
        }
    }

    private static void reserve(SnapshotPool snapshots, int maxPendingSaves) {
        try {
            snapshots.reserve();
        } catch (OutOfMemoryError e) {
            String less = maxPendingSaves == 0 ? "" : "; or do with one copy: Trainer.builder().maxPendingSaves(0)";
            throw new FitException(
                    "There is no room for copies of the weights, from which checkpoints are written: " + e.getMessage()
                            + ". Raise the limit of direct memory, which is that of the heap unless it is set:"
                            + " -XX:MaxDirectMemorySize=… on Java's command line" + less + ".",
                    e);
        }
    }

    /** Has streams go on from the decisions of another run, by their names. */
    void resume(Map<String, DecisionState> decisions) {
        for (StreamSaver stream : streams) {
            Optional.ofNullable(decisions.get(stream.name())).ifPresent(stream::resume);
        }
    }

    @Override
    public void onTrainStart() {
        streams.forEach(stream -> stream.start(moment));
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        learn();
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainBatchEnd);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        learn();
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainEpochEnd);
    }

    @Override
    public void onValidationEnd() throws Exception {
        learn();
        saveWhatIsDue(Phase.VALIDATION, ModelCheckpoint::onValidationEnd);
    }

    @Override
    public void onTrainEnd() throws Exception {
        learn();
        saveWhatIsDue(Phase.TRAIN_END, ModelCheckpoint::onTrainEnd);
        events.ifPresent(SaveEvents::await);
        learn();
    }

    /** Earlier saves are settled first, because a step that is saved needs no rescue. */
    @Override
    public void onException(Throwable exception) throws Exception {
        events.ifPresent(SaveEvents::await);
        try {
            learn();
        } catch (Throwable failed) {
            exception.addSuppressed(failed);
        }
        if (!failures.weightsAreLost()) {
            saveWhatIsDue(Phase.EXCEPTION, ModelCheckpoint::onException);
            events.ifPresent(SaveEvents::await);
            learn();
        }
    }

    /** What each stream has kept, sources first. */
    Map<String, FitResult.StreamResult> results() {
        Map<String, FitResult.StreamResult> results = new LinkedHashMap<>();
        for (StreamSaver stream : streams) {
            stream.missedMetric().ifPresent(metric -> failures.noteMissed(stream, metric, moment));
            results.put(stream.name(), stream.result());
        }
        return results;
    }

    /** What saving has cost. */
    SaveStatistics statistics() {
        return events.map(SaveEvents::statistics).orElseGet(() -> new SaveMeasurements().statistics());
    }

    private void saveWhatIsDue(Phase phase, StreamSaver.Decision decision) throws Exception {
        moment.enter(phase);
        List<DueSave> due = List.of();
        @Nullable RuntimeException refused = null;
        for (StreamSaver stream : streams) {
            try {
                Optional<SavePlan> plan = stream.decide(decision, moment);
                if (plan.isPresent()) {
                    due = due.isEmpty() ? new ArrayList<>() : due;
                    due.add(new DueSave(stream, plan.get()));
                }
            } catch (MissingMetricException | FitException e) {
                // The other streams are served first.
                if (refused == null) {
                    refused = e;
                } else {
                    refused.addSuppressed(e);
                }
            }
        }
        if (!due.isEmpty()) {
            events.orElseThrow().save(due, moment.now());
            try {
                learn();
            } catch (Throwable failed) {
                if (refused != null) {
                    failed.addSuppressed(refused);
                }
                throw failed;
            }
        }
        if (refused != null) {
            throw refused;
        }
    }

    /** Learns what became of saves, and tells of it. A hook that throws hides neither failures nor other checkpoints. */
    private void learn() throws Exception {
        @Nullable FitException fatal = null;
        List<Throwable> ofHooks = new ArrayList<>();
        for (Optional<SaveReport> report = report(); report.isPresent(); report = report()) {
            report.get().committed().forEach(checkpoint -> tell(checkpoint, ofHooks));
            fatal = SaveFailures.combine(fatal, failures.note(report.get()));
        }
        List<Throwable> thrown = new ArrayList<>(ofHooks);
        if (fatal != null) {
            thrown.add(0, fatal);
        }
        if (!thrown.isEmpty()) {
            Throwable first = thrown.get(0);
            thrown.stream().skip(1).filter(further -> further != first).forEach(first::addSuppressed);
            if (first instanceof Error error) {
                throw error;
            }
            throw (Exception) first;
        }
    }

    private void tell(CommittedCheckpoint checkpoint, List<Throwable> thrown) {
        try {
            hooks.onCheckpointCommitted(checkpoint);
        } catch (Throwable e) {
            thrown.add(e);
        }
    }

    private Optional<SaveReport> report() {
        return events.flatMap(SaveEvents::report);
    }

    @Override
    public void close() {
        if (events.isPresent()) {
            events.get().close();
        }
    }
}
