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

/** Random valid manifests of all shapes. */
final class RandomManifests {
    private static final String[] CHARACTERS = {"a", "Z", "0", "_", "=", " ", "é", "漢", "😀", "\"", "'", "<", "\u2028"};
    private static final double[] SPECIAL = {
        0,
        -0.0,
        1,
        0.1,
        1e22,
        -1e-7,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    private final SplittableRandom random;

    RandomManifests(SplittableRandom random) {
        this.random = random;
    }

    Manifest next() {
        return next(random.nextLong(1, random.nextBoolean() ? 40 : Long.MAX_VALUE), random.nextInt(5));
    }

    /** A manifest of a group with retained groups for that many streams, some of which have a checkpoint in it. */
    Manifest next(long group, int streams) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            metrics.put(string() + i, number());
        }
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        List<Manifest.Pointer> pointers = new ArrayList<>();
        List<String> superseded = new ArrayList<>();
        Map<String, RetainedGroups> retained = new LinkedHashMap<>();
        for (int i = 0; i < streams; i++) {
            String stream = "stream-" + i;
            retained.put(stream, retainedGroups(stream, group));
            if (random.nextBoolean()) {
                checkpoints.add(checkpoint(stream));
                pointers.add(new Manifest.Pointer(stream + "/last" + string(), "of/" + string(), random.nextBoolean()));
            }
            if (random.nextBoolean()) {
                superseded.add(stream + "/old" + string());
            }
        }
        return new Manifest(
                group,
                new Manifest.Origin(
                        uuid(),
                        Instant.ofEpochSecond(
                                random.nextLong(-10_000_000_000L, 100_000_000_000L), random.nextInt(1_000_000_000)),
                        random.nextInt(Integer.MAX_VALUE),
                        random.nextLong(Long.MAX_VALUE),
                        string(),
                        metrics),
                checkpoints,
                pointers,
                superseded,
                retained);
    }

    private StoredCheckpoint checkpoint(String stream) {
        return new StoredCheckpoint(
                stream,
                new StoredCheckpoint.Blob(
                        stream + "/new" + string(),
                        "tmp-" + uuid(),
                        random.nextLong(Long.MAX_VALUE),
                        random.nextLong(1L << 32)),
                random.nextBoolean() ? OptionalDouble.of(number()) : OptionalDouble.empty(),
                random.nextBoolean()
                        ? Optional.of(new StoredCheckpoint.Derivation(string(), "original", string()))
                        : Optional.empty(),
                random.nextBoolean());
    }

    private RetainedGroups retainedGroups(String stream, long group) {
        return new RetainedGroups(
                new RetainedGroups.Kept(groups(group), groups(group), groups(group)),
                pointed(stream, group),
                pointed(stream, group),
                random.nextBoolean() ? OptionalLong.of(number(group)) : OptionalLong.empty(),
                random.nextLong(Long.MAX_VALUE),
                groups(group));
    }

    private Optional<RetainedGroups.Pointed> pointed(String stream, long group) {
        return random.nextBoolean()
                ? Optional.of(
                        new RetainedGroups.Pointed(stream + "/last" + string(), number(group), random.nextBoolean()))
                : Optional.empty();
    }

    private GroupSet groups(long group) {
        List<Long> numbers = new ArrayList<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            numbers.add(number(group));
        }
        return new GroupSet(numbers);
    }

    private long number(long group) {
        return group == Long.MAX_VALUE ? random.nextLong(1, group) : random.nextLong(1, group + 1);
    }

    private String string() {
        StringBuilder string = new StringBuilder("x");
        for (int i = random.nextInt(6); i > 0; i--) {
            string.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return string.toString();
    }

    private double number() {
        return random.nextBoolean() ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextDouble(-100, 100);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
