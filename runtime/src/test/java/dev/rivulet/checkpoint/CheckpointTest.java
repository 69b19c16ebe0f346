package dev.rivulet.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.file.CheckpointMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final Provenance PROVENANCE = new Provenance(
            "half",
            Optional.of(new Provenance.Derivation("DigitsModule#toHalf", "averaged", Optional.of("crc32c:0123abcd"))),
            new Provenance.Progress(
                    7,
                    1L << 40,
                    Map.of("val_loss", 0.1, "odd \"name\"\n", Double.NaN, "large", Double.POSITIVE_INFINITY)),
            List.of(new Shape(-1, 3, 8), new Shape()),
            "0.1.0");

    private final Checkpoint checkpoint = Checkpoint.toSave(PROVENANCE);

    private static Checkpoint roundTrip(Checkpoint checkpoint) throws NotACheckpointException {
        return CheckpointMetadata.read("a file", CheckpointMetadata.write(checkpoint, Set.of()));
    }

    @Test
    void provenanceSurvivesARoundTrip() throws NotACheckpointException {
        assertThat(roundTrip(checkpoint).provenance()).isEqualTo(PROVENANCE);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void entriesSurviveARoundTrip(Object value) throws NotACheckpointException {
        checkpoint.put("key", value);

        assertThat(checkpoint.get("key")).isEqualTo(value);
        assertThat(roundTrip(checkpoint).get("key")).isEqualTo(value);
    }

    static Stream<Object> entries() {
        return Stream.of(
                "text",
                "",
                "NaN",
                "1",
                "quotes \" and \\, <html>, a line\nbreak, \u0000, é and 🌊",
                true,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                (1L << 53) + 1,
                0.1,
                1.0,
                -0.0,
                1e300,
                Double.MIN_VALUE,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                List.of(),
                Map.of(),
                List.of(1L, 2.5, "three", List.of(false)),
                Map.of("nested", Map.of("list", List.of(Double.NaN, "NaN", 1L))),
                Map.of("$double", "NaN"),
                Map.of("$double", "text"),
                List.of(Map.of("$$double", Map.of("$double", Double.NaN))),
                nested(126));
    }

    private static Object nested(int levels) {
        Object value = 1L;
        for (int level = 0; level < levels; level++) {
            value = level % 2 == 0 ? List.of(value) : Map.of("inner", value);
        }
        return value;
    }

    @Test
    void refusesEntriesThatCouldNotBeReadAgain() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);

        for (Object deep : List.of(nested(127), nested(100_000), cycle)) {
            assertThatThrownBy(() -> checkpoint.put("deep", deep))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The checkpoint entry \"deep\" contains itself, or is nested more than 126 levels deep;"
                            + " flatten it.");
        }
        assertThat(checkpoint.keys()).isEmpty();
    }

    @Test
    void refusesKeysThatAreNotStrings() {
        Map<String, Object> withNull = new LinkedHashMap<>();
        withNull.put(null, 1);

        assertThatThrownBy(() -> checkpoint.put("classes", List.of(Map.of(7, "seven"))))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The checkpoint entry \"classes\" holds a map with the key 7, which is not a string;"
                        + " convert it with String.valueOf.");
        assertThatThrownBy(() -> checkpoint.put("classes", withNull)).hasMessageContaining("the key null");
    }

    @Test
    void numbersAreKeptAsLongOrDouble() {
        checkpoint.put("int", 1);
        checkpoint.put("byte", (byte) 2);
        checkpoint.put("float", 0.5f);

        assertThat(checkpoint.get("int", Long.class)).isEqualTo(1L);
        assertThat(checkpoint.get("byte", Long.class)).isEqualTo(2L);
        assertThat(checkpoint.get("float", Double.class)).isEqualTo(0.5);
    }

    @Test
    void refusesEntriesOnceItIsSaved() throws NotACheckpointException {
        checkpoint.put("unit", "metre");

        for (Checkpoint saved : List.of(roundTrip(checkpoint), checkpoint.seal(), checkpoint)) {
            assertThatThrownBy(() -> saved.put("names", List.of("a")))
                    .isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(
                            "The entry \"names\" cannot be put into a checkpoint that has been saved: its file would"
                                    + " not have it. Put entries in a method annotated with @OnSaveCheckpoint, or in a"
                                    + " callback's onSaveCheckpoint.");
            assertThat(saved.keys()).containsExactly("unit");
        }
    }

    @Test
    void aSavedCheckpointAcceptsOnlyValidEntries() {
        assertThat(Checkpoint.saved(PROVENANCE, Map.of("count", 1)).get("count"))
                .isEqualTo(1L);
        assertThatThrownBy(() -> Checkpoint.saved(PROVENANCE, Map.of("epoch", 1)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be called \"epoch\"");
    }

    @Test
    void entriesKeepTheirOrderAndAreReplacedInPlace() throws NotACheckpointException {
        checkpoint.put("z", 1);
        checkpoint.put("a", 2);
        checkpoint.put("z", 3);

        Checkpoint loaded = roundTrip(checkpoint);
        assertThat(loaded.keys()).containsExactly("z", "a");
        assertThat(loaded.get("z")).isEqualTo(3L);
        assertThat(loaded.contains("a")).isTrue();
    }

    @Test
    void entriesAreCopied() {
        List<String> names = new ArrayList<>(List.of("a"));
        checkpoint.put("names", names);

        names.add("b");

        assertThat(checkpoint.get("names")).isEqualTo(List.of("a"));
    }

    @Test
    void refusesInvalidEntryTypesByName() {
        Map<String, Object> withNull = new LinkedHashMap<>();
        withNull.put("inner", null);

        assertThatThrownBy(() -> checkpoint.put("count", new AtomicInteger()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The checkpoint entry \"count\" holds a java.util.concurrent.atomic.AtomicInteger;"
                        + " an entry is a string, a boolean, a number, or a list or map of these.");
        assertThatThrownBy(() -> checkpoint.put("deep", List.of(Map.of("x", 'c'))))
                .hasMessageContaining("\"deep\" holds a java.lang.Character");
        assertThatThrownBy(() -> checkpoint.put("nothing", withNull)).hasMessageContaining("\"nothing\" holds null");
        assertThat(checkpoint.keys()).isEmpty();
    }

    @Test
    void reportsTheExistingEntriesWhenOneIsMissing() {
        checkpoint.put("unit", 1);

        assertThatThrownBy(() -> checkpoint.get("units"))
                .isExactlyInstanceOf(NoSuchElementException.class)
                .hasMessage("The checkpoint has no entry \"units\", only [unit].");
        assertThatThrownBy(() -> checkpoint.get("unit", String.class))
                .isExactlyInstanceOf(ClassCastException.class)
                .hasMessage("The entry \"unit\" is a Long, not a String.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoch", "state_dict", "optimizer_states", "rivulet"})
    void refusesReservedKeys(String key) {
        assertThatThrownBy(() -> checkpoint.put(key, 1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("A checkpoint entry cannot be called \"" + key + "\": Lightning or Rivulet uses that"
                        + " key in a .ckpt. Choose another one.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind",
                "stream",
                "transform",
                "source",
                "source_digest",
                "epoch",
                "global_step",
                "metrics",
                "input_shapes",
                "version",
                "entries"
            })
    void refusesMetadataWithoutAKey(String key) {
        Map<String, String> metadata = CheckpointMetadata.write(checkpoint, Set.of());
        metadata.remove("rivulet." + key);

        assertThatThrownBy(() -> CheckpointMetadata.read("a.safetensors", metadata))
                .isExactlyInstanceOf(NotACheckpointException.class)
                .hasMessage("a.safetensors was not written by Rivulet, or its metadata was changed: it has no rivulet."
                        + key + ".");
    }

    @ParameterizedTest
    @MethodSource("damagedMetadata")
    void refusesMetadataWithADamagedValue(String key, String value) {
        Map<String, String> metadata = CheckpointMetadata.write(checkpoint, Set.of());
        metadata.put("rivulet." + key, value);

        assertThatThrownBy(() -> CheckpointMetadata.read("a.safetensors", metadata))
                .isExactlyInstanceOf(NotACheckpointException.class)
                .hasMessageStartingWith("a.safetensors was not written by Rivulet, or its metadata was changed: ");
    }

    static Stream<Arguments> damagedMetadata() {
        return Stream.of("epoch", "global_step", "metrics", "input_shapes", "entries")
                .flatMap(key ->
                        Stream.of("", "null", "{", "\"text\"", "[[null]]").map(value -> Arguments.of(key, value)));
    }
}
