package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.internal.retention.SavePlan.Purpose;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The decisions and books of one stream, with the semantics of Lightning's {@code ModelCheckpoint}.
 *
 * <pre>{@code
 * Optional<SavePlan> plan = checkpoint.onTrainBatchEnd(moment);   // empty: nothing is due
 * …                                                               // write the files of the plan
 * List<String> retired = checkpoint.committed(plan, bytes);       // or failed(plan); then delete these
 * }</pre>
 *
 * <p>A plan is tentative. Later decisions count on it; the books change when it is said to be committed, and then the
 * files that it displaces are named for deletion. Plans commit in the order in which they were made; any of them may
 * fail instead at any time, as if it had never been made. At every moment the state that decisions count on equals the
 * books with the pending plans applied in order.
 *
 * <p>{@code last} names the newest due save, whether or not that is among the best k. A due save with a monitor waits
 * where a validation follows, and is decided after it. Not thread-safe: all calls come from the training thread.
 */
public final class ModelCheckpoint {
    private final String stream;
    private final StreamPolicy policy;
    private final SaveTrigger.Watch trigger;
    private final StreamDirectory directory;
    private final SaveCondition condition;
    private final CheckpointNames names;
    private final SkippedSaves skipped = new SkippedSaves();
    private final PendingRetention books;
    private boolean awaitsValidation;
    private boolean metricMissed;

    /** Decides whether a stream carries out a save that is due. */
    @FunctionalInterface
    public interface SaveCondition {
        /** Carries out every save. */
        SaveCondition ALWAYS = moment -> true;

        /** Whether the save is carried out; asked once, before its plan is made or it is skipped for its score. */
        boolean allows(TrainerView moment);
    }

    /**
     * A stream in a fresh run.
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
     * @param condition asked before a due save is planned; exception checkpoints do not ask
     * @param restored what the stream has kept in an earlier run
     */
    public ModelCheckpoint(
            String stream,
            StreamPolicy policy,
            StreamDirectory directory,
            SaveCondition condition,
            RetentionSnapshot.Restored restored) {
        this.stream = stream;
        this.policy = policy;
        this.trigger = policy.trigger().watch();
        this.directory = directory;
        this.condition = condition;
        this.names = new CheckpointNames(stream, policy, directory.extension());
        this.books = new PendingRetention(stream, policy, restored);
    }

    /** What decides on the next save beside the books, once all is decided at a hook of this step. */
    public DecisionState decisionState(long globalStep) {
        return new DecisionState(
                awaitsValidation,
                skipped.count(),
                skipped.lastStep(),
                books.tentative().lastStepSaved() == globalStep);
    }

    /** Goes on from the decisions of another run, unless the books tell of a later save at the same step. */
    public void resume(DecisionState state) {
        boolean saved = books.tentative().lastStepSaved() != 0;
        if (!saved || state.saved()) {
            awaitsValidation = state.awaitsValidation();
            skipped.resume(state.skipped(), state.skippedStep());
        }
    }

    /** Starts the clock of a time trigger. */
    public void onTrainStart(TrainerView moment) {
        trigger.start(moment);
    }

