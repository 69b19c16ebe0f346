package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The files that should be in a directory according to the newest manifest of each run. */
final class RetainedFiles {
    /** Newest manifests of a run that are always retained: the newest, and a fallback in case it is damaged. */
    private static final int ALWAYS_RETAINED = 2;

    private final NavigableMap<Long, Manifest> manifests;

    RetainedFiles(NavigableMap<Long, Manifest> manifests) {
        this.manifests = manifests;
    }

    /**
     * A file that should exist.
     *
     * @param path of the file, or of a pointer with the same content
     * @param checkpoint what it holds; empty if its manifest is missing
     */
    record RetainedFile(String stream, long group, String path, Optional<StoredCheckpoint> checkpoint) {

        /** The second name of a known file, once a later group has replaced or deleted it. */
        Path superseded(DirectoryLayout layout) {
            return layout.superseded(checkpoint.orElseThrow().blob());
        }
    }

    /** The newest manifest of each run, newest first. */
    List<Manifest> newestOfRuns() {
        Map<UUID, Manifest> newest = new LinkedHashMap<>();
        for (Manifest manifest : manifests.descendingMap().values()) {
            newest.putIfAbsent(manifest.origin().run(), manifest);
        }
        return List.copyOf(newest.values());
    }

    /** The files that a run retains after its newest group, each once; pointers only if they are files, not links. */
    List<RetainedFile> of(Manifest newest) {
        Map<String, RetainedFile> files = new LinkedHashMap<>();
        newest.retained().forEach((stream, retainedGroups) -> {
            for (long group : ownFiles(retainedGroups).numbers()) {
                add(files, stream, group, Optional.empty());
            }
            for (RetainedGroups.Pointed pointer : retainedGroups.pointers()) {
                if (!pointer.linked()) {
                    add(files, stream, pointer.group(), Optional.of(pointer.name()));
                }
            }
        });
        return List.copyOf(files.values());
    }

    private void add(Map<String, RetainedFile> files, String stream, long group, Optional<String> pointer) {
        Optional<StoredCheckpoint> checkpoint = checkpoint(stream, group);
        String path = pointer.or(() -> checkpoint.map(StoredCheckpoint::file))
                .orElse(DirectoryLayout.PRIVATE + "/" + DirectoryLayout.manifestName(group));
        files.putIfAbsent(path, new RetainedFile(stream, group, path, checkpoint));
    }

    /** Groups whose own file is retained, not only a pointer with the same content. */
    private static GroupSet ownFiles(RetainedGroups retainedGroups) {
        GroupSet groups = retainedGroups.kept().groups().with(retainedGroups.rolledBack());
        for (RetainedGroups.Pointed pointer : retainedGroups.pointers()) {
            if (pointer.linked()) {
                groups = groups.with(pointer.group());
            }
        }
        return retainedGroups.onException().isPresent()
                ? groups.with(retainedGroups.onException().getAsLong())
                : groups;
    }

    /** A stream's checkpoint in a group; empty if the manifest is missing. */
    Optional<StoredCheckpoint> checkpoint(String stream, long group) {
        Manifest manifest = manifests.get(group);
        return manifest == null
                ? Optional.empty()
                : manifest.checkpoints().stream()
                        .filter(checkpoint -> checkpoint.stream().equals(stream))
                        .findFirst();
    }

    /**
     * The known files of earlier groups to which a rollback may return if the run ended after this group. Several may
     * have had the same path one after another.
     */
    List<RetainedFile> neededForRollback(Manifest newest) {
        return rollbackTargets(newest).stream()
                .flatMap(target -> of(resumed(target)).stream())
                .filter(file ->
                        file.group() != newest.group() && file.checkpoint().isPresent())
                .toList();
    }

    /**
     * The groups to which a rollback may return if the run ended after this one; empty if none is needed. Before an
     * exception checkpoint comes the one from which training resumes without it: it is deleted once its step is passed.
     */
    List<Manifest> rollbackTargets(Manifest newest) {
        List<Manifest> targets = new ArrayList<>();
        Optional<Manifest> point = resumePoint(newest);
        while (point.isPresent() && point.get().isOnException()) {
            targets.add(point.get());
            point = resumePoint(resumed(point.get()), point.get().group());
        }
        point.filter(target -> target.group() != newest.group()).ifPresent(targets::add);
        return targets;
    }

    /** A group with what a run retains that resumes from it. */
    Manifest resumed(Manifest target) {
        return target.isOnException() ? target.withoutException(before(target)) : target;
    }

    /** The group of the same run before this one, which is kept as long as the run may resume from this one. */
    private Optional<Manifest> before(Manifest manifest) {
        return manifests.headMap(manifest.group(), false).descendingMap().values().stream()
                .filter(earlier ->
                        earlier.origin().run().equals(manifest.origin().run()))
                .findFirst();
    }

    /** Deletes the saved files that no rollback needs. */
    void deleteUnneeded(DirectoryLayout layout) throws IOException {
        Set<Path> needed = new HashSet<>();
        newestOfRuns()
                .forEach(newest -> neededForRollback(newest).forEach(file -> needed.add(file.superseded(layout))));
        try (DirectoryStream<Path> saved =
                Files.newDirectoryStream(layout.folder(), DirectoryLayout.SUPERSEDED + "*")) {
            for (Path file : saved) {
                if (!needed.contains(file) && !DurableFiles.isFolder(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The newest group from which training can resume, of those that a run retains after its newest group. */
    Optional<Manifest> resumePoint(Manifest newest) {
        return resumePoint(newest, Long.MAX_VALUE);
    }

    private Optional<Manifest> resumePoint(Manifest newest, long below) {
        long highest = 0;
        for (Map.Entry<String, RetainedGroups> stream : newest.retained().entrySet()) {
            List<Long> groups = stream.getValue().groups().numbers();
            for (int i = groups.size() - 1; i >= 0 && groups.get(i) > highest; i--) {
                if (groups.get(i) < below
                        && checkpoint(stream.getKey(), groups.get(i))
                                .filter(StoredCheckpoint::isResumable)
                                .isPresent()) {
                    highest = groups.get(i);
                }
            }
        }
        return Optional.ofNullable(manifests.get(highest));
    }

    /**
     * Groups of a run whose manifests are obsolete: neither the newest manifest nor one to which a rollback may return
     * retains anything of them, and there are newer fallbacks.
     */
    List<Long> obsolete(UUID run) {
        List<Long> obsolete = new ArrayList<>();
        GroupSet named = GroupSet.EMPTY;
        int newer = 0;
        for (Manifest manifest : manifests.descendingMap().values()) {
            if (!manifest.origin().run().equals(run)) {
                continue;
            }
            if (newer == 0) {
                named = groups(manifest);
                for (Manifest target : rollbackTargets(manifest)) {
                    named = named.with(groups(resumed(target)));
                    Optional<Manifest> before = target.isOnException() ? before(target) : Optional.empty();
                    named = before.isPresent() ? named.with(before.get().group()) : named;
                }
            }
            if (newer++ >= ALWAYS_RETAINED && !named.contains(manifest.group())) {
                obsolete.add(manifest.group());
            }
        }
        return obsolete;
    }

    /** A group and all those of which it retains a file. */
    private static GroupSet groups(Manifest manifest) {
        GroupSet groups = GroupSet.EMPTY.with(manifest.group());
        for (RetainedGroups retainedGroups : manifest.retained().values()) {
            groups = groups.with(retainedGroups.groups());
        }
        return groups;
    }
}
