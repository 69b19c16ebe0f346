package dev.rivulet.internal.save;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.retention.DueSaves;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.snapshot.SnapshotPool;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.state.TrainingStateMapper;
import dev.rivulet.internal.store.FileNameCheck;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.StreamDeclaration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one checkpoint of each stream at the end of the epoch of a dry run, all but its file: calls conditions, hooks
 * and transforms, chooses the name and lays out the content. Everything that fails is reported, whatever the policy of
 * its stream. For the training thread.
 */
public final class DryRun implements ModelHooks {
    private static final Logger LOG = LoggerFactory.getLogger(DryRun.class);

    private final SavedRun run;
    private final DeclaredStreams registries;
    private final StreamGraph graph;
    private final Path directory;
    private final DeterminismCheck determinism;
    private final Throwables failures = new Throwables();

    /**
     * A dry run of the streams.
     *
     * @param directory would receive the files; need not exist
     */
    public DryRun(
            SavedRun run, DeclaredStreams registries, StreamGraph graph, Path directory, DeterminismCheck determinism) {
        this.run = run;
        this.registries = registries;
        this.graph = graph;
        this.directory = directory;
        this.determinism = determinism;
    }

    /**
     * Makes the checkpoints.
     *
     * @throws MissingMetricException if the first failure is that a monitored metric has not been logged
     * @throws FitException if it is another one; the others are suppressed in it
     */
    @Override
    public void onTrainEpochEnd() throws Exception {
        TrainingComponents parts = run.components();
        parts.network().requireSameArrays();
        try (VerifiedTransforms transforms = new VerifiedTransforms(graph, registries, determinism, run.slowCalls());
                Snapshot snapshot = new SnapshotPool(parts.network().arrays(), parts.arrays(), 1).take();
                SaveRequest request = new SaveRequest(
                        transforms,
                        parts.network(),
                        context(),
                        snapshot,
                        Optional.of(TrainingStateMapper.capture(parts, snapshot, Map.of())))) {
            makeCheckpoints(snapshot, request);
        }
        failures.throwFirst();
    }

    private void makeCheckpoints(Snapshot snapshot, SaveRequest request) {
        List<StreamDeclaration> saving =
                graph.streams().stream().filter(DryRun::saves).toList();
        passing(saving, this::requireMetric);
        passing(saving, this::requireNameable);
        List<StreamDeclaration> due = passing(saving, stream -> isAllowed(stream, snapshot));
        List<StreamDeclaration> prepared = passing(due, stream -> {
            request.prepare(stream.name());
            return true;
        });
        List<StreamDeclaration> complete =
                run.hooks().addEntries() ? passing(prepared, stream -> callHooks(stream, request)) : prepared;
        request.seal();
        request.handOver();
        passing(complete, stream -> {
            request.contents(stream.name(), CheckpointCodecs.of(stream));
            return true;
        });
    }

    private static boolean saves(StreamDeclaration stream) {
        StreamPolicy policy = stream.policy();
        return DueSaves.areAskedFor(policy)
                || policy.saveLast() != SaveLast.OFF
                || policy.schedule().saveOnException();
    }

    /** A step on the way of a save. */
    private interface Step {
        /** Whether the stream is saved as far as this step is concerned. */
        boolean passes(StreamDeclaration stream) throws Exception;
    }

    /** The streams that pass a step. The failure of one does not hide those of others. */
    private List<StreamDeclaration> passing(Collection<StreamDeclaration> streams, Step step) {
        List<StreamDeclaration> passing = new ArrayList<>();
        for (StreamDeclaration stream : streams) {
            try {
                if (step.passes(stream)) {
                    passing.add(stream);
                }
            } catch (MissingMetricException e) {
                failures.add(e);
            } catch (Throwable e) {
                SaveContext at = context();
                failures.add(new FitException(
                        "The dry run found a checkpoint that cannot be saved: "
                                + new StreamFailure(stream.name(), at.epoch(), at.globalStep(), e),
                        e));
            }
        }
        return passing;
    }

    private boolean requireMetric(StreamDeclaration stream) {
        DueSaves.requireMetric(stream.name(), stream.policy(), run.view());
        return true;
    }

    private boolean requireNameable(StreamDeclaration stream) throws Exception {
        StreamPolicy policy = stream.policy();
        CheckpointCodec codec = CheckpointCodecs.of(stream);
        String folder = policy.naming().folder();
        FileNameCheck.requireNameable(
                directory, folder + DueSaves.fileName(stream.name(), policy, run.view()) + codec.extension());
        return true;
    }

    private boolean isAllowed(StreamDeclaration stream, Snapshot snapshot) throws Exception {
        boolean isAllowed = SaveConditions.evaluate(run, registries, stream.name(), context(), snapshot);
        if (!isAllowed) {
            LOG.info("The dry run makes no checkpoint of the stream \"{}\": its condition refuses.", stream.name());
        }
        return isAllowed;
    }

    private boolean callHooks(StreamDeclaration stream, SaveRequest request) throws Exception {
        request.callHooks(stream.name(), run);
        return true;
    }

    private SaveContext context() {
        return run.view().at(Phase.TRAINING);
    }
}
