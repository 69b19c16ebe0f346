package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What a run adopts of the directory that it saves to: all that the run kept from whose checkpoint it resumes. A run
 * that starts fresh, or resumes from another directory, leaves alone what others have kept there.
 *
 * @param run names the run in manifests
 * @param catalog of the directory
 * @param ledgers what is adopted, by stream
 * @param globalStep the step from which training resumes
 * @param source the file from which it resumes; empty for a run that starts fresh
 */
public record RunLineage(
        UUID run,
        Optional<Catalog> catalog,
        Map<String, RetainedGroups> ledgers,
        long globalStep,
        Optional<Path> source) {

    /** Nothing: the run starts fresh. */
    public static RunLineage none() {
        return new RunLineage(UUID.randomUUID(), Optional.empty(), Map.of(), 0, Optional.empty());
    }

    /** Nothing but the step: the run resumes from a file that is not in the directory. */
    public static RunLineage ofExternal(long globalStep) {
        return new RunLineage(UUID.randomUUID(), Optional.empty(), Map.of(), globalStep, Optional.empty());
    }

    /**
     * What there is to adopt.
     *
     * @param catalog of the directory that is saved to
     * @param run the run that saved the source there; empty if none did
     * @param source the file from which training resumes
     */
    public static RunLineage of(Catalog catalog, Optional<UUID> run, Path source, long globalStep) {
        Map<String, RetainedGroups> adopted =
                run.flatMap(catalog::newest).map(Manifest::retained).orElse(Map.of());
        return new RunLineage(
                run.orElseGet(UUID::randomUUID), Optional.of(catalog), adopted, globalStep, Optional.of(source));
    }

    /**
     * What a stream adopts.
     *
     * @param folder the stream's folder
     * @param ledger of the stream, which has saved nothing yet
     * @param exists whether a file is in the directory, by its path
     */
    RetentionSnapshot.Restored restore(String stream, Path folder, RetentionIndex ledger, Predicate<String> exists) {
        RetainedGroups known = ledgers.get(stream);
        RetentionSnapshot books = catalog.isPresent() && known != null
                ? ledger.adopt(catalog.get(), stream, known, exists)
                : RetentionSnapshot.EMPTY;
        return new RetentionSnapshot.Restored(books, globalStep, nameIn(folder));
    }

    private Optional<String> nameIn(Path folder) {
        if (source.isEmpty() || !source.get().startsWith(folder)) {
            return Optional.empty();
        }
        String name = folder.relativize(source.get()).toString();
        return Optional.of(name.replace(folder.getFileSystem().getSeparator(), "/"));
    }
}
