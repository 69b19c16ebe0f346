package dev.rivulet.internal.save;

import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.registry.RuntimeVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a run adopts from its directory: everything that the run kept whose checkpoint it resumes from, as it was when
 * that checkpoint was saved. A run that starts fresh, or resumes from another directory, does not touch what earlier
 * runs kept. Immutable.
 *
 * @param run identifies the run in manifests
 * @param catalog the groups of the directory
 * @param adopted what is adopted, by stream
 * @param globalStep the step from which training resumes
 * @param source the file from which training resumes, which is kept; empty unless the user named it
 */
public record RunLineage(
        UUID run,
        Optional<Catalog> catalog,
        Map<String, RetainedGroups> adopted,
        long globalStep,
        Optional<Path> source) {

    /** The lineage of a run that starts fresh. */
    public static RunLineage none() {
        return new RunLineage(UUID.randomUUID(), Optional.empty(), Map.of(), 0, Optional.empty());
    }

    /** The lineage of a run that resumes from a file outside the directory. */
    public static RunLineage ofExternal(long globalStep) {
        return new RunLineage(UUID.randomUUID(), Optional.empty(), Map.of(), globalStep, Optional.empty());
    }

    /**
     * The lineage of a run that resumes in its directory.
     *
     * @param catalog the groups of the directory
     * @param run the run that is resumed; empty if it is unknown
     * @param source the file from which training resumes, if it is to be kept
     */
    public static RunLineage of(Catalog catalog, Optional<UUID> run, Optional<Path> source, long globalStep) {
        Map<String, RetainedGroups> adopted =
                run.flatMap(catalog::newest).map(Manifest::retained).orElse(Map.of());
        return new RunLineage(run.orElseGet(UUID::randomUUID), Optional.of(catalog), adopted, globalStep, source);
    }

    /**
     * The lineage of a run that starts from the beginning, because the newest run in its directory ended before its
     * first checkpoint from which training could resume: the same run, whose files it replaces one by one.
     */
    public static RunLineage restarted(CheckpointDirectory directory) throws IOException {
        Optional<UUID> run =
                directory.catalog().newest().map(manifest -> manifest.origin().run());
        if (run.isEmpty()) {
            return none();
        }
        directory.rollBack(run.get(), OptionalLong.empty(), RuntimeVersion.current());
        return of(directory.catalog(), run, Optional.empty(), 0);
    }

    /** The origin of a group that the run commits now. */
    Manifest.Origin origin(SaveContext context) {
        return new Manifest.Origin(
                run, Instant.now(), context.epoch(), context.globalStep(), RuntimeVersion.current(), context.metrics());
    }

    /**
     * What a stream adopts.
     *
     * @param directory the run's directory
     * @param folder the stream's folder in it, empty or ending with {@code /}
     * @param index the index of the stream, which has saved nothing yet; filled by this
     */
    RetentionSnapshot.Restored restore(
            String stream, CheckpointDirectory directory, String folder, RetentionIndex index) {
        RetainedGroups known = adopted.get(stream);
        RetentionSnapshot retained = catalog.isPresent() && known != null
                ? index.adopt(catalog.get(), stream, known, directory::exists)
                : RetentionSnapshot.EMPTY;
        Optional<String> kept = nameIn(directory.root(), folder);
        index.keepSource(kept);
        return new RetentionSnapshot.Restored(retained, globalStep, kept);
    }

    private Optional<String> nameIn(Path root, String folder) {
        return source.filter(file -> file.startsWith(root))
                .map(file -> DirectoryInventory.relative(root, file))
                .filter(name -> name.startsWith(folder))
                .map(name -> name.substring(folder.length()));
    }
}
