package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.checkpoint.StreamResult;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.retention.ModelCheckpoint;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.retention.SavePlan;
import dev.rivulet.internal.retention.ScoreOrder;
import dev.rivulet.internal.retention.StreamDirectory;
import dev.rivulet.internal.retention.TrainerView;
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
import java.nio.file.Files;
import java.util.ArrayList;
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
 * One stream of a run: decisions on the training thread; files, and what is kept of them, on the writer's. The claims on
 * files, which all streams share, are the lock of both.
 */
final class StreamSaver {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSaver.class);

    private final StreamDeclaration declaration;
    private final CheckpointDirectory directory;
    private final FileOwnership ownership;
    private final String folder;
    private final ModelCheckpoint decisions;
    private final RetentionIndex index;
    private final Set<String> orphans = new LinkedHashSet<>();
    private final List<StreamFailure> failures = new ArrayList<>();

    StreamSaver(
            StreamDeclaration declaration,
            CheckpointDirectory directory,
            FileOwnership ownership,
            Predicate<StreamSaver> condition,
            RunLineage lineage) {
        this.declaration = declaration;
        this.directory = directory;
        this.ownership = ownership;
        this.folder =
                declaration.policy().naming().dirpath().map(path -> path + "/").orElse("");
        this.index = new RetentionIndex(folder, depths(declaration));
        RetentionSnapshot.Restored restored =
                lineage.restore(name(), directory.root().resolve(folder), index, directory::exists);
        restored.retained().fileNames().forEach(file -> ownership.acquire(folder + file, name()));
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

    /** Says what was saved, where the policy asks for it. */
    void logSaved(CommittedCheckpoint saved) {
        if (declaration.policy().verbose()) {
            LOG.info("The stream \"{}\" saved {}, {} bytes.", name(), saved.path(), saved.byteCount());
        }
    }

    /** Whether a run can resume from this stream's checkpoints. */
    boolean isResumable() {
        return CheckpointCodecs.isResumable(declaration);
    }

    /** Whether training continues when a save of this stream fails. */
    boolean toleratesFailure() {
        boolean derived = declaration.transform().isPresent();
        return !declaration.policy().onFailure().stopsTraining(derived);
    }

    /** Asks a stream at a hook. */
    interface Decision extends BiFunction<ModelCheckpoint, TrainerView, Optional<SavePlan>> {}

    /** What decides on the next save, apart from what is kept. */
    DecisionState decisionState(long globalStep) {
        return ownership.locked(() -> decisions.decisionState(globalStep));
    }

    /** Resumes from the decisions of another run. */
    void resume(DecisionState state) {
        decisions.resume(state);
    }

    /** Starts the clock of a time trigger. */
    void start(TrainerView view) {
        decisions.onTrainStart(view);
    }

    /** Whether something is due; a plan is carried out by the writer or aborted. */
    Optional<SavePlan> decide(Decision decision, TrainerView view) {
        return ownership.locked(() -> {
            Optional<SavePlan> plan = decision.apply(decisions, view);
            // So that the next stream's plan takes other names. What another one owns, writing it refuses.
            plan.ifPresent(made -> made.names().stream()
                    .map(name -> folder + name)
                    .filter(file -> !ownership.isOwned(file))
                    .forEach(file -> ownership.acquire(file, name())));
            return plan;
        });
    }

    /** The monitored metric, if a due save went without it because it was not logged yet. */
    Optional<String> missingMetric() {
        return decisions.missingMetric();
    }

    void note(StreamFailure failure) {
        failures.add(failure);
    }

    /**
     * A file of this stream that waits for its group's commit.
     *
     * @param checkpoint what the file says of itself
     */
    record Written(StreamSaver saver, SavePlan plan, Checkpoint checkpoint, Blob blob) {

        StoredCheckpoint stored() {
            return new StoredCheckpoint(
                    saver.name(),
                    blob,
                    plan.checkpoint().map(KeptCheckpoint::score).orElse(OptionalDouble.empty()),
                    checkpoint
                            .provenance()
                            .derivation()
                            .map(from -> new StoredCheckpoint.Derivation(
                                    from.transform(),
                                    from.source(),
                                    from.sourceDigest().orElseThrow())));
        }

        /** What names this or an earlier file, once the group has committed. */
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

    /** Writes the file of a plan, which gets its name when the group commits. */
    Written write(SavePlan plan, Checkpoint checkpoint, FileLayout layout, Group group) throws IOException {
        ownership.change(() -> plan.names().forEach(name -> ownership.acquire(folder + name, name())));
        for (String name : plan.names()) {
            directory.refuseFolder(folder + name);
        }
        Blob blob = group.write(folder + plan.file(), layout.byteCount(), layout::writeTo);
        return new Written(this, plan, checkpoint, blob);
    }

    /**
     * What the commit of a written file changes for this stream.
     *
     * @param retained what it keeps after it
     * @param index the same as manifests have it
     * @param superseded paths of files to delete
     */
    record Commit(
            Written written, RetentionSnapshot retained, RetainedGroups retainedGroups, List<String> superseded) {}

    /** Looks ahead to a commit. */
    Commit prepareCommit(Written written, long group) {
        return ownership.locked(() -> {
            RetentionSnapshot.CommitEffects effects =
                    decisions.commitEffects(written.plan(), written.blob().bytes());
            // What is written again is not orphaned any more.
            written.plan().names().forEach(name -> orphans.remove(folder + name));
            List<String> superseded = new ArrayList<>(orphans);
            effects.superseded().forEach(name -> superseded.add(folder + name));
            RetainedGroups retainedGroups = index.after(written.plan(), effects.retained(), group);
            return new Commit(written, effects.retained(), retainedGroups, superseded);
        });
    }

    /** Records a commit. */
    void finishCommit(Commit commit, long group) {
        ownership.change(() -> {
            SavePlan plan = commit.written().plan();
            decisions.committed(plan, commit.written().blob().bytes());
            index.commit(plan, commit.retained(), commit.retainedGroups(), group);
            commit.superseded().forEach(file -> ownership.release(file, name()));
            commit.superseded().forEach(orphans::remove);
        });
    }

    /** What this stream keeps, as the manifest of a group says in which it has no part. */
    RetainedGroups retainedGroups() {
        return ownership.locked(index::current);
    }

    /** Forgets a plan that could not be carried out. */
    void abort(SavePlan plan) {
        ownership.change(() -> {
            decisions.failed(plan).forEach(name -> orphans.add(folder + name));
            plan.names().stream()
                    .map(name -> folder + name)
                    .filter(file -> !directory.exists(file))
                    .forEach(file -> ownership.release(file, name()));
        });
    }

    /** Deletes, when a run ends, what no later group will. One that stays does no harm but to the disk's room. */
    void deleteOrphans() {
        for (String file : orphans) {
            try {
                Files.deleteIfExists(directory.resolve(file));
            } catch (IOException e) {
                LOG.error("The stream \"{}\" could not delete {}, which it no longer keeps.", name(), file, e);
            }
        }
        orphans.clear();
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

    /** What is taken in the stream's folder. */
    private final class Names implements StreamDirectory {

        @Override
        public String extension() {
            return CheckpointCodecs.of(declaration).extension();
        }

        @Override
        public boolean exists(String name) {
            return directory.exists(folder + name) || ownership.isOwned(folder + name);
        }
    }
}
