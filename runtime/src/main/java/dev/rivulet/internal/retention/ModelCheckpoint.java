package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.internal.retention.DueSaves.Result;
import dev.rivulet.internal.retention.SavePlan.Purpose;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Decides on the saves of one stream and holds its retention state, with the semantics of Lightning's
 * {@code ModelCheckpoint}.
 *
 * <pre>{@code
 * Optional<SavePlan> plan = checkpoint.onTrainBatchEnd(view);      // empty: nothing is due
 * …                                                                // write the files of the plan
 * List<String> superseded = checkpoint.committed(plan, bytes);     // or failed(plan); then delete these
 * }</pre>
 *
 * <p>A plan is tentative. Later decisions assume that it will commit; the retention state changes only when it does,
 * which also determines the superseded files to delete. Plans commit in the order in which they were made. Any of them
 * may fail instead at any time, as if it had never been made. The state that decisions use always equals the committed
 * retention state with the pending plans applied in order.
 *
 * <p>{@code last} names the newest due save, even if it is not among the best k. If a validation follows, a due save
 * with a monitor waits and is decided after it. Not thread-safe: the caller holds a lock.
 */
public final class ModelCheckpoint {
    private final StreamPolicy policy;
    private final SaveTrigger.Watch trigger;
    private final StreamDirectory directory;
    private final SaveCondition condition;
    private final CheckpointNames names;
    private final SkippedSaves skipped = new SkippedSaves();
    private final DueSaves dueSaves;
    private final PendingRetention retention;
    private boolean awaitsValidation;

    /** Decides whether a due save is carried out. */
    @FunctionalInterface
    public interface SaveCondition {
        /** Carries out every save. */
        SaveCondition ALWAYS = view -> true;

        /** Whether the save is carried out; called once, before the save is planned or skipped because of its score. */
        boolean allows(TrainerView view);
    }

    /**
     * A stream of a fresh run.
     *
     * @param stream the stream's name
     */
    public ModelCheckpoint(String stream, StreamPolicy policy, StreamDirectory directory) {
        this(stream, policy, directory, SaveCondition.ALWAYS, RetentionSnapshot.Restored.NOTHING);
    }

    /**
     * A stream.
     *
     * @param stream the stream's name
     * @param condition called before a due save is planned, except for exception checkpoints
     * @param restored what the stream kept in an earlier run
     */
    public ModelCheckpoint(
            String stream,
            StreamPolicy policy,
            StreamDirectory directory,
            SaveCondition condition,
            RetentionSnapshot.Restored restored) {
        this.policy = policy;
        this.trigger = policy.trigger().watch();
        this.directory = directory;
        this.condition = condition;
        this.names = new CheckpointNames(stream, policy, directory.extension());
        this.dueSaves = new DueSaves(stream, policy);
        this.retention = new PendingRetention(stream, policy, restored);
    }

    /** The decision state, once all decisions at a hook of this step are made. */
    public DecisionState decisionState(long globalStep) {
        return new DecisionState(
                awaitsValidation,
                skipped.count(),
                skipped.lastStep(),
                retention.tentative().lastStepSaved() == globalStep,
                criterion());
    }

    /** What checkpoints are ranked by; empty without a monitor. */
    public Optional<DecisionState.Criterion> criterion() {
        return policy.monitor().map(monitor -> new DecisionState.Criterion(monitor, policy.mode()));
    }

    /**
     * Restores the decision state of another run, unless the retention state holds a later save of the same step.
     *
     * @return whether ranking starts fresh, because that run ranked its checkpoints by something else
     */
    public boolean resume(DecisionState state) {
        boolean saved = retention.tentative().lastStepSaved() != 0;
        if (!saved || state.saved()) {
            awaitsValidation = state.awaitsValidation();
            skipped.resume(state.skipped(), state.skippedStep());
        }
        boolean changed = state.isRankedOtherwiseThan(criterion());
        if (changed) {
            retention.clearRanking();
        }
        return changed;
    }

    /** Starts the clock of a time trigger. */
    public void onTrainStart(TrainerView view) {
        trigger.start(view);
        dueSaves.start();
    }

