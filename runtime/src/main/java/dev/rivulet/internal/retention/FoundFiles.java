package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.Provenance.Progress;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Determines what a stream keeps from its files alone, when the record of it is lost: what each file is, by the
 * stream's templates, and which of them the policy keeps. Immutable.
 */
public final class FoundFiles {
    private final StreamPolicy policy;
    private final CheckpointNames names;

    /**
     * The files of a stream.
     *
     * @param extension extension of its files
     */
    public FoundFiles(String stream, StreamPolicy policy, String extension) {
        this.policy = policy;
        this.names = new CheckpointNames(stream, policy, extension);
    }

    /** What a file is to its stream. */
    public enum Kind {
        /** A checkpoint under its own name. */
        CHECKPOINT,
        /** The pointer {@code last}. */
        LAST,
        /** The pointer {@code best}. */
        BEST
    }

    /**
     * What a file is.
     *
     * @param name its name in the stream's folder
     * @param progress the progress that it states
     * @return empty if the stream would not give it this name
     */
    public Optional<Kind> kind(String name, Progress progress) {
        return List.of(Kind.values()).stream()
                .filter(this::isUsed)
                .filter(kind -> names.gives(kind, values(progress), name))
                .findFirst();
    }

    /** The name of a pointer to a checkpoint of this progress; empty if the stream does not have the pointer. */
    public Optional<String> pointer(Kind kind, Progress progress) {
        return isUsed(kind) ? Optional.of(names.unversioned(kind, values(progress))) : Optional.empty();
    }

    private boolean isUsed(Kind kind) {
        return switch (kind) {
            case CHECKPOINT -> policy.keepsCheckpoints();
            case LAST -> policy.saveLast() != SaveLast.OFF;
            case BEST -> policy.saveBest() != SaveBest.OFF;
        };
    }

    private static MetricValues values(Progress progress) {
        Map<String, Number> values = new HashMap<>(progress.metrics());
        values.compute(
                FilenameTemplate.EPOCH, (name, logged) -> logged == null ? progress.epoch() : logged.longValue());
        values.compute(
                FilenameTemplate.STEP, (name, logged) -> logged == null ? progress.globalStep() : logged.longValue());
        return MetricValues.of(values);
    }

    /** A checkpoint as the stream would rank it. */
    public KeptCheckpoint checkpoint(String name, Progress progress, long bytes) {
        MetricValues values = values(progress);
        TopK ranking = TopK.of(policy, List.of());
        OptionalDouble score = policy.monitor().filter(values::has).stream()
                .mapToDouble(monitor -> ranking.stored(values.get(monitor)))
                .findAny();
        return new KeptCheckpoint(name, score, progress.epoch(), progress.globalStep(), bytes);
    }

    /**
     * What the policy keeps. If every n-th is kept, that is all of them, because it is not known any more which.
     *
     * @param checkpoints those that exist, in the order of their saves
     */
    public RetentionSnapshot.Kept kept(List<KeptCheckpoint> checkpoints) {
        Retention retention = Retention.of(policy, RetentionSnapshot.EMPTY);
        boolean permanent = policy.keepEveryNth() > 0;
        checkpoints.stream()
                .filter(found ->
                        permanent || policy.keepLast() > 0 || retention.topK().admits(found.score()))
                .forEach(found -> retention.put(found, permanent, evicted -> {}));
        return new RetentionSnapshot.Kept(
                retention.topK().kept(), List.copyOf(retention.newest()), List.copyOf(retention.everyNth()));
    }
}
