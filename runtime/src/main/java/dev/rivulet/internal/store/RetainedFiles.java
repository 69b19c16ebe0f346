package dev.rivulet.internal.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
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
    record RetainedFile(String stream, long group, String path, Optional<StoredCheckpoint> checkpoint) {}

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
            for (Optional<RetainedGroups.Pointed> pointer : List.of(retainedGroups.last(), retainedGroups.best())) {
                pointer.filter(at -> !at.linked())
                        .ifPresent(at -> add(files, stream, at.group(), Optional.of(at.name())));
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
        GroupSet groups = retainedGroups.kept().groups();
        for (Optional<RetainedGroups.Pointed> pointer : List.of(retainedGroups.last(), retainedGroups.best())) {
            if (pointer.isPresent() && pointer.get().linked()) {
                groups = groups.with(pointer.get().group());
            }
        }
        return retainedGroups.onException().isPresent()
                ? groups.with(retainedGroups.onException().getAsLong())
                : groups;
    }

    private Optional<StoredCheckpoint> checkpoint(String stream, long group) {
        Manifest manifest = manifests.get(group);
        return manifest == null
                ? Optional.empty()
                : manifest.checkpoints().stream()
                        .filter(checkpoint -> checkpoint.stream().equals(stream))
                        .findFirst();
    }

    /**
     * Groups of a run whose manifests are obsolete: the newest manifest retains nothing of them, and there are newer
     * fallbacks.
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
                for (RetainedGroups retainedGroups : manifest.retained().values()) {
                    named = named.with(retainedGroups.groups());
                }
            }
            if (newer++ >= ALWAYS_RETAINED && !named.contains(manifest.group())) {
                obsolete.add(manifest.group());
            }
        }
        return obsolete;
    }
}
