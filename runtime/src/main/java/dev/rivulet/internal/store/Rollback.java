package dev.rivulet.internal.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Returns a run to what it retained after one of its groups, or before its first: a group without checkpoints, whose
 * commit and publishing are as those of any other.
 *
 * <p>Files of later groups stay where they are unless the earlier group had another file or pointer at that path. They
 * count as {@linkplain RetainedGroups#rolledBack rolled back}: no longer as what the stream keeps. So do exception
 * checkpoints, if the run resumes from them: it returns to what it retained before them.
 */
final class Rollback {
    private final RetainedFiles files;
    private final Optional<Manifest> target;
    private final Manifest newest;
    private final Map<String, RetainedGroups> restored = new LinkedHashMap<>();
    private final Set<String> occupied = new HashSet<>();

    /**
     * A rollback.
     *
     * @param target the group to return to; empty for the start of the run
     * @param newest the newest group of the run
     * @param saved whether a replaced file can be restored
     */
    Rollback(RetainedFiles files, Optional<Manifest> target, Manifest newest, Predicate<StoredCheckpoint> saved) {
        this.files = files;
        this.target = target.map(files::resumed);
        this.newest = newest;
        this.target.ifPresent(manifest -> restore(manifest, saved));
    }

    /** Without what an earlier version of the framework has replaced, and therefore cannot be restored. */
    private void restore(Manifest manifest, Predicate<StoredCheckpoint> saved) {
        Map<String, StoredCheckpoint> now = new HashMap<>();
        files.of(newest).forEach(file -> file.checkpoint().ifPresent(holds -> now.put(file.path(), holds)));
        Map<String, Set<Long>> lost = new HashMap<>();
        for (RetainedFiles.RetainedFile file : files.of(manifest)) {
            Optional<StoredCheckpoint> then = file.checkpoint();
            StoredCheckpoint replacement = now.get(file.path());
            if (then.isPresent() && replacement != null && !then.get().equals(replacement) && !saved.test(then.get())) {
                lost.computeIfAbsent(file.stream(), stream -> new HashSet<>()).add(file.group());
            } else {
                occupied.add(file.path());
            }
        }
        manifest.retained().forEach((stream, retained) -> {
            Set<Long> missing = lost.getOrDefault(stream, Set.of());
            restored.put(stream, retained.only(group -> !missing.contains(group)));
        });
        links(restored).forEach(link -> occupied.add(link.name()));
    }

    /** Files of later groups from which training could resume: they were not used because they are damaged. */
    List<RetainedFiles.RetainedFile> notResumed() {
        return files.of(newest).stream()
                .filter(file -> !occupied.contains(file.path()) && isResumable(file))
                .toList();
    }

    private static boolean isResumable(RetainedFiles.RetainedFile file) {
        return file.checkpoint().filter(StoredCheckpoint::isResumable).isPresent();
    }

    private boolean isOfTarget(RetainedFiles.RetainedFile file) {
        return target.filter(manifest -> manifest.group() == file.group()).isPresent();
    }

    /**
     * The group that carries it out; empty if there is nothing to undo.
     *
     * @param number number of the group
     * @param version version of the framework
     */
    Optional<Manifest> manifest(long number, String version) {
        Set<String> stays = new HashSet<>(occupied);
        List<String> superseded = new ArrayList<>();
        Map<String, GroupSet> rolledBack = new HashMap<>();
        for (RetainedFiles.RetainedFile file : files.of(newest)) {
            if (stays.contains(file.path()) || (isResumable(file) && !isOfTarget(file))) {
                continue;
            }
            if (file.checkpoint()
                    .filter(holds -> holds.file().equals(file.path()))
                    .isPresent()) {
                rolledBack.merge(file.stream(), GroupSet.EMPTY.with(file.group()), GroupSet::with);
                stays.add(file.path());
            } else if (file.checkpoint().isPresent()) {
                superseded.add(file.path());
            }
        }
        links(newest.retained()).stream()
                .map(Manifest.Pointer::name)
                .filter(name -> !stays.contains(name) && !superseded.contains(name))
                .forEach(superseded::add);
        Map<String, RetainedGroups> retained = new LinkedHashMap<>();
        Set<String> streams = new LinkedHashSet<>(newest.retained().keySet());
        streams.addAll(restored.keySet());
        for (String stream : streams) {
            RetainedGroups then = restored.getOrDefault(stream, RetainedGroups.EMPTY);
            GroupSet undone = rolledBack.getOrDefault(stream, GroupSet.EMPTY);
            retained.put(stream, then.withRolledBack(then.rolledBack().with(undone)));
        }
        return retained.equals(newest.retained())
                ? Optional.empty()
                : Optional.of(new Manifest(number, origin(version), List.of(), links(restored), superseded, retained));
    }

    private Manifest.Origin origin(String version) {
        UUID run = newest.origin().run();
        return target.map(Manifest::origin)
                .map(then -> new Manifest.Origin(
                        run, Instant.now(), then.epoch(), then.globalStep(), version, then.metrics()))
                .orElseGet(() -> new Manifest.Origin(run, Instant.now(), 0, 0, version, Map.of()));
    }

    /** The pointers that are links to known files. */
    private List<Manifest.Pointer> links(Map<String, RetainedGroups> retained) {
        List<Manifest.Pointer> links = new ArrayList<>();
        retained.forEach((stream, groups) -> {
            for (RetainedGroups.Pointed pointer : groups.pointers()) {
                if (pointer.linked()) {
                    files.checkpoint(stream, pointer.group())
                            .ifPresent(holds -> links.add(new Manifest.Pointer(pointer.name(), holds.file(), true)));
                }
            }
        });
        return links;
    }
}
