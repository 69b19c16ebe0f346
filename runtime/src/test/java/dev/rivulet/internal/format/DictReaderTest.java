package dev.rivulet.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DictReaderTest {
    private static DictReader reader(Map<?, ?> values) {
        return new DictReader(
                "",
                values,
                (dictionary, key, expected) -> new ArithmeticException(
                        dictionary.path(key) + " is " + dictionary.shown(key) + ", not " + expected));
    }

    private static void assertWrong(ThrowingCallable reading, String message) {
        assertThatThrownBy(reading)
                .isExactlyInstanceOf(ArithmeticException.class)
                .hasMessage(message);
    }

    @Test
    void readsValuesOfTheRequestedType() {
        DictReader reader = reader(Map.of("s", "text", "b", true, "l", Long.MAX_VALUE, "d", 0.5, "list", List.of("a")));

        assertThat(reader.string("s")).isEqualTo("text");
        assertThat(reader.bool("b")).isTrue();
        assertThat(reader.integer("l")).isEqualTo(Long.MAX_VALUE);
        assertThat(reader.count("l")).isEqualTo(Long.MAX_VALUE);
        assertThat(reader.number("d")).isEqualTo(0.5);
        assertThat(reader.strings("list")).containsExactly("a");
        assertThat(reader.<Integer>parsed("s", String::length)).isEqualTo(4);
    }

    @Test
    void refusesOtherTypesWithTheCallersWording() {
        DictReader reader = reader(Map.of("s", "text", "d", 0.5, "l", -1L, "list", List.of("a", 1L)));

        assertWrong(() -> reader.string("d"), "d is 0.5, not a string");
        assertWrong(() -> reader.bool("s"), "s is text, not a boolean");
        assertWrong(() -> reader.integer("d"), "d is 0.5, not an integer");
        assertWrong(() -> reader.count("l"), "l is -1, not a non-negative integer");
        assertWrong(() -> reader.number("s"), "s is text, not a number");
        assertWrong(() -> reader.strings("list"), "list is [a, 1], not a list of strings");
        assertWrong(() -> reader.dicts("list"), "list is [a, 1], not a list of dictionaries");
        assertWrong(() -> reader.tensor("none"), "none is null, not a tensor");
        assertWrong(() -> reader.parsed("s", Long::parseLong), "s is text, not a valid string");
    }

    @Test
    void reportsThePathInNestedDictionaries() {
        DictReader reader = reader(Map.of("groups", List.of(Map.of(), Map.of("inner", Map.of("lr", "fast")))));

        assertWrong(
                () -> reader.dicts("groups").get(1).dict("inner").number("lr"),
                "groups[1].inner.lr is fast, not a number");
    }

    @Test
    void truncatesALongValue() {
        assertWrong(
                () -> reader(Map.of("s", "x".repeat(100))).bool("s"), "s is " + "x".repeat(60) + "…, not a boolean");
    }

    @Test
    void acceptsANumberInATensorOfOneElement() {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 7);
        Tensor seven = Tensor.of(Dtype.F32, TensorShape.of(), bytes);

        assertThat(reader(Map.of("step", seven)).integer("step")).isEqualTo(7);
        assertThat(reader(Map.of("lrs", Arrays.asList(seven, 0.5))).numbers("lrs"))
                .containsExactly(7.0, 0.5);
    }

    @Test
    void optionalEntriesMayBeNull() {
        Map<String, @Nullable Object> values = Collections.singletonMap("key", null);

        assertThat(reader(values).has("key")).isTrue();
        assertThat(reader(values).optional("key", DictReader::string)).isEmpty();
        assertThat(reader(values).optional("other", DictReader::string)).isEmpty();
        assertWrong(() -> reader(Map.of("key", 1L)).optional("key", DictReader::string), "key is 1, not a string");
    }

    @Test
    void readsAllEntriesInTheSameWay() {
        assertThat(reader(Map.of("a", 1L, "b", 0.5)).all(DictReader::number)).isEqualTo(Map.of("a", 1.0, "b", 0.5));
        assertWrong(() -> reader(Map.of("a", "x")).all(DictReader::number), "a is x, not a number");
        assertWrong(() -> reader(Map.of(3L, "x")).named(), "3 is x, not an entry with a string key");
    }
}
