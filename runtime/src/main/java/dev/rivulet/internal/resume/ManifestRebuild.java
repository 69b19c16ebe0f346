package dev.rivulet.internal.resume;

import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.retention.FoundFiles.Kind;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.DirectoryInventory;
import dev.rivulet.internal.store.FailureReason;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the manifests of a directory again if they are lost, from what the files say of themselves, so that a run that
 * resumes keeps, deletes and names files as if nothing was lost.
 *
 * <p>The checkpoints of each step become a group, the oldest first. If that is interrupted, files of later steps than
 * the newest group remain, by which the next run notices. Files whose stream or run is not clear stay as they are.
 */
final class ManifestRebuild {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestRebuild.class);

    private final CheckpointDirectory directory;
    private final StreamGraph graph;
    private final Set<Path> unclear = new TreeSet<>();
    private final Map<FoundCheckpoint, Long> groups = new LinkedHashMap<>();

    ManifestRebuild(CheckpointDirectory directory, StreamGraph graph) {
        this.directory = directory;
        this.graph = graph;
    }

    void run() throws IOException {
        DirectoryInventory inventory = DirectoryInventory.read(directory.root());
        UUID run = inventory.newestRun().orElseGet(UUID::randomUUID);
        List<FoundCheckpoint> found = new ArrayList<>();
        for (Path path : inventory.filesOf(run, CheckpointCodecs.extensions())) {
            FoundCheckpoint.of(directory.root(), path, graph).ifPresentOrElse(found::add, () -> unclear.add(path));
        }
        removeAmbiguous(found);
        Map<Long, List<FoundCheckpoint>> steps = new TreeMap<>();
        found.forEach(one -> steps.computeIfAbsent(one.globalStep(), step -> new ArrayList<>())
                .add(one));
        for (List<FoundCheckpoint> files : steps.values()) {
            writeGroup(run, files);
        }
        LOG.warn(
                "Manifests of {} are lost. They were written again for {} checkpoints, by what the files say.{}",
                directory.root(),
                groups.size(),
                unclear.isEmpty()
                        ? ""
                        : " It is not clear which run the following files belong to; they stay until you delete them: "
                                + unclear);
    }

    /** Two files for one purpose belong to two runs, and nothing says which of them. */
    private void removeAmbiguous(List<FoundCheckpoint> found) {
        Map<String, FoundCheckpoint> purposes = new HashMap<>();
        Set<StreamDeclaration> ambiguous = new HashSet<>();
        for (FoundCheckpoint one : found) {
            String purpose = one.stream().name() + "/" + one.kind() + (one.isPointer() ? "" : one.globalStep());
            if (purposes.put(purpose, one) != null) {
                ambiguous.add(one.stream());
            }
        }
        found.stream().filter(one -> ambiguous.contains(one.stream())).forEach(one -> unclear.add(one.path()));
        found.removeIf(one -> ambiguous.contains(one.stream()));
    }

    private void writeGroup(UUID run, List<FoundCheckpoint> files) throws IOException {
        files.sort(Comparator.comparing(FoundCheckpoint::kind));
        try (Group group = directory.begin()) {
            Map<StreamDeclaration, StoredCheckpoint> stored = new LinkedHashMap<>();
            for (StreamDeclaration stream : graph.streams()) {
                for (FoundCheckpoint file : files) {
                    if (file.stream().equals(stream)) {
                        store(file, group, stored);
                    }
                }
            }
            if (!stored.isEmpty()) {
                Provenance saved = files.get(0).provenance();
                group.commit(new Manifest(
                        group.number(),
                        new Manifest.Origin(
                                run,
                                Instant.now(),
                                saved.epoch(),
                                saved.globalStep(),
                                RuntimeVersion.current(),
                                saved.metrics()),
                        List.copyOf(stored.values()),
                        List.of(),
                        List.of(),
                        retained()));
                group.publish();
            }
        }
    }

    /** Pointers come after the checkpoint that they may be a copy of. */
    private void store(FoundCheckpoint file, Group group, Map<StreamDeclaration, StoredCheckpoint> stored)
            throws IOException {
        OptionalLong crc32c = checksum(file);
        Optional<StoredCheckpoint> copied = Optional.ofNullable(stored.get(file.stream()));
        boolean isOther =
                copied.filter(known -> known.crc32c() != crc32c.orElse(-1)).isPresent();
        if (crc32c.isEmpty() || isOther) {
            unclear.add(file.path());
            return;
        }
        if (copied.isEmpty()) {
            StoredCheckpoint.Blob blob = group.adopt(file.file(root()), file.bytes(), crc32c.getAsLong());
            stored.put(file.stream(), file.stored(blob));
        }
        groups.put(file, group.number());
    }

    /** Empty if the file is damaged. */
    private static OptionalLong checksum(FoundCheckpoint found) {
        try (CheckpointFile file = CheckpointCodecs.open(found.path())) {
            return OptionalLong.of(file.readAll(Map.of()));
        } catch (IOException e) {
            LOG.warn("{} cannot be used. {}", found.path(), FailureReason.message(e));
            return OptionalLong.empty();
        }
    }

    /** What each stream keeps of the groups so far. */
    private Map<String, RetainedGroups> retained() throws IOException {
        Map<String, RetainedGroups> retained = new LinkedHashMap<>();
        for (StreamDeclaration stream : graph.streams()) {
            retained.put(stream.name(), retained(stream));
        }
        return retained;
    }

    private RetainedGroups retained(StreamDeclaration stream) throws IOException {
        Map<KeptCheckpoint, Long> own = new LinkedHashMap<>();
        groups.forEach((file, group) -> {
            if (file.stream().equals(stream) && !file.isPointer()) {
                own.put(file.ranked(root()), group);
            }
        });
        RetentionSnapshot.Kept kept = FoundCheckpoint.files(stream).kept(List.copyOf(own.keySet()));
        return new RetainedGroups(
                new RetainedGroups.Kept(
                        numbers(kept.topK(), own), numbers(kept.newest(), own), numbers(kept.everyNth(), own)),
                pointed(stream, Kind.LAST),
                pointed(stream, Kind.BEST),
                OptionalLong.empty(),
                groups.keySet().stream()
                        .filter(file -> file.stream().equals(stream))
                        .mapToLong(FoundCheckpoint::globalStep)
                        .distinct()
                        .count());
    }

    private static GroupSet numbers(List<KeptCheckpoint> kept, Map<KeptCheckpoint, Long> groups) {
        return new GroupSet(kept.stream().map(groups::get).toList());
    }

    private Optional<RetainedGroups.Pointed> pointed(StreamDeclaration stream, Kind kind) throws IOException {
        Optional<RetainedGroups.Pointed> pointed = Optional.empty();
        for (Map.Entry<FoundCheckpoint, Long> entry : groups.entrySet()) {
            FoundCheckpoint file = entry.getKey();
            if (file.stream().equals(stream) && file.kind() == kind) {
                return Optional.of(new RetainedGroups.Pointed(file.file(root()), entry.getValue(), false));
            }
            Optional<Path> link = file.stream().equals(stream) ? link(file, kind) : Optional.empty();
            if (link.isPresent()) { // Of a link to nothing, only the name matters.
                boolean names = Files.exists(link.get()) && Files.isSameFile(link.get(), file.path());
                String name = DirectoryInventory.relative(root(), link.get());
                pointed = Optional.of(new RetainedGroups.Pointed(name, entry.getValue(), true));
                if (names) {
                    return pointed;
                }
            }
        }
        return pointed;
    }

    private Optional<Path> link(FoundCheckpoint file, Kind kind) {
        return FoundCheckpoint.files(file.stream())
                .pointer(kind, file.provenance().progress())
                .map(name -> root().resolve(file.stream().policy().naming().folder() + name))
                .filter(Files::isSymbolicLink);
    }

    private Path root() {
        return directory.root();
    }
}
