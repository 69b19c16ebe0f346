package dev.rivulet.internal.store;

import dev.rivulet.internal.store.RetainedFiles.RetainedFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Recovers a directory after a run that ended in any way. Requires the directory's lock. All steps are idempotent, so
 * the next recovery completes one that was interrupted.
 *
 * <p>Only the newest group of all runs can be partly published: a group is committed only when the previous one has
 * been published durably.
 */
final class DirectoryRecovery {
    private final DirectoryLayout layout;
    private final Quarantine quarantine;
    private final List<Long> rolledForward = new ArrayList<>();
    private final List<String> deletedOrphans = new ArrayList<>();
    private final List<Recovery.Missing> missing = new ArrayList<>();
    private final List<Recovery.Unnamed> unnamed = new ArrayList<>();
    private final NavigableMap<Long, Manifest> manifests = new TreeMap<>();

    DirectoryRecovery(DirectoryLayout layout) {
        this.layout = layout;
        this.quarantine = new Quarantine(layout);
    }

    Recovery run() throws IOException {
        renameManifests();
        Catalog catalog = Catalog.read(layout.root());
        for (Manifest manifest : catalog.manifests()) {
            manifests.put(manifest.group(), manifest);
        }
        if (!manifests.isEmpty()) {
            rollForward(manifests.lastEntry().getValue());
        }
        quarantineDamaged(catalog.damaged());
        deleteOrphans();
        verify();
        new RetainedFiles(manifests).deleteUnneeded(layout);
        deleteObsoleteManifests();
        return new Recovery(rolledForward, deletedOrphans, quarantine.moved(), missing, unnamed);
    }

    /** The valid manifests that remain. */
    NavigableMap<Long, Manifest> manifests() {
        return manifests;
    }

    /** Gives manifests whose names earlier versions wrote in the digits of the JVM's locale the names of today. */
    private void renameManifests() throws IOException {
        for (Path file : listed(DirectoryLayout::isNamedLikeManifest)) {
            OptionalLong group = DirectoryLayout.groupOf(file);
            if (group.isPresent() && !DurableFiles.exists(layout.manifest(group.getAsLong()))) {
                DurableFiles.rename(file, layout.manifest(group.getAsLong()));
            }
        }
    }

    private void rollForward(Manifest newest) throws IOException {
        boolean hasBlob = false;
        for (StoredCheckpoint checkpoint : newest.checkpoints()) {
            Path blob = layout.blob(checkpoint.blob().name());
            if (DurableFiles.exists(blob)) {
                Optional<String> wrong = Files.isSymbolicLink(blob)
                        ? Optional.of("it is a symbolic link")
                        : FileCheck.content(blob, checkpoint);
                if (wrong.isPresent()) { // Before it replaces a valid file.
                    quarantine.move(blob, wrong.get());
                }
                hasBlob |= wrong.isEmpty();
            }
        }
        // The manifest's name may only be in the page cache. It must be durable before superseded files are deleted.
        DurableFiles.flush(layout.folder());
        Publishing publishing = new Publishing(layout, new RetainedFiles(manifests));
        unnamed.addAll(publishing.run(newest, Set.of()));
        for (Path folder : publishing.touched()) {
            DurableFiles.flush(folder);
        }
        if (hasBlob && unnamed.isEmpty()) {
            rolledForward.add(newest.group());
        }
    }

    /**
     * A damaged manifest may name the blobs. They are moved first: after a crash in between, the remaining ones must
     * not be deleted as orphans.
     */
    private void quarantineDamaged(List<Catalog.Damaged> damaged) throws IOException {
        if (damaged.isEmpty()) {
            return;
        }
        for (Path blob : orphans()) {
            quarantine.move(blob, "it may belong to a group whose manifest is damaged");
        }
        for (Catalog.Damaged manifest : damaged) {
            quarantine.move(manifest.file(), FailureReason.message(manifest.reason()));
        }
    }

    private void deleteOrphans() throws IOException {
        for (Path orphan : orphans()) {
            if (DurableFiles.isFolder(orphan)) {
                quarantine.move(orphan, "it is a folder where only files should be");
            } else {
                Files.deleteIfExists(orphan);
                deletedOrphans.add(layout.relative(orphan));
            }
        }
    }

    private List<Path> orphans() throws IOException {
        Set<String> retained = retainedBlobs();
        return listed(file -> {
            String name = String.valueOf(file.getFileName());
            return name.startsWith(DirectoryLayout.TEMPORARY) && !retained.contains(name);
        });
    }

    /** Blobs that could not get their names: the only copies of their checkpoints. */
    private Set<String> retainedBlobs() {
        RetainedFiles kept = new RetainedFiles(manifests);
        return kept.newestOfRuns().stream()
                .flatMap(newest -> kept.of(newest).stream())
                .flatMap(file -> file.checkpoint().stream())
                .map(checkpoint -> checkpoint.blob().name())
                .collect(Collectors.toSet());
    }

    private List<Path> listed(DirectoryStream.Filter<Path> filter) throws IOException {
        List<Path> listed = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(layout.folder(), filter)) {
            files.forEach(listed::add);
        }
        listed.sort(null);
        return listed;
    }

    /**
     * Reads the files from which training would resume. For all others, only the size is checked until they are loaded.
     */
    private void verify() throws IOException {
        RetainedFiles kept = new RetainedFiles(manifests);
        Set<String> seen = new HashSet<>(); // A path that two runs retain belongs to the newer run.
        for (Manifest newest : kept.newestOfRuns()) {
            boolean current = newest.group() == manifests.lastKey();
            for (RetainedFile file : kept.of(newest)) {
                if (seen.add(file.path())) {
                    verify(file, current && file.group() == newest.group());
                }
            }
        }
    }

    private void verify(RetainedFile file, boolean withContent) throws IOException {
        Path path = layout.locate(file);
        // A dangling link counts as missing.
        if (file.checkpoint().isEmpty() || Files.notExists(path)) {
            missing.add(new Recovery.Missing(file.stream(), file.group(), file.path()));
            return;
        }
        StoredCheckpoint expected = file.checkpoint().get();
        Optional<String> wrong = withContent ? FileCheck.content(path, expected) : FileCheck.size(path, expected);
        if (wrong.isPresent() && layout.highestGroup() > manifests.lastKey()) {
            missing.add(new Recovery.Missing(file.stream(), file.group(), file.path())); // A lost group may hold it.
        } else if (wrong.isPresent()) {
            quarantine.move(path, wrong.get());
        }
    }

    /**
     * Also deletes those of runs without any remaining file. The newest of all stays, so that group numbers keep
     * ascending.
     */
    private void deleteObsoleteManifests() throws IOException {
        RetainedFiles kept = new RetainedFiles(manifests);
        for (Manifest newest : kept.newestOfRuns()) {
            List<Long> obsolete = kept.obsolete(newest.origin().run());
            if (newest.group() != manifests.lastKey()) {
                obsolete = obsoleteOfEarlierRun(kept, newest, obsolete);
            }
            for (long group : obsolete) {
                Files.deleteIfExists(layout.manifest(group));
                manifests.remove(group);
            }
        }
    }

    private List<Long> obsoleteOfEarlierRun(RetainedFiles kept, Manifest newest, List<Long> obsolete) {
        boolean filesLeft = kept.of(newest).stream()
                .anyMatch(file -> !layout.canExpress(file.path()) || Files.exists(layout.locate(file)));
        return filesLeft
                ? obsolete
                : manifests.values().stream()
                        .filter(manifest ->
                                manifest.origin().run().equals(newest.origin().run()))
                        .map(Manifest::group)
                        .toList();
    }
}