    /**
     * Decides after a training batch, before a validation that follows it.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onTrainBatchEnd(TrainerView view) {
        if (!trigger.dueAfterBatch(view)) {
            return Optional.empty();
        }
        boolean isUnjudged = needsMetric() && !hasMetric(view);
        dueSaves.noteMetric(isUnjudged);
        if (needsMetric() && (view.validationRunsNow() || (isUnjudged && policy.keepLast() == 0))) {
            // A decision now would use the metric of an earlier validation, or none, as only keepLast can.
            awaitsValidation = true;
            return leave(Result.UNJUDGED);
        }
        return skips(view) ? Optional.empty() : plan(view);
    }

    /**
     * Decides at the end of a validation, when its metrics are known.
     *
     * @return what to save; empty if nothing
     * @throws MissingMetricException if the save depends on a metric that is not logged
     */
    public Optional<SavePlan> onValidationEnd(TrainerView view) {
        if (skips(view)) {
            return Optional.empty();
        }
        boolean savesHere = !view.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd());
        // A stream that does not save here may monitor a metric that is logged only at the end of the epoch.
        boolean due = (awaitsValidation && (savesHere || policy.keepLast() > 0 || hasMetric(view)))
                || (savesHere && trigger.dueAfterEpoch(view));
        Optional<SavePlan> plan = due ? plan(view) : Optional.empty();
        awaitsValidation = false;
        return plan;
    }

    /**
     * Decides at the end of a training epoch, after its validation.
     *
     * @return what to save; empty if nothing
     * @throws MissingMetricException if the save depends on a metric that is not logged although a validation has run,
     *     or none will
     */
    public Optional<SavePlan> onTrainEpochEnd(TrainerView view) {
        boolean due =
                !skips(view) && view.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd()) && trigger.dueAfterEpoch(view);
        return due ? plan(view) : Optional.empty();
    }

    /**
     * Decides on an exception checkpoint when training ends with an exception. Its name is free, so that no good file
     * is overwritten. Pending plans must be completed first, because a step whose save is pending counts as saved.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onException(TrainerView view) {
        if (!policy.schedule().saveOnException() || skips(view)) {
            return Optional.empty();
        }
        MetricValues metrics = new MonitorCandidates(view);
        String name = names.onException(metrics, this::isTaken);
        OptionalDouble score =
                policy.monitor().filter(metrics::has).isPresent() ? scoreOf(metrics) : OptionalDouble.empty();
        return makePlan(view, Purpose.EXCEPTION, Optional.of(checkpoint(view, name, score)), false);
    }

    /**
     * Decides when training ends: {@code last} is written if nothing was saved in the whole run.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onTrainEnd(TrainerView view) {
        boolean due =
                policy.saveLast() != SaveLast.OFF && !retention.tentative().hasSaved() && !view.fastDevRun();
        if (!due) {
            return Optional.empty();
        }
        return condition.allows(view)
                ? makePlan(view, Purpose.REGULAR, Optional.empty(), false)
                : leave(Result.REFUSED);
    }

    private boolean skips(TrainerView view) {
        return view.fastDevRun()
                || view.sanityChecking()
                || view.globalStep() == retention.tentative().lastStepSaved();
    }

    /** A stream that writes only {@code last} needs no metric. */
    private boolean needsMetric() {
        return policy.monitor().isPresent() && policy.keepsCheckpoints();
    }

    private boolean hasMetric(TrainerView view) {
        return new MonitorCandidates(view).has(policy.monitor().orElseThrow());
    }

    private Optional<SavePlan> plan(TrainerView view) {
        OptionalDouble score = needsMetric() ? scoreNow(view) : OptionalDouble.empty();
        boolean admitted = retention.tentative().retention().topK().admits(score);
        boolean permanent = isNth(view);
        boolean kept = admitted || permanent || policy.keepLast() > 0;
        boolean writes = kept || policy.saveLast() != SaveLast.OFF;
        boolean counts = policy.keepEveryNth() > 0;
        if (!(writes || counts)) {
            return leave(dueSaves.metricIsMissing() ? Result.UNJUDGED : Result.NOT_KEPT);
        }
        if (!condition.allows(view)) {
            return leave(Result.REFUSED);
        }
        if (!writes) {
            skipped.skip(view.globalStep());
            return leave(Result.NOT_KEPT);
        }
        Optional<KeptCheckpoint> checkpoint =
                kept ? Optional.of(checkpoint(view, regularName(view, admitted), score)) : Optional.empty();
        return makePlan(view, Purpose.REGULAR, checkpoint, permanent);
    }

    private OptionalDouble scoreNow(TrainerView view) {
        if (hasMetric(view)) {
            return scoreOf(new MonitorCandidates(view));
        }
        dueSaves.noteMetric(true);
        if (policy.keepLast() == 0) {
            dueSaves.requireMetric(view);
        }
        return OptionalDouble.empty();
    }

    private Optional<SavePlan> leave(Result result) {
        dueSaves.count(result);
        return Optional.empty();
    }

    private OptionalDouble scoreOf(MetricValues metrics) {
        return OptionalDouble.of(retention
                .tentative()
                .retention()
                .topK()
                .stored(metrics.get(policy.monitor().orElseThrow())));
    }

    /** Whether a save now is an n-th one, which is kept permanently. */
    private boolean isNth(TrainerView view) {
        if (policy.keepEveryNth() == 0) {
            return false;
        }
        long before = retention.tentative().saves() + skipped.before(view.globalStep());
        return (before + 1) % policy.keepEveryNth() == 0;
    }

    private String regularName(TrainerView view, boolean admitted) {
        Retention kept = retention.tentative().retention();
        return names.regular(
                new MonitorCandidates(view), kept.replacedNext(admitted), kept::keepsPermanently, this::isTaken);
    }

    private static KeptCheckpoint checkpoint(TrainerView view, String name, OptionalDouble score) {
        return new KeptCheckpoint(name, score, view.epoch(), view.globalStep());
    }

    private boolean isTaken(String name) {
        return directory.exists(name) || retention.pending().stream().anyMatch(plan -> plan.writes(name));
    }

    private Optional<SavePlan> makePlan(
            TrainerView view, Purpose purpose, Optional<KeptCheckpoint> checkpoint, boolean permanent) {
        Optional<LastCheckpoint> last = policy.saveLast() == SaveLast.OFF
                ? Optional.empty()
                : Optional.of(last(view, checkpoint.map(KeptCheckpoint::name)));
        SavePlan plan = new SavePlan(
                purpose,
                new SavePlan.Files(checkpoint, last, Optional.empty()),
                permanent,
                purpose == Purpose.REGULAR ? skipped.take(view.globalStep()) : 0,
                view.epoch(),
                view.globalStep());
        retention.tentative().apply(plan, 0);
        if (policy.saveBest() != SaveBest.OFF && purpose == Purpose.REGULAR) {
            plan = movingBest(view, plan);
        }
        retention.add(plan);
        return Optional.of(plan);
    }

    /** The plan, which is already applied, with {@code best} moved if it lags behind. */
    private SavePlan movingBest(TrainerView view, SavePlan plan) {
        // A file of a pending plan may still fail after this plan has committed.
        Optional<KeptCheckpoint> best = retention
                .tentative()
                .bestWithoutPointer()
                .filter(kept -> retention.pending().stream()
                        .noneMatch(earlier -> earlier.checkpoint().equals(Optional.of(kept))));
        if (best.isEmpty()) {
            return plan;
        }
        String name = names.best(
                new MonitorCandidates(view),
                retention.tentative().bestPointer().map(BestCheckpoint::name),
                plan::writes,
                this::isTaken);
        BestCheckpoint pointer = new BestCheckpoint(name, best.get().withBytes(0), policy.saveBest() == SaveBest.LINK);
        retention.tentative().pointBest(pointer);
        return plan.withBest(pointer);
    }

    private LastCheckpoint last(TrainerView view, Optional<String> checkpoint) {
        String name = names.last(
                new MonitorCandidates(view),
                retention.tentative().last().map(LastCheckpoint::name),
                checkpoint,
                this::isTaken);
        Optional<String> target = policy.saveLast() == SaveLast.LINK ? checkpoint : Optional.empty();
        return new LastCheckpoint(name, target, view.epoch(), view.globalStep());
    }

    /**
     * Computes what {@link #committed} will change, so that it can be recorded first: a plan is durable only together
     * with the retention state after it.
     *
     * @param bytes as for {@link #committed}
     * @throws IllegalStateException as from {@link #committed}
     */
    public RetentionSnapshot.CommitEffects commitEffects(SavePlan plan, long bytes) {
        return retention.commitEffects(plan, bytes);
    }

    /**
     * Applies a plan whose files are durable.
     *
     * @param bytes size of the written file, for {@code maxTotalBytes}; copies named {@code last} and {@code best} have
     *     the same size
     * @return names of the files to delete, in this order: superseded and no longer needed
     * @throws IllegalStateException if an earlier plan is still pending, or the plan is not
     */
    public List<String> committed(SavePlan plan, long bytes) {
        dueSaves.count(Result.COMMITTED);
        return retention.committed(plan, bytes);
    }

    /**
     * Discards a plan whose files could not be written.
     *
     * @return names of the files to delete: superseded earlier, but kept because the plan would have overwritten them
     * @throws IllegalStateException if the plan is not pending
     */
    public List<String> failed(SavePlan plan) {
        dueSaves.count(Result.FAILED);
        List<String> superseded = retention.failed(plan);
        skipped.restore(plan);
        return superseded;
    }

    /** The retention state as of the last commit. */
    public RetentionSnapshot retained() {
        return retention.committed();
    }

    /** The retention state when all pending plans have committed, which decisions use. */
    RetentionSnapshot expectedRetention() {
        return retention.tentative().snapshot();
    }

    /** Whether a due save waits for the next validation. */
    public boolean awaitsValidation() {
        return awaitsValidation;
    }

    /** What became of the due saves. */
    public DueSaves dueSaves() {
        return dueSaves;
    }
}
