package dev.rivulet.internal.save;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.checkpoint.SaveStatistics;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.retention.ModelCheckpoint;
import dev.rivulet.internal.retention.SavePlan;
import dev.rivulet.internal.snapshot.SnapshotPool;
import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Recovery;
import dev.rivulet.optim.OptimizerStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the streams of a run. At each hook every stream decides; those that are due are saved from one snapshot, which the
 * writer's thread turns into files while training continues. What became of earlier saves is collected at the next hook.
 *
 * <p>One stream's failure leaves the others alone; where its policy says so, it ends the run after the others were served.
 */
public final class CheckpointEngine implements ModelHooks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointEngine.class);

    private final SavedRun run;
    private final List<StreamSaver> streams;
    private final Optional<SaveScheduler> events;
    private final FailurePolicy failures;

    private CheckpointEngine(
            SavedRun run, List<StreamSaver> streams, Optional<SaveScheduler> events, FailurePolicy failures) {
        this.run = run;
        this.streams = streams;
        this.events = events;
        this.failures = failures;
    }

    /**
     * The streams of a run, to be closed by the caller.
     *
     * @param registries whose transforms and conditions are called
     * @param graph the streams
     * @param directory where their files go; closed by the caller, after this
     * @param continuation what the run adopts of it
     */
    public static CheckpointEngine open(
            SavedRun run,
            DeclaredStreams registries,
            StreamGraph graph,
            CheckpointDirectory directory,
            RunLineage continuation,
            SaveSettings settings) {
        TrainingComponents parts = run.parts();
        Network network = parts.network();
        SnapshotPool snapshots = new SnapshotPool(network.arrays(), parts.arrays(), settings.maxPendingSaves() + 1);
        reserve(snapshots, settings.maxPendingSaves());
        warnOfMissingState(parts.optimizer(), graph);
        FailurePolicy failures = new FailurePolicy();
        SaveConditions conditions = new SaveConditions(registries, network.manager(), run.moment(), failures);
        FileOwnership claims = new FileOwnership();
        List<StreamSaver> savers = graph.streams().stream()
                .map(stream -> new StreamSaver(stream, directory, claims, conditions::allow, continuation))
                .toList();
        SaveScheduler events = new SaveScheduler(
                run,
                new VerifiedTransforms(graph, registries, network.manager(), settings.determinismCheck()),
                new RunStreams(directory, continuation, savers),
                new SaveQueue(snapshots, settings));
        return new CheckpointEngine(run, savers, Optional.of(events), failures);
    }

    /** No streams, of a run that saves nothing. */
    public static CheckpointEngine none(SavedRun run) {
        return new CheckpointEngine(run, List.of(), Optional.empty(), new FailurePolicy());
    }

    /** Logs what opening a directory has found and restored. */
    public static void report(Recovery recovery) {
        for (Recovery.Quarantined damaged : recovery.quarantined()) {
            LOG.error("{} is damaged and was moved to {}: {}", damaged.file(), damaged.location(), damaged.reason());
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
                    OptimizerStep.STATE_REMEDY);
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

    /** Has streams resume from the decisions of another run, by their names. */
    public void resume(Map<String, DecisionState> decisions) {
        for (StreamSaver stream : streams) {
            Optional.ofNullable(decisions.get(stream.name())).ifPresent(stream::resume);
        }
    }

    @Override
    public void onTrainStart() {
        streams.forEach(stream -> stream.start(run.moment()));
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        reportSaves();
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainBatchEnd);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        reportSaves();
        saveWhatIsDue(Phase.TRAINING, ModelCheckpoint::onTrainEpochEnd);
    }

    @Override
    public void onValidationEnd() throws Exception {
        reportSaves();
        saveWhatIsDue(Phase.VALIDATION, ModelCheckpoint::onValidationEnd);
    }

    @Override
    public void onTrainEnd() throws Exception {
        reportSaves();
        saveWhatIsDue(Phase.TRAIN_END, ModelCheckpoint::onTrainEnd);
        events.ifPresent(SaveScheduler::await);
        reportSaves();
    }

    /** Earlier saves end first, because a step that is saved needs no exception checkpoint. */
    @Override
    public void onException(Throwable exception) throws Exception {
        events.ifPresent(SaveScheduler::await);
        try {
            reportSaves();
        } catch (Throwable failed) {
            exception.addSuppressed(failed);
        }
        if (!failures.weightsAreLost()) {
            saveWhatIsDue(Phase.EXCEPTION, ModelCheckpoint::onException);
            events.ifPresent(SaveScheduler::await);
            reportSaves();
        }
    }

    /** What each stream has kept, sources first. */
    public Map<String, StreamResult> results() {
        Map<String, StreamResult> results = new LinkedHashMap<>();
        for (StreamSaver stream : streams) {
            stream.missedMetric().ifPresent(metric -> failures.noteMissed(stream, metric, run.moment()));
            results.put(stream.name(), stream.result());
        }
        return results;
    }

    /** What saving has cost. */
    public SaveStatistics statistics() {
        return events.map(SaveScheduler::statistics).orElseGet(() -> new SaveMetrics().statistics());
    }

    private void saveWhatIsDue(Phase phase, StreamSaver.Decision decision) throws Exception {
        LoopView moment = run.moment();
        moment.enter(phase);
        List<PendingSave> due = List.of();
        Throwables refused = new Throwables();
        for (StreamSaver stream : streams) {
            try {
                Optional<SavePlan> plan = stream.decide(decision, moment);
                if (plan.isPresent()) {
                    due = due.isEmpty() ? new ArrayList<>() : due;
                    due.add(new PendingSave(stream, plan.get()));
                }
            } catch (MissingMetricException | FitException e) {
                // The other streams are served first.
                refused.add(e);
            }
        }
        if (!due.isEmpty()) {
            events.orElseThrow().save(due, moment.now());
            Throwables failed = collectReports();
            refused.first().ifPresent(failed::add);
            failed.throwFirst();
        }
        refused.throwFirst();
    }

    /** Collects what became of saves, and throws what ends the run because of it. */
    private void reportSaves() throws Exception {
        collectReports().throwFirst();
    }

    /** Neither hides the other: a failed save what the hooks of other checkpoints throw, nor a hook a failed save. */
    private Throwables collectReports() {
        List<SaveOutcome> reports = new ArrayList<>();
        for (Optional<SaveOutcome> report = report(); report.isPresent(); report = report()) {
            reports.add(report.get());
        }
        Throwables thrown = new Throwables();
        reports.forEach(report -> failures.note(report, thrown));
        reports.forEach(report -> report.committed().forEach(checkpoint -> notify(checkpoint, thrown)));
        return thrown;
    }

    private void notify(CommittedCheckpoint checkpoint, Throwables thrown) {
        try {
            run.hooks().onCheckpointCommitted(checkpoint);
        } catch (Throwable e) {
            thrown.add(e);
        }
    }

    private Optional<SaveOutcome> report() {
        return events.flatMap(SaveScheduler::report);
    }

    @Override
    public void close() {
        if (events.isPresent()) {
            events.get().close();
        }
    }
}
