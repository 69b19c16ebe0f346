package dev.rivulet.store;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON whose shape is known, and refuses everything else. Stricter than the reader beneath: bytes are valid UTF-8,
 * objects have the keys of their layout in order, a text is no number, a number no text, and an integer no fraction.
 */
final class StrictJson {
    private static final Pattern POSITION = Pattern.compile(" at line \\d+ column \\d+");

    private final String file;
    private final byte[] bytes;
    private final JsonReader json;
    private final Deque<OpenObject> objects = new ArrayDeque<>();
    private @Nullable String key;

    /**
     * A reader before the first byte.
     *
     * @param file name of the file, for messages
     */
    StrictJson(String file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        this.json = new JsonReader(new InputStreamReader(new ByteArrayInputStream(bytes), decoder()));
        json.setStrictness(Strictness.STRICT);
    }

    /**
     * Enters an object.
     *
     * @param layout all keys that it may have, in order; empty if its keys are not known
     */
    void beginObject(List<String> layout) throws IOException {
        expect(JsonToken.BEGIN_OBJECT, "an object");
        objects.push(new OpenObject(json.getPath(), layout));
        json.beginObject();
    }

    /** Leaves an object, all of whose members have been taken. */
    void endObject() throws IOException {
        if (hasMember()) {
            throw surplus(nextKey());
        }
        json.endObject();
        objects.pop();
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
            OpenObject object = objects.element();
            if (key != null && object.layout().indexOf(key) < object.layout().indexOf(expected)) {
                throw surplus(key);
            }
            throw violation(
                    ManifestRule.MISSING_KEY, object.place() + "." + expected, "\"" + expected + "\" is missing");
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
        String digits = json.nextString();
        try {
            long value = Long.parseLong(digits);
            if (digits.equals(Long.toString(value))) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as what is written in another way is.
        }
        throw violation(ManifestRule.INTEGER, digits + " is no integer of 64 bits");
    }

    /** Takes a number, or the text of one that JSON cannot write. */
    double number() throws IOException {
        if (json.peek() == JsonToken.STRING) {
            String word = json.nextString();
            return switch (word) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw violation(ManifestRule.NUMBER, "\"" + word + "\" is no number");
            };
        }
        expect(JsonToken.NUMBER, "a number");
        String digits = json.nextString();
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            throw violation(ManifestRule.NUMBER, digits + " is out of range");
        }
        return value;
    }

    /** Checks that nothing follows. */
    void end() throws IOException {
        expect(JsonToken.END_DOCUMENT, "the end");
    }

    /** A violation at the value that was taken last. */
    MalformedManifestException violation(ManifestRule rule, String reason) {
        return violation(rule, json.getPreviousPath(), reason);
    }

    /** What the failure to take anything means: the text is no JSON, or no text. */
    MalformedManifestException violation(IOException failure) {
        if (failure instanceof CharacterCodingException) {
            return violation(ManifestRule.UTF8, "byte " + firstInvalidByte(), "the byte belongs to no character");
        }
        Matcher position = POSITION.matcher(String.valueOf(failure.getMessage()));
        return violation(
                ManifestRule.JSON, json.getPath(), "the text is broken" + (position.find() ? position.group() : ""));
    }

    private MalformedManifestException violation(ManifestRule rule, String place, String reason) {
        String end = place.endsWith(".") ? place.substring(0, place.length() - 1) : place; // Before a key.
        return new MalformedManifestException(file, rule, end, reason);
    }

    private int firstInvalidByte() {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer output = CharBuffer.allocate(1024);
        CharsetDecoder decoder = decoder();
        while (decoder.decode(input, output, true).isOverflow()) {
            output.clear();
        }
        return input.position();
    }

    private static CharsetDecoder decoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    private MalformedManifestException surplus(String found) {
        OpenObject object = objects.element();
        String place = object.place() + "." + found;
        return object.layout().contains(found)
                ? violation(ManifestRule.DUPLICATE_KEY, place, "\"" + found + "\" comes twice, or too late")
                : violation(ManifestRule.UNKNOWN_KEY, place, "\"" + found + "\" is unknown");
    }

    private void expect(JsonToken token, String what) throws IOException {
        if (json.peek() != token) {
            throw violation(ManifestRule.TYPE, json.getPath(), what + " is expected");
        }
    }

    /** An object that is being read: where it is, and which keys it may have. */
    private record OpenObject(String place, List<String> layout) {}
}