    /**
     * Decides after a training batch, before a validation that follows it.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onTrainBatchEnd(TrainerView moment) {
        if (!trigger.dueAfterBatch(moment)) {
            return Optional.empty();
        }
        if (needsMetric() && (moment.validationRunsNow() || !hasMetric(moment))) {
            // Deciding now would judge by the metric of an earlier validation, or by none.
            awaitsValidation = true;
            return Optional.empty();
        }
        return skips(moment) ? Optional.empty() : plan(moment);
    }

    /**
     * Decides at the end of a validation, when its metrics are known.
     *
     * @return what to save; empty if nothing
     * @throws MissingMetricException if the save depends on a metric that is not logged
     */
    public Optional<SavePlan> onValidationEnd(TrainerView moment) {
        if (skips(moment)) {
            return Optional.empty();
        }
        boolean savesHere = !moment.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd());
        // A stream that does not save here may watch a metric of the epoch's end, which cannot be there yet.
        boolean due =
                (awaitsValidation && (savesHere || hasMetric(moment))) || (savesHere && trigger.dueAfterEpoch(moment));
        Optional<SavePlan> plan = due ? plan(moment) : Optional.empty();
        awaitsValidation = false;
        return plan;
    }

    /**
     * Decides at the end of a training epoch, after its validation.
     *
     * @return what to save; empty if nothing
     * @throws MissingMetricException if the save depends on a metric that is not logged although a validation has run
     */
    public Optional<SavePlan> onTrainEpochEnd(TrainerView moment) {
        boolean due = !skips(moment)
                && moment.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd())
                && trigger.dueAfterEpoch(moment);
        return due ? plan(moment) : Optional.empty();
    }

    /**
     * Decides on a rescue when training ends with an exception. Its name is free, so that no good file is overwritten.
     * Pending plans are to be settled before: a step whose save is still under way counts as saved.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onException(TrainerView moment) {
        if (!policy.schedule().saveOnException() || skips(moment)) {
            return Optional.empty();
        }
        MetricValues metrics = new MonitorCandidates(moment);
        String name = names.rescue(metrics, this::isTaken);
        OptionalDouble score =
                policy.monitor().filter(metrics::has).isPresent() ? scoreOf(metrics) : OptionalDouble.empty();
        return enter(moment, Purpose.RESCUE, Optional.of(checkpoint(moment, name, score)), false);
    }

    /**
     * Decides when training ends: {@code last} is written if nothing was saved in the whole run.
     *
     * @return what to save; empty if nothing
     */
    public Optional<SavePlan> onTrainEnd(TrainerView moment) {
        boolean due = policy.saveLast() != SaveLast.OFF && !books.tentative().hasSaved() && !moment.fastDevRun();
        return due && condition.allows(moment)
                ? enter(moment, Purpose.REGULAR, Optional.empty(), false)
                : Optional.empty();
    }

    private boolean skips(TrainerView moment) {
        return moment.fastDevRun()
                || moment.sanityChecking()
                || moment.globalStep() == books.tentative().lastStepSaved();
    }

    /** A stream that writes {@code last} alone can do without. */
    private boolean needsMetric() {
        return policy.monitor().isPresent() && policy.keepsCheckpoints();
    }

    private boolean hasMetric(TrainerView moment) {
        return new MonitorCandidates(moment).has(policy.monitor().orElseThrow());
    }

    private Optional<SavePlan> plan(TrainerView moment) {
        OptionalDouble score = needsMetric() ? scoreNow(moment) : OptionalDouble.empty();
        boolean admitted = books.tentative().retention().topK().admits(score);
        boolean keptForEver = isNth(moment);
        boolean kept = admitted || keptForEver || policy.keepLast() > 0;
        boolean writes = kept || policy.saveLast() != SaveLast.OFF;
        boolean counts = policy.keepEveryNth() > 0;
        if (!(writes || counts) || !condition.allows(moment)) {
            return Optional.empty();
        }
        if (!writes) {
            skipped.skip(moment.globalStep());
            return Optional.empty();
        }
        Optional<KeptCheckpoint> checkpoint =
                kept ? Optional.of(checkpoint(moment, regularName(moment, admitted), score)) : Optional.empty();
        return enter(moment, Purpose.REGULAR, checkpoint, keptForEver);
    }

    private OptionalDouble scoreNow(TrainerView moment) {
        if (hasMetric(moment)) {
            return scoreOf(new MonitorCandidates(moment));
        }
        if (moment.validationHasRun()) {
            throw new MissingMetricException(stream, policy.monitor().orElseThrow());
        }
        metricMissed = true;
        return OptionalDouble.empty();
    }

    private OptionalDouble scoreOf(MetricValues metrics) {
        return OptionalDouble.of(books.tentative()
                .retention()
                .topK()
                .stored(metrics.get(policy.monitor().orElseThrow())));
    }

    /** Whether a save at this moment is one of those that are kept for ever. */
    private boolean isNth(TrainerView moment) {
        if (policy.keepEveryNth() == 0) {
            return false;
        }
        long before = books.tentative().saves() + skipped.before(moment.globalStep());
        return (before + 1) % policy.keepEveryNth() == 0;
    }

    private String regularName(TrainerView moment, boolean admitted) {
        Retention retention = books.tentative().retention();
        return names.regular(
                new MonitorCandidates(moment),
                retention.replacedNext(admitted),
                retention::keepsForEver,
                this::isTaken);
    }

    private static KeptCheckpoint checkpoint(TrainerView moment, String name, OptionalDouble score) {
        return new KeptCheckpoint(name, score, moment.epoch(), moment.globalStep());
    }

    private boolean isTaken(String name) {
        return directory.exists(name) || books.pending().stream().anyMatch(plan -> plan.writes(name));
    }

    private Optional<SavePlan> enter(
            TrainerView moment, Purpose purpose, Optional<KeptCheckpoint> checkpoint, boolean keptForEver) {
        Optional<LastCheckpoint> last = policy.saveLast() == SaveLast.OFF
                ? Optional.empty()
                : Optional.of(last(moment, checkpoint.map(KeptCheckpoint::name)));
        SavePlan plan = new SavePlan(
                purpose,
                new SavePlan.Files(checkpoint, last, Optional.empty()),
                keptForEver,
                purpose == Purpose.REGULAR ? skipped.take(moment.globalStep()) : 0,
                moment.epoch(),
                moment.globalStep());
        books.tentative().apply(plan, 0);
        if (policy.saveBest() != SaveBest.OFF && purpose == Purpose.REGULAR) {
            plan = movingBest(moment, plan);
        }
        books.add(plan);
        return Optional.of(plan);
    }

    /** The plan, applied already, with {@code best} moved if it lags behind. */
    private SavePlan movingBest(TrainerView moment, SavePlan plan) {
        // What a pending plan has yet to write may fail after this plan was carried out.
        Optional<KeptCheckpoint> best = books.tentative()
                .bestWithoutPointer()
                .filter(kept -> books.pending().stream()
                        .noneMatch(earlier -> earlier.checkpoint().equals(Optional.of(kept))));
        if (best.isEmpty()) {
            return plan;
        }
        String name = names.best(
                new MonitorCandidates(moment),
                books.tentative().bestPointer().map(BestCheckpoint::name),
                plan::writes,
                this::isTaken);
        BestCheckpoint pointer = new BestCheckpoint(name, best.get().withBytes(0), policy.saveBest() == SaveBest.LINK);
        books.tentative().pointBest(pointer);
        return plan.withBest(pointer);
    }

    private LastCheckpoint last(TrainerView moment, Optional<String> checkpoint) {
        String name = names.last(
                new MonitorCandidates(moment),
                books.tentative().last().map(LastCheckpoint::name),
                checkpoint,
                this::isTaken);
        Optional<String> target = policy.saveLast() == SaveLast.LINK ? checkpoint : Optional.empty();
        return new LastCheckpoint(name, target, moment.epoch(), moment.globalStep());
    }

    /**
     * What {@link #committed} will do, to be written down before it is done: a plan is durable only together with a record
     * of what is kept after it.
     *
     * @param bytes as for {@link #committed}
     * @throws IllegalStateException as from {@link #committed}
     */
    public RetentionSnapshot.CommitEffects commitEffects(SavePlan plan, long bytes) {
        return books.commitEffects(plan, bytes);
    }

    /**
     * Enters a plan in the books, its files being durable.
     *
     * @param bytes size of the file that was written, for {@code maxTotalBytes}; {@code last} and {@code best} have the
     *     same size where they are files of their own
     * @return names of the files to delete, in this order: what it displaced, without what is still needed
     * @throws IllegalStateException if an earlier plan is still pending, or the plan is not
     */
    public List<String> committed(SavePlan plan, long bytes) {
        return books.committed(plan, bytes);
    }

    /**
     * Forgets a plan whose files could not be written.
     *
     * @return names of the files to delete: displaced earlier, and spared because the plan was to overwrite them
     * @throws IllegalStateException if the plan is not pending
     */
    public List<String> failed(SavePlan plan) {
        List<String> retired = books.failed(plan);
        skipped.giveBack(plan);
        return retired;
    }

    /** The books as of the last commit. */
    public RetentionSnapshot books() {
        return books.committed();
    }

    /** The books as they will be when all pending plans have committed: what decisions count on. */
    RetentionSnapshot expectedBooks() {
        return books.tentative().snapshot();
    }

    /** Whether a save is due that waits for the next validation. */
    public boolean awaitsValidation() {
        return awaitsValidation;
    }

    /** The monitored metric, if a due save went without it because it was not logged yet. */
    public Optional<String> missedMetric() {
        return metricMissed ? policy.monitor() : Optional.empty();
    }
}
