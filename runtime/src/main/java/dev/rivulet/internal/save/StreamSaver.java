package dev.rivulet.internal.save;

import dev.rivulet.annotations.OnFailure;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.retention.DueSaves;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.retention.ModelCheckpoint;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.retention.SavePlan;
import dev.rivulet.internal.retention.ScoreOrder;
import dev.rivulet.internal.retention.StreamDirectory;
import dev.rivulet.internal.retention.TrainerView;
import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves one stream: decides on the training thread; writes files and updates the retention state on the writer thread.
 * Both hold the lock of the {@link FileOwnership}, which all streams of the run share.
 */
final class StreamSaver {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSaver.class);

    private final StreamDeclaration declaration;
    private final CheckpointCodec codec;
    private final CheckpointDirectory directory;
    private final FileOwnership ownership;
    private final String folder;
    private final ModelCheckpoint decisions;
    private final RetentionIndex index;
    private final Set<String> orphans = new LinkedHashSet<>();
    private final List<StreamFailure> failures = new ArrayList<>();
    private Optional<SavePlan> open = Optional.empty();
    private boolean warnedOfMetric;

    StreamSaver(
            StreamDeclaration declaration,
            CheckpointCodec codec,
            CheckpointDirectory directory,
            FileOwnership ownership,
            Predicate<StreamSaver> condition,
            RunLineage lineage) {
        this.declaration = declaration;
        this.codec = codec;
        this.directory = directory;
        this.ownership = ownership;
        this.folder = declaration.policy().naming().folder();
        this.index = new RetentionIndex(folder, depths(declaration));
        RetentionSnapshot.Restored restored = lineage.restore(name(), directory, folder, index);
        restored.retained().fileNames().forEach(file -> ownership.acquire(folder + file, name()));
        index.rolledBack().forEach(file -> ownership.acquire(folder + file, name()));
        this.decisions = new ModelCheckpoint(
                declaration.name(),
                declaration.policy(),
                new Names(),
                at -> ownership.unlocked(() -> condition.test(this)),
                restored);
    }

    private static Set<Long> depths(StreamDeclaration declaration) {
        StreamPolicy policy = declaration.policy();
        return Stream.of(policy.filenameOf(declaration.name()), policy.lastTemplate(), policy.bestTemplate())
                .map(template -> RetentionIndex.depth(template.format(MetricValues.of(Map.of()))))
                .collect(Collectors.toSet());
    }

    String name() {
        return declaration.name();
    }

    /** The format of this stream's files. */
    CheckpointCodec codec() {
        return codec;
    }

    /** Logs a saved checkpoint if the policy is verbose. */
    void logSaved(CommittedCheckpoint saved) {
        if (declaration.policy().verbose()) {
            LOG.info("The stream \"{}\" saved {}, {} bytes.", name(), saved.path(), saved.byteCount());
        }
    }

    /** Whether training can resume from this stream's checkpoints. */
    boolean isResumable() {
        return codec.isResumable(declaration);
    }

    /** Whether training continues although the stream monitors what is never logged: a mistake in its policy. */
    boolean toleratesMissingMetric() {
        return declaration.policy().onFailure() == OnFailure.CONTINUE;
    }

    /** Whether training continues when a save of this stream fails. */
    boolean toleratesFailure() {
        boolean derived = declaration.transform().isPresent();
        return !declaration.policy().onFailure().stopsTraining(derived);
    }

    /** Asks a stream at a hook whether a save is due. */
    interface Decision extends BiFunction<ModelCheckpoint, TrainerView, Optional<SavePlan>> {}

    /** What determines the next save, apart from the retention state. */
    DecisionState decisionState(long globalStep) {
        return ownership.locked(() -> decisions.decisionState(globalStep));
    }

    /** Restores the decision state of another run. */
    void resume(DecisionState state) {
        if (decisions.resume(state)) {
            LOG.warn(
                    "The stream \"{}\" was ranked by {} and is now ranked by {}: ranking starts fresh, and the"
                            + " checkpoints that were ranked before stay in {} until you delete them.",
                    name(),
                    state.criterion().orElseThrow(),
                    decisions.criterion().orElseThrow(),
                    directory.root().resolve(folder));
            index.keep(decisions.retained());
        }
    }

    /** Starts the clock of a time trigger, and warns if no save can be due. */
    void start(LoopView view) {
        decisions.onTrainStart(view);
        decisions
                .dueSaves()
                .obstacle(view, view.limits().maxEpochs(), view.limits().maxSteps())
                .ifPresent(obstacle -> LOG.warn("The stream \"{}\" will not save: {}.", name(), obstacle));
    }

    /**
     * Decides whether a save is due. The caller hands the plan over or aborts it; if its thread called
     * {@code System.exit} before, another thread gets the same plan.
     */
    Optional<SavePlan> decide(Decision decision, TrainerView view) {
        return ownership.locked(() -> {
            if (open.isPresent()) {
                return open;
            }
            Optional<SavePlan> plan = decision.apply(decisions, view);
            warnOfMissingMetric(view);
            // The next stream's plan then takes other names. A file of another stream is refused when it is written.
            plan.ifPresent(made -> made.names().stream()
                    .map(name -> folder + name)
                    .filter(file -> !ownership.isOwned(file))
                    .forEach(file -> ownership.acquire(file, name())));
            open = plan;
            return plan;
        });
    }

    /** Notes that the writer carries out a plan or aborts it. */
    void handOver(SavePlan plan) {
        ownership.change(() -> open = open.filter(other -> !other.equals(plan)));
    }

    /** Warns once that a save was due whose metric no validation will log. */
    private void warnOfMissingMetric(TrainerView view) {
        if (!warnedOfMetric && !view.validates() && decisions.dueSaves().metricIsMissing()) {
            warnedOfMetric = true;
            LOG.warn("A save is due but not made yet. {}", decisions.dueSaves().missingMetric(view));
        }
    }

    /** Throws a MissingMetricException at the end of an epoch if the metric of due saves is still missing. */
    void requireMetric(TrainerView view) {
        ownership.change(() -> decisions.dueSaves().requireMetric(view));
    }

    /** Says that the metric of due saves is missing, at the end of a fit in which it might have been logged. */
    Optional<String> missingMetric(TrainerView view) {
        DueSaves due = decisions.dueSaves();
        return ownership.locked(() -> due.metricIsMissing() ? Optional.of(due.missingMetric(view)) : Optional.empty());
    }

    /** Logs, at the end of a fit, why it has saved nothing. */
    void explainUnsaved(TrainerView view) {
        Optional<String> reason = ownership.locked(() -> decisions.dueSaves().explanation(view));
        if (reason.isPresent() && result().kept().isEmpty()) {
            LOG.warn("The stream \"{}\" has saved nothing: {}.", name(), reason.get());
        } else if (reason.isPresent()) {
            LOG.info("The stream \"{}\" has saved nothing new: {}.", name(), reason.get());
        }
    }

    void note(StreamFailure failure) {
        failures.add(failure);
    }

    /**
     * A written file whose group has not committed yet.
     *
     * @param checkpoint the file's description
     */
    record Written(StreamSaver saver, SavePlan plan, Checkpoint checkpoint, Blob blob) {

        StoredCheckpoint stored() {
            return new StoredCheckpoint(
                    saver.name(),
                    blob,
                    plan.checkpoint().map(KeptCheckpoint::score).orElse(OptionalDouble.empty()),
                    StoredCheckpoint.Derivation.of(checkpoint.provenance()),
                    saver.declaration.transform().isEmpty() && !saver.isResumable());
        }

        /** Pointers to this or an earlier file, valid once the group has committed. */
        List<Manifest.Pointer> pointers() {
            List<Manifest.Pointer> pointers = new ArrayList<>();
            String folder = saver.folder;
            if (plan.checkpoint().isPresent() && plan.last().isPresent()) {
                pointers.add(new Manifest.Pointer(
                        folder + plan.last().get().name(),
                        blob.file(),
                        plan.last().get().target().isPresent()));
            }
            plan.best()
                    .ifPresent(best -> pointers.add(
                            new Manifest.Pointer(folder + best.name(), folder + best.checkpoint(), best.linked())));
            return pointers;
        }

        CommittedCheckpoint committed() {
            return new CommittedCheckpoint(saver.directory.resolve(blob.file()), blob.bytes(), checkpoint);
        }
    }

    /** Writes the file of a plan under a temporary name; it is renamed when the group commits. */
    Written write(SavePlan plan, Checkpoint checkpoint, FileLayout layout, Group group) throws IOException {
        ownership.change(() -> plan.names().forEach(name -> ownership.acquire(folder + name, name())));
        for (String name : plan.names()) {
            directory.requireNameable(folder + name);
        }
        Blob blob = group.write(folder + plan.file(), layout.byteCount(), layout::writeTo);
        return new Written(this, plan, checkpoint, blob);
    }

    /**
     * What the commit of a written file changes for this stream.
     *
     * @param retained what the stream keeps afterwards
     * @param retainedGroups the same, as manifests hold it
     * @param superseded paths of the files to delete
     */
    record Commit(
            Written written, RetentionSnapshot retained, RetainedGroups retainedGroups, List<String> superseded) {}

    /** Computes what a commit will change, without changing anything but the list of orphans. */
    Commit prepareCommit(Written written, long group) {
        return ownership.locked(() -> {
            RetentionSnapshot.CommitEffects effects =
                    decisions.commitEffects(written.plan(), written.blob().bytes());
            // A file that is written again is no longer an orphan.
            written.plan().names().forEach(name -> orphans.remove(folder + name));
            List<String> superseded = new ArrayList<>(orphans);
            Stream.concat(effects.superseded().stream(), index.passed(written.plan()).stream())
                    .forEach(name -> superseded.add(folder + name));
            RetainedGroups retainedGroups = index.after(written.plan(), effects.retained(), group);
            return new Commit(written, effects.retained(), retainedGroups, superseded);
        });
    }

    /** Applies a commit that is durable. */
    void finishCommit(Commit commit, long group) {
        ownership.change(() -> {
            SavePlan plan = commit.written().plan();
            decisions.committed(plan, commit.written().blob().bytes());
            index.commit(plan, commit.retained(), commit.retainedGroups(), group);
            commit.superseded().forEach(file -> ownership.release(file, name()));
            commit.superseded().forEach(orphans::remove);
        });
    }

    /** What this stream keeps, for the manifest of a group to which it contributes no file. */
    RetainedGroups retainedGroups() {
        return ownership.locked(index::current);
    }

    /** Discards a plan that could not be carried out. */
    void abort(SavePlan plan) {
        handOver(plan);
        ownership.change(() -> {
            decisions.failed(plan).forEach(name -> orphans.add(folder + name));
            plan.names().stream()
                    .map(name -> folder + name)
                    .filter(file -> !directory.exists(file))
                    .forEach(file -> ownership.release(file, name()));
        });
    }

    /** Leaves the superseded files of a commit for {@link #deleteOrphans} or a later commit to delete. */
    void hold(Commit commit) {
        ownership.change(() -> orphans.addAll(commit.superseded()));
    }

    /** Paths of the files that a rollback has undone, up to a step, and forgets them; none after a failure. */
    List<String> passRolledBack(long globalStep) {
        return failures.isEmpty()
                ? ownership.locked(() -> index.pass(globalStep).stream()
                        .map(name -> folder + name)
                        .toList())
                : List.of();
    }

    /** Paths of files that the stream no longer keeps and that have not been deleted. */
    List<String> orphans() {
        return ownership.locked(() -> List.copyOf(orphans));
    }

    /** Notes that a group has deleted files. */
    void forgetOrphans(Collection<String> deleted) {
        ownership.change(() -> orphans.removeAll(deleted));
    }

    /** Deletes orphaned files. A file that cannot be deleted only takes disk space. */
    void deleteOrphans() {
        List<String> files = ownership.locked(() -> {
            List<String> all = List.copyOf(orphans);
            orphans.clear();
            return all;
        });
        try {
            directory.requireHeld();
            directory.delete(files);
        } catch (IOException e) {
            LOG.error("The stream \"{}\" could not delete all of {}, which it no longer keeps.", name(), files, e);
        }
    }

    StreamResult result() {
        StreamPolicy policy = declaration.policy();
        RetentionSnapshot retained = ownership.locked(decisions::retained);
        List<KeptCheckpoint> kept = new ArrayList<>(retained.checkpoints());
        if (policy.monitor().isEmpty()) {
            Collections.reverse(kept);
        } else {
            kept.sort(Comparator.comparing(KeptCheckpoint::score, ScoreOrder.bestFirst(policy.mode())));
        }
        return new StreamResult(
                name(),
                kept.stream().map(this::saved).toList(),
                retained.ranking().kthBest().map(this::saved),
                retained.ranking().currentScore(),
                new StreamResult.Pointers(
                        retained.last().map(last -> directory.resolve(folder + last.name())),
                        retained.bestPointer().map(best -> directory.resolve(folder + best.name()))),
                List.copyOf(failures));
    }

    private SavedCheckpoint saved(KeptCheckpoint kept) {
        return new SavedCheckpoint(
                directory.resolve(folder + kept.name()), kept.score(), kept.epoch(), kept.globalStep());
    }

    /** The names in use in the stream's folder. */
    private final class Names implements StreamDirectory {

        @Override
        public String extension() {
            return codec.extension();
        }

        @Override
        public boolean exists(String name) {
            boolean replaceable = index.rolledBack().contains(name) || orphans.contains(folder + name);
            return !replaceable && (directory.exists(folder + name) || ownership.isOwned(folder + name));
        }
    }
}
