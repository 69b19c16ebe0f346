package dev.rivulet.internal.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;

/** Manifests of long runs of many streams. */
final class LargeManifests {
    private LargeManifests() {}

    /**
     * A manifest in which each stream has saved a checkpoint, and retains that many groups, few of them consecutive.
     */
    static Manifest of(int streams, int kept) {
        SplittableRandom random = new SplittableRandom(7);
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        List<Manifest.Pointer> pointers = new ArrayList<>();
        List<String> superseded = new ArrayList<>();
        Map<String, RetainedGroups> retained = new LinkedHashMap<>();
        for (int i = 0; i < streams; i++) {
            String stream = "stream" + i;
            String file = stream + "-epoch=7.safetensors";
            checkpoints.add(new StoredCheckpoint(
                    stream,
                    new StoredCheckpoint.Blob(file, "tmp-" + new UUID(i, i), 1 << 20, i),
                    OptionalDouble.of(0.25),
                    Optional.of(new StoredCheckpoint.Derivation("DigitsModule#halve", "original", "crc32c:1a2b3c4d"))));
            pointers.add(new Manifest.Pointer(stream + "-last.safetensors", file, true));
            superseded.add(stream + "-epoch=4.safetensors");
            List<Long> groups = random.longs(kept, 1, 20L * kept).boxed().toList();
            retained.put(
                    stream,
                    new RetainedGroups(
                            new RetainedGroups.Kept(new GroupSet(groups), GroupSet.EMPTY, GroupSet.EMPTY),
                            Optional.of(new RetainedGroups.Pointed(stream + "-last.safetensors", 20L * kept, true)),
                            Optional.empty(),
                            OptionalLong.empty(),
                            kept));
        }
        return new Manifest(
                20L * kept,
                new Manifest.Origin(new UUID(1, 2), Instant.EPOCH, 7, 800, "0.1.0", Map.of("val_loss", 0.25)),
                checkpoints,
                pointers,
                superseded,
                retained);
    }
}
