package dev.rivulet.optim;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Recordings of {@code src/test/python/record_optim.py}: in the resources, or made by an installed Python. */
final class Recording {
    private Recording() {}

    static List<JsonObject> recorded(String name) throws IOException {
        @Nullable InputStream resource = Recording.class.getResourceAsStream(name + ".json.gz");
        return read(Objects.requireNonNull(resource));
    }

    /** Makes recordings in a folder, or skips the test without a Python that has torch. */
    static void recordLive(Path folder) throws IOException {
        Python.assumeHas("torch");
        Python.run("record_optim.py", folder.toString());
    }

    static List<JsonObject> live(Path folder, String name) throws IOException {
        return read(Files.newInputStream(folder.resolve(name + ".json.gz")));
    }

    private static List<JsonObject> read(InputStream packed) throws IOException {
        try (Reader json = new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8)) {
            List<JsonObject> cases = new ArrayList<>();
            JsonParser.parseReader(json)
                    .getAsJsonObject()
                    .getAsJsonArray("cases")
                    .forEach(element -> cases.add(element.getAsJsonObject()));
            return cases;
        }
    }

    /** JSON as values of a state dictionary: numbers as double, and tensors from their bits. */
    static @Nullable Object plain(JsonElement json) {
        if (json.isJsonNull()) {
            return null;
        } else if (json.isJsonArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            json.getAsJsonArray().forEach(element -> list.add(plain(element)));
            return list;
        } else if (json.isJsonObject()) {
            return json.getAsJsonObject().has("bits") ? tensor(json.getAsJsonObject()) : map(json.getAsJsonObject());
        } else if (json.getAsJsonPrimitive().isBoolean()) {
            return json.getAsBoolean();
        } else if (json.getAsJsonPrimitive().isNumber()) {
            return json.getAsDouble();
        }
        return json.getAsString().endsWith("Infinity") ? (Object) json.getAsDouble() : json.getAsString();
    }

    static Map<String, @Nullable Object> map(JsonObject json) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        json.entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
        return map;
    }

    private static Tensor tensor(JsonObject json) {
        JsonArray dimensions = json.getAsJsonArray("shape");
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i).getAsLong();
        }
        JsonArray bits = json.getAsJsonArray("bits");
        DirectMemory memory = DirectMemory.allocate((long) bits.size() * Integer.BYTES);
        ByteBuffer buffer = memory.chunks().get(0);
        bits.forEach(element -> buffer.putInt(element.getAsInt()));
        return memory.asTensor(Dtype.F32, TensorShape.of(shape));
    }

    /** The same values with numbers as double and tensors as strings, so that AssertJ can compare dictionaries. */
    static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(String.valueOf(key), comparable(element)));
            return copy;
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(comparable(element)));
            return copy;
        } else if (value instanceof Tensor tensor) {
            List<Integer> bits = new ArrayList<>();
            ByteBuffer buffer = tensor.chunks().get(0);
            while (buffer.hasRemaining()) {
                bits.add(buffer.getInt());
            }
            return tensor + " " + bits;
        } else if (value instanceof Number number) {
            return number.doubleValue();
        }
        return value;
    }
}
