package dev.rivulet.internal.store;

import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.store.CheckpointDirectory.Content;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.zip.CRC32C;

/** A run of one stream that saves strings, keeps the newest files and points {@code last} to the newest one. */
final class SavedRun {
    private final UUID id = UUID.randomUUID();
    private final CheckpointDirectory directory;
    private final int keeps;
    private final List<Long> kept = new ArrayList<>();
    private final List<String> files = new ArrayList<>();

    SavedRun(CheckpointDirectory directory, int keeps) {
        this.directory = directory;
        this.keeps = keeps;
    }

    static Content string(String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        return channel -> {
            channel.write(ByteBuffer.wrap(bytes));
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            return new WrittenFile(bytes.length, crc.getValue());
        };
    }

    static Blob write(Group group, String file, String string) throws IOException {
        return group.write(file, string.getBytes(StandardCharsets.UTF_8).length, string(string));
    }

    /** Saves a file whose content is its own name. */
    void save(String file) throws IOException {
        try (Group group = directory.begin()) {
            commit(group, file);
            group.publish();
        }
    }

    /** Commits a file whose content is its own name, without publishing it. */
    void commit(Group group, String file) throws IOException {
        Blob blob = write(group, file, file);
        List<String> superseded = kept.size() < keeps ? List.of() : List.of(files.get(0));
        List<Long> numbers = new ArrayList<>(kept.subList(superseded.size(), kept.size()));
        numbers.add(group.number());
        group.commit(manifest(group.number(), List.of(blob), numbers, superseded));
        kept.clear();
        kept.addAll(numbers);
        files.subList(0, superseded.size()).clear();
        files.add(file);
    }

    Manifest manifest(long group, List<Blob> blobs, List<Long> numbers, List<String> superseded) {
        String newest = blobs.get(blobs.size() - 1).file();
        RetainedGroups retainedGroups = new RetainedGroups(
                new RetainedGroups.Kept(new GroupSet(numbers), GroupSet.EMPTY, GroupSet.EMPTY),
                Optional.of(new RetainedGroups.Pointed("last", group, true)),
                Optional.empty(),
                OptionalLong.empty(),
                group);
        return new Manifest(
                group,
                new Manifest.Origin(id, Instant.EPOCH, 0, group, "1", Map.of()),
                blobs.stream()
                        .map(blob -> new StoredCheckpoint("original", blob, OptionalDouble.empty(), Optional.empty()))
                        .toList(),
                List.of(new Manifest.Pointer("last", newest, true)),
                superseded,
                Map.of("original", retainedGroups));
    }
}
