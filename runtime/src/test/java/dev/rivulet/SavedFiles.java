package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.fixture.Weights;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** The checkpoints of {@link KilledRun}s after a kill. */
record SavedFiles(Path directory, List<String> acknowledged, Catalog catalog) {

    /** Recovers the directory as the next run would, and closes it. */
    static SavedFiles afterKill(Path directory, List<String> acknowledged) throws IOException {
        try (CheckpointDirectory opened = CheckpointDirectory.open(directory)) {
            assertThat(opened.recovery().quarantined()).isEmpty();
            assertThat(opened.recovery().missing()).isEmpty();
            return new SavedFiles(directory, acknowledged, opened.catalog());
        }
    }

    /** Asserts all guarantees. */
    void check(String context) throws IOException {
        Manifest newest = catalog.newest().orElseThrow();
        String last = acknowledged.get(acknowledged.size() - 1);
        long lastStep = Long.parseLong(last.substring(0, last.indexOf(' ')));
        assertThat(newest.origin().globalStep()).as(context).isGreaterThanOrEqualTo(lastStep);
        assertThat(steps(newest.origin().run())).as(context).allSatisfy(this::hasAllStreamsOfItsStep);
        Set<String> expected = new TreeSet<>();
        for (Manifest manifest : newestOfRuns()) {
            for (Map.Entry<String, RetainedGroups> retained :
                    manifest.retained().entrySet()) {
                addFiles(retained.getKey(), retained.getValue(), expected, context);
            }
        }
        assertThat(files()).as(context).isEqualTo(expected);
        assertThat(privateFiles()).as(context).allMatch(name -> name.equals("lock") || name.startsWith("group-"));
        checkPair(newest, context);
    }

    private List<Manifest> steps(UUID run) {
        return catalog.manifests().stream()
                .filter(manifest -> manifest.origin().run().equals(run))
                .toList();
    }

    /** A group has all streams that are due at its step, or it does not exist. */
    private void hasAllStreamsOfItsStep(Manifest manifest) {
        Set<String> due = new TreeSet<>(Set.of("original", "transformed", "half", "tail"));
        if (manifest.origin().globalStep() % 2 == 0) {
            due.add("averaged");
        }
        if (manifest.origin().globalStep() % 3 == 0) {
            due.add("pruned");
        }
        // A stream with a monitor skips checkpoints that are not among the best.
        due.removeAll(Set.of("tail"));
        assertThat(manifest.checkpoints()).extracting(StoredCheckpoint::stream).containsAll(due);
    }

    /** The newest manifest of each run, newest first. */
    private Collection<Manifest> newestOfRuns() {
        Map<UUID, Manifest> newest = new LinkedHashMap<>();
        List<Manifest> manifests = catalog.manifests();
        for (int i = manifests.size() - 1; i >= 0; i--) {
            newest.putIfAbsent(manifests.get(i).origin().run(), manifests.get(i));
        }
        return newest.values();
    }

    /** Verifies and adds the retained files of a stream. A file name that a newer run adopted belongs to that run. */
    private void addFiles(String stream, RetainedGroups retained, Set<String> files, String context)
            throws IOException {
        Set<Long> groups = new TreeSet<>(retained.kept().topK().numbers());
        groups.addAll(retained.kept().newest().numbers());
        groups.addAll(retained.kept().everyNth().numbers());
        retained.last().filter(RetainedGroups.Pointed::linked).ifPresent(last -> groups.add(last.group()));
        retained.best().filter(RetainedGroups.Pointed::linked).ifPresent(best -> groups.add(best.group()));
        for (long group : groups) {
            StoredCheckpoint stored = catalog.checkpoint(stream, group).orElseThrow();
            if (files.add(stored.file())) {
                verify(directory.resolve(stored.file()), stream, group, context);
            }
        }
        for (RetainedGroups.Pointed pointed : Stream.of(retained.last(), retained.best())
                .flatMap(Optional::stream)
                .toList()) {
            Path pointer = directory.resolve(pointed.name());
            if (files.add(pointed.name())) {
                assertThat(Files.isSymbolicLink(pointer)).as(context).isEqualTo(pointed.linked());
                verify(pointer, stream, pointed.group(), context);
            }
        }
    }

    private void verify(Path file, String stream, long group, String context) throws IOException {
        Manifest manifest = catalog.group(group).orElseThrow();
        try (CheckpointFile open = CheckpointCodecs.open(file)) {
            assertThat(open.checksums()).as(context).contains(FileVerification.Part.HEADER, FileVerification.Part.DATA);
            assertThat(open.readAll(Map.of()))
                    .as(context)
                    .isEqualTo(catalog.checkpoint(stream, group).orElseThrow().crc32c());
        }
        Checkpoint checkpoint = Checkpoints.describe(file);
        assertThat(checkpoint.stream()).as(context).isEqualTo(stream);
        assertThat(checkpoint.globalStep())
                .as(context)
                .isEqualTo(manifest.origin().globalStep());
        assertThat(checkpoint.metrics()).as(context).isEqualTo(manifest.origin().metrics());
    }

    /** The files of the newest group belong to one step: one is exactly half of the other. */
    private void checkPair(Manifest newest, String context) {
        Path original = directory.resolve(
                catalog.checkpoint("original", newest.group()).orElseThrow().file());
        Path transformed = directory.resolve(
                catalog.checkpoint("transformed", newest.group()).orElseThrow().file());
        if (Files.exists(original) && Files.exists(transformed)) {
            assertThat(Weights.in(transformed)).as(context).isEqualTo(Weights.times(Weights.in(original), 0.5f));
        }
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".rivulet"))
                    .toList());
        }
    }

    private Set<String> privateFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(".rivulet"))) {
            return new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }
}
