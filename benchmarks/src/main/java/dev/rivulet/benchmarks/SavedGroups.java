package dev.rivulet.benchmarks;

import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** Commits groups as the writer of a run does, and deletes each afterwards. */
final class SavedGroups {
    private final CheckpointDirectory directory;
    private final UUID run = UUID.randomUUID();

    SavedGroups(CheckpointDirectory directory) {
        this.directory = directory;
    }

    /** Saves a group; returns the nanoseconds from its start until its files are published under their names. */
    double save(Map<String, Tensor> tensors, int streams) throws IOException {
        List<Blob> blobs = new ArrayList<>();
        double nanos;
        long start = System.nanoTime();
        try (Group group = directory.begin()) {
            for (int i = 0; i < streams; i++) {
                SafetensorsWriter writer = SafetensorsWriter.of(tensors, Map.of());
                String file = "stream" + i + "-" + group.number() + ".safetensors";
                blobs.add(group.write(file, writer.byteCount(), writer::writeTo));
            }
            group.commit(manifest(group.number(), blobs));
            group.publish();
            nanos = System.nanoTime() - start;
        }
        for (Blob blob : blobs) {
            Files.deleteIfExists(directory.resolve(blob.file()));
        }
        return nanos;
    }

    private Manifest manifest(long group, List<Blob> blobs) {
        RetainedGroups retained = new RetainedGroups(
                new RetainedGroups.Kept(new GroupSet(List.of(group)), GroupSet.EMPTY, GroupSet.EMPTY),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                group);
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        Map<String, RetainedGroups> retainedByStream = new TreeMap<>();
        for (int i = 0; i < blobs.size(); i++) {
            Blob blob = blobs.get(i);
            checkpoints.add(new StoredCheckpoint("stream" + i, blob, OptionalDouble.empty(), Optional.empty()));
            retainedByStream.put("stream" + i, retained);
        }
        Manifest.Origin origin = new Manifest.Origin(run, Instant.now(), 0, group, "0", Map.of());
        return new Manifest(group, origin, checkpoints, List.of(), List.of(), retainedByStream);
    }
}
