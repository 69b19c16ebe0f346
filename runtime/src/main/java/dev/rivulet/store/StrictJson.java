package dev.rivulet.store;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON whose shape is known, and refuses everything else. Stricter than the reader beneath: bytes are valid UTF-8,
 * objects have the keys of their layout in order, a text is no number, a number no text, and an integer no fraction.
 */
final class StrictJson {
    private final String file;
    private final JsonReader json;
    private final Deque<List<String>> layouts = new ArrayDeque<>();
    private @Nullable String key;

    /**
     * A reader before the first byte.
     *
     * @param file name of the file, for messages
     */
    StrictJson(String file, byte[] bytes) {
        this.file = file;
        this.json = new JsonReader(new InputStreamReader(
                new ByteArrayInputStream(bytes),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        json.setStrictness(Strictness.STRICT);
    }

    /**
     * Enters an object.
     *
     * @param layout all keys that it may have, in order; empty if its keys are not known
     */
    void beginObject(List<String> layout) throws IOException {
        expect(JsonToken.BEGIN_OBJECT, "an object");
        json.beginObject();
        layouts.push(layout);
    }

    /** Leaves an object, all of whose members have been taken. */
    void endObject() throws IOException {
        if (hasMember()) {
            throw surplus(nextKey());
        }
        json.endObject();
        layouts.pop();
    }

    void beginArray() throws IOException {
        expect(JsonToken.BEGIN_ARRAY, "an array");
        json.beginArray();
    }

    void endArray() throws IOException {
        json.endArray();
    }

    boolean hasElement() throws IOException {
        return json.hasNext();
    }

    boolean hasMember() throws IOException {
        return key != null || json.hasNext();
    }

    /** Whether the next member has this key. */
    boolean isNext(String expected) throws IOException {
        if (key == null && json.hasNext()) {
            key = json.nextName();
        }
        return expected.equals(key);
    }

    /** Takes the key of the next member, which must be this one; its value comes next. */
    StrictJson key(String expected) throws IOException {
        if (!isNext(expected)) {
            List<String> layout = layouts.element();
            if (key != null && layout.indexOf(key) < layout.indexOf(expected)) {
                throw surplus(key);
            }
            throw violation(ManifestRule.MISSING_KEY, "\"" + expected + "\" is missing");
        }
        key = null;
        return this;
    }

    /** Takes the key of the next member, which must be there; its value comes next. */
    String nextKey() throws IOException {
        String next = key == null ? json.nextName() : key;
        key = null;
        return next;
    }

    String string() throws IOException {
        expect(JsonToken.STRING, "a text");
        return json.nextString();
    }

    boolean flag() throws IOException {
        expect(JsonToken.BOOLEAN, "true or false");
        return json.nextBoolean();
    }

    long integer() throws IOException {
        expect(JsonToken.NUMBER, "an integer");
        String place = json.getPath();
        String digits = json.nextString();
        try {
            long value = Long.parseLong(digits);
            if (digits.equals(Long.toString(value))) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as what is written in another way is.
        }
        throw violation(ManifestRule.INTEGER, place, digits + " is no integer of 64 bits");
    }

    /** Takes a number, or the text of one that JSON cannot write. */
    double number() throws IOException {
        String place = json.getPath();
        if (json.peek() == JsonToken.STRING) {
            String word = json.nextString();
            return switch (word) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw violation(ManifestRule.NUMBER, place, "\"" + word + "\" is no number");
            };
        }
        expect(JsonToken.NUMBER, "a number");
        String digits = json.nextString();
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            throw violation(ManifestRule.NUMBER, place, digits + " is out of range");
        }
        return value;
    }

    /** Checks that nothing follows. */
    void end() throws IOException {
        expect(JsonToken.END_DOCUMENT, "the end");
    }

    /** A violation at the value that was taken last, or that is being taken. */
    MalformedManifestException violation(ManifestRule rule, String reason) {
        return violation(rule, json.getPreviousPath(), reason);
    }

    private MalformedManifestException violation(ManifestRule rule, String place, String reason) {
        return new MalformedManifestException(file, rule, place, reason);
    }

    private MalformedManifestException surplus(String found) {
        return layouts.element().contains(found)
                ? violation(ManifestRule.DUPLICATE_KEY, "\"" + found + "\" comes twice, or too late")
                : violation(ManifestRule.UNKNOWN_KEY, "\"" + found + "\" is unknown");
    }

    private void expect(JsonToken token, String what) throws IOException {
        if (json.peek() != token) {
            throw violation(ManifestRule.TYPE, json.getPath(), what + " is expected");
        }
    }
}
