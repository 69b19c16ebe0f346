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
import dev.rivulet.internal.concurrent.UserThread;
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
import dev.rivulet.internal.state.TrainingStateMapper;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.FailureReason;
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
 * Saves the streams of a run. At each hook, on the training thread, every stream decides whether a save is due; streams
 * that are due are saved from one snapshot, which the writer thread turns into files while training continues. The
 * outcomes of earlier saves are collected at the next hook. Owns the {@link SaveScheduler}.
 *
 * <p>The failure of one stream does not affect the others. If its policy stops training, the others are saved first.
 */
public final class CheckpointEngine implements ModelHooks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointEngine.class);

    private final SavedRun run;
    private final List<StreamSaver> streams;
    private final Optional<SaveScheduler> scheduler;
    private final FailurePolicy failures;

    private boolean trainingEnded;

    private CheckpointEngine(
            SavedRun run, List<StreamSaver> streams, Optional<SaveScheduler> scheduler, FailurePolicy failures) {
        this.run = run;
        this.streams = streams;
        this.scheduler = scheduler;
        this.failures = failures;
    }

    /**
     * Opens the streams of a run. The caller closes the result, then the directory.
     *
     * @param registries the transforms and conditions to call
     * @param graph the streams
     * @param directory receives the files
     * @param lineage what the run adopts from the directory
     */
    public static CheckpointEngine open(
            SavedRun run,
            DeclaredStreams registries,
            StreamGraph graph,
            CheckpointDirectory directory,
            RunLineage lineage,
            SaveSettings settings) {
        TrainingComponents components = run.components();
        Network network = components.network();
        SnapshotPool snapshots =
                new SnapshotPool(network.arrays(), components.arrays(), settings.maxPendingSaves() + 1);
        reserve(snapshots, settings.maxPendingSaves());
        warnOfMissingState(components.optimizer(), graph);
        FailurePolicy failures = new FailurePolicy();
        SaveQueue queue = new SaveQueue(snapshots, settings, run.slowCalls());
        StepSnapshot stepSnapshot = new StepSnapshot(queue, components);
        SaveConditions conditions = new SaveConditions(registries, stepSnapshot, run, failures);
        FileOwnership ownership = new FileOwnership();
        List<StreamSaver> savers = graph.streams().stream()
                .map(stream -> new StreamSaver(
                        stream, CheckpointCodecs.of(stream), directory, ownership, conditions::allow, lineage))
                .toList();
        SaveScheduler scheduler = new SaveScheduler(
                run,
                new VerifiedTransforms(graph, registries, settings.determinismCheck(), run.slowCalls()),
                new RunStreams(directory, lineage, savers),
                queue,
                stepSnapshot);
        return new CheckpointEngine(run, savers, Optional.of(scheduler), failures);
    }

    /** An engine without streams, for a run that saves nothing. */
    public static CheckpointEngine none(SavedRun run) {
        return new CheckpointEngine(run, List.of(), Optional.empty(), new FailurePolicy());
    }

    /** Logs what was found and restored when a directory was opened. */
    public static void logRecovery(Recovery recovery) {
        for (Recovery.Quarantined damaged : recovery.quarantined()) {
            LOG.error("{} is damaged and was moved to {}: {}", damaged.file(), damaged.location(), damaged.reason());
        }
        for (Recovery.Missing missing : recovery.missing()) {
            LOG.warn("{} of the stream \"{}\" is missing.", missing.file(), missing.stream());
        }
        for (Recovery.Unnamed unnamed : recovery.unnamed()) {
            LOG.warn(
                    "{} was committed, but cannot be given its name: {}. It stays readable in .rivulet until a later"
                            + " save supersedes it. Rename what is in its way, or choose another filename.",
                    unnamed.file(),
                    unnamed.reason());
        }
        if (!recovery.rolledForward().isEmpty()) {
            LOG.info("Completed the commits of an earlier run: groups {}.", recovery.rolledForward());
        }
    }

    private static void warnOfMissingState(OptimizerStep optimizer, StreamGraph graph) {
        if (optimizer.stateful().isEmpty() && graph.streams().stream().anyMatch(CheckpointCodecs::isResumable)) {
            LOG.warn(
                    "Training cannot resume from the checkpoints of this run, whose optimizer is {}. {}",
                    optimizer.optimizerName(),
                    TrainingStateMapper.STATE_REMEDY);
        }
    }

    private static void reserve(SnapshotPool snapshots, int maxPendingSaves) {
        try {
            snapshots.reserve();
        } catch (OutOfMemoryError e) {
            String less = maxPendingSaves == 0 ? "" : "; or use a single copy: Trainer.builder().maxPendingSaves(0)";
            throw new FitException(
                    "Not enough memory for the copies of the weights from which checkpoints are written: "
                            + FailureReason.message(e)
                            + ". Raise the limit of direct memory, by default the size of the heap:"
                            + " -XX:MaxDirectMemorySize=… on Java's command line" + less + ".",
                    e);
        }
    }

    /** Restores the decision state that another run saved, by stream. */
    public void resume(Map<String, DecisionState> decisions) {
        for (StreamSaver stream : streams) {
            Optional.ofNullable(decisions.get(stream.name())).ifPresent(stream::resume);
        }
    }

    @Override
    public void onTrainStart() {
        streams.forEach(stream -> stream.start(run.view()));
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        collectOutcomes();
        saveDueStreams(Phase.TRAINING, ModelCheckpoint::onTrainBatchEnd);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        collectOutcomes();
        saveDueStreams(Phase.TRAINING, ModelCheckpoint::onTrainEpochEnd);
        requireMetrics();
    }

    @Override
    public void onValidationEnd() throws Exception {
        collectOutcomes();
        saveDueStreams(Phase.VALIDATION, ModelCheckpoint::onValidationEnd);
    }

    @Override
    public void onTrainEnd() throws Exception {
        trainingEnded = true;
        collectOutcomes();
        saveDueStreams(Phase.TRAIN_END, ModelCheckpoint::onTrainEnd);
        scheduler.ifPresent(SaveScheduler::await);
        collectOutcomes();
    }

    @Override
    public void onFitEnd() throws Exception {
        if (!trainingEnded && run.view().globalStep() > 0) { // The run had stopped after its last step.
            onTrainEnd();
        }
        scheduler.ifPresent(saves -> saves.endTraining(run.view().now()));
        streams.forEach(stream -> stream.explainUnsaved(run.view()));
    }

    /** Waits for earlier saves first: a step that they save needs no exception checkpoint. */
    @Override
    public void onException(Throwable exception) throws Exception {
        scheduler.ifPresent(SaveScheduler::await);
        try {
            collectOutcomes();
        } catch (Throwable failed) {
            exception.addSuppressed(failed);
        }
        saveDueStreams(Phase.EXCEPTION, ModelCheckpoint::onException);
        scheduler.ifPresent(SaveScheduler::await);
        collectOutcomes();
    }

    /** The result of each stream, sources first. */
    public Map<String, StreamResult> results() {
        Map<String, StreamResult> results = new LinkedHashMap<>();
        for (StreamSaver stream : streams) {
            stream.missingMetric(run.view()).ifPresent(missing -> note(stream, new MissingMetricException(missing)));
            results.put(stream.name(), stream.result());
        }
        return results;
    }

    /** The cost of saving so far. */
    public SaveStatistics statistics() {
        return scheduler.map(SaveScheduler::statistics).orElseGet(() -> new SaveMetrics().statistics());
    }

    private void saveDueStreams(Phase phase, StreamSaver.Decision decision) throws Exception {
        try {
            decideAndSave(phase, decision);
        } finally {
            scheduler.ifPresent(SaveScheduler::endStep);
        }
    }

    private void decideAndSave(Phase phase, StreamSaver.Decision decision) throws Exception {
        LoopView view = run.view();
        view.setPhase(phase);
        List<PendingSave> due = List.of();
        Throwables undecided = new Throwables();
        for (StreamSaver stream : streams) {
            try {
                Optional<SavePlan> plan = stream.decide(decision, view);
                if (plan.isPresent()) {
                    due = due.isEmpty() ? new ArrayList<>() : due;
                    due.add(new PendingSave(stream, plan.get()));
                }
            } catch (MissingMetricException e) {
                // The other streams are saved first.
                note(stream, e).ifPresent(undecided::add);
            } catch (FitException e) {
                undecided.add(e);
            }
        }
        if (!due.isEmpty()) {
            scheduler.orElseThrow().save(due, view.now());
            Throwables failed = noteOutcomes();
            undecided.first().ifPresent(failed::add);
            failed.throwFirst();
        }
        undecided.throwFirst();
    }

    private void requireMetrics() throws Exception {
        Throwables missing = new Throwables();
        for (StreamSaver stream : streams) {
            try {
                stream.requireMetric(run.view());
            } catch (MissingMetricException e) {
                note(stream, e).ifPresent(missing::add);
            }
        }
        missing.throwFirst();
    }

    private Optional<MissingMetricException> note(StreamSaver stream, MissingMetricException missing) {
        return failures.note(stream, run.view().now(), missing);
    }

    /** Collects the outcomes of saves, and throws if one of them ends the run. */
    private void collectOutcomes() throws Exception {
        noteOutcomes().throwFirst();
    }

    /** A failed save does not hide what a hook throws for another checkpoint, nor the other way round. */
    private Throwables noteOutcomes() {
        List<SaveOutcome> outcomes = new ArrayList<>();
        for (Optional<SaveOutcome> next = nextOutcome(); next.isPresent(); next = nextOutcome()) {
            outcomes.add(next.get());
        }
        Throwables thrown = new Throwables();
        outcomes.forEach(outcome -> failures.note(outcome, thrown));
        for (SaveOutcome outcome : outcomes) {
            outcome.committed().forEach(checkpoint -> notify(checkpoint, thrown));
            scheduler.orElseThrow().reported(outcome);
        }
        return thrown;
    }

    private void notify(CommittedCheckpoint checkpoint, Throwables thrown) {
        try {
            String who = "An onCheckpointCommitted hook, called for " + checkpoint.path() + ",";
            UserThread.nested(
                    who,
                    () -> run.slowCalls().watch(who, () -> {
                        run.hooks().onCheckpointCommitted(checkpoint);
                        return checkpoint;
                    }));
        } catch (Throwable e) {
            thrown.add(e);
        }
    }

    private Optional<SaveOutcome> nextOutcome() {
        return scheduler.flatMap(SaveScheduler::nextOutcome);
    }

    @Override
    public void close() {
        if (scheduler.isPresent()) {
            scheduler.get().close();
        }
    }
}
