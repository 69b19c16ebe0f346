package dev.rivulet.internal.store;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a manifest from the JSON that {@link ManifestWriter} documents, once its checksum is verified. Accepts exactly
 * one form of each value; {@link ManifestCheck} checks the meaning.
 */
final class ManifestReader extends JsonReader {
    private static final Pattern POSITION = Pattern.compile(" at line \\d+ column \\d+");

    private static final Map<Type, Value<?>> BY_TYPE = Map.of(
            String.class, ManifestReader::string,
            boolean.class, ManifestReader::bool,
            int.class, json -> json.exact(json.digits(), Integer::valueOf, Object::toString, ManifestRule.INTEGER),
            long.class, ManifestReader::int64,
            Double.class, ManifestReader::float64,
            OptionalLong.class, json -> OptionalLong.of(json.int64()),
            OptionalDouble.class, json -> OptionalDouble.of(json.float64()),
            UUID.class, json -> json.exact(json.string(), UUID::fromString, UUID::toString, ManifestRule.RUN),
            Instant.class, json -> json.exact(json.string(), Instant::parse, Instant::toString, ManifestRule.SAVED_AT),
            GroupSet.class,
                    json -> json.exact(json.string(), GroupSet::parse, GroupSet::toString, ManifestRule.GROUP_SET));

    private static final RecordReader<Document> DOCUMENT = new RecordReader<>(Document.class);

    private final String file;

    private ManifestReader(String file, byte[] bytes) throws MalformedManifestException {
        super(characters(file, bytes));
        this.file = file;
        setStrictness(Strictness.STRICT);
    }

    /** All members of the object, including those that only the file has. */
    record Document(long format, Manifest manifest, long crc32c) {}

    /** Reads values of one type. */
    @FunctionalInterface
    interface Value<T> {
        T read(ManifestReader json) throws IOException;
    }

    /**
     * The manifest of a file.
     *
     * @param file the file's name, for messages
     */
    static Manifest read(String file, byte[] bytes) throws MalformedManifestException {
        ManifestReader json = new ManifestReader(file, bytes);
        try {
            if (bytes[0] != '{') {
                throw json.violation(ManifestRule.JSON, "the file does not begin with {");
            }
            Document document = DOCUMENT.read(json);
            json.expect(JsonToken.END_DOCUMENT, "the end");
            return document.manifest();
        } catch (MalformedManifestException e) {
            throw e;
        } catch (IOException e) {
            throw json.broken(e);
        }
    }

    private static Reader characters(String file, byte[] bytes) throws MalformedManifestException {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(input, characters, true).isError()) {
            throw new MalformedManifestException(
                    file, ManifestRule.UTF8, "byte " + input.position(), "the byte is not part of a valid character");
        }
        return new CharArrayReader(characters.array(), 0, characters.position());
    }

    /** The reader of a member. Two keys have a value format that their type does not imply. */
    static Value<?> value(String key, Type type) {
        if (type instanceof ParameterizedType container) {
            Type[] arguments = container.getActualTypeArguments();
            return container((Class<?>) container.getRawType(), value(key, arguments[arguments.length - 1]));
        }
        if (type instanceof Class<?> record && record.isRecord()) {
            return new RecordReader<>(record);
        }
        return switch (key) {
            case "format" -> ManifestReader::format;
            case "crc32c" -> ManifestReader::crc32c;
            default -> Objects.requireNonNull(BY_TYPE.get(type), key);
        };
    }

    private static <T> Value<?> container(Class<?> type, Value<T> value) {
        if (type == Optional.class) {
            return json -> Optional.of(value.read(json));
        }
        return type == Map.class ? json -> json.map(value) : json -> json.list(value);
    }

    private long format() throws IOException {
        long format = int64();
        if (format != ManifestWriter.FORMAT) {
            throw violation(
                    ManifestRule.FORMAT, "the format is " + format + ", which needs another version of Rivulet");
        }
        return format;
    }

    private long crc32c() throws IOException {
        HexFormat hex = HexFormat.of();
        return exact(
                string(), HexFormat::fromHexDigitsToLong, crc32c -> hex.toHexDigits(crc32c, 8), ManifestRule.DIGEST);
    }

    private String string() throws IOException {
        expect(JsonToken.STRING, "a string");
        return nextString();
    }

    private boolean bool() throws IOException {
        expect(JsonToken.BOOLEAN, "a boolean");
        return nextBoolean();
    }

    private String digits() throws IOException {
        expect(JsonToken.NUMBER, "an integer");
        return nextString();
    }

    private long int64() throws IOException {
        return exact(digits(), Long::valueOf, Object::toString, ManifestRule.INTEGER);
    }

    /** Reads a number, or the string for one that JSON cannot represent. */
    private double float64() throws IOException {
        if (peek() == JsonToken.STRING) {
            return exact(
                    nextString(),
                    Double::valueOf,
                    value -> Double.isFinite(value) ? "" : value.toString(),
                    ManifestRule.NUMBER);
        }
        expect(JsonToken.NUMBER, "a number");
        String digits = nextString();
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            throw violation(ManifestRule.NUMBER, digits + " is out of range");
        }
        return value;
    }

    /** Parses a value, and refuses any spelling other than the one that is written. */
    private <T> T exact(String found, Function<String, T> parse, Function<T, String> write, ManifestRule rule)
            throws MalformedManifestException {
        try {
            T value = parse.apply(found);
            if (write.apply(value).equals(found)) {
                return value;
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // Refused below, like another spelling.
        }
        throw violation(rule, "\"" + found + "\" is found");
    }

    private <T> List<T> list(Value<T> element) throws IOException {
        List<T> elements = new ArrayList<>();
        expect(JsonToken.BEGIN_ARRAY, "an array");
        beginArray();
        while (hasNext()) {
            elements.add(element.read(this));
            checkMembers(elements.size());
        }
        endArray();
        return elements;
    }

    private <T> Map<String, T> map(Value<T> value) throws IOException {
        Map<String, T> members = new LinkedHashMap<>();
        expect(JsonToken.BEGIN_OBJECT, "an object");
        beginObject();
        while (hasNext()) {
            String key = nextName();
            if (members.containsKey(key)) {
                throw violation(ManifestRule.DUPLICATE_KEY, getPath(), "\"" + key + "\" occurs twice");
            }
            members.put(key, value.read(this));
            checkMembers(members.size());
        }
        endObject();
        return members;
    }

    /** Checked for each member, before they fill the memory. */
    private void checkMembers(int count) throws MalformedManifestException {
        if (count > ManifestCheck.MAX_MEMBERS) {
            throw violation(ManifestRule.MEMBERS, "there are more than " + ManifestCheck.MAX_MEMBERS);
        }
    }

    /** Checks the type of the next token, because Gson would convert it if possible. */
    void expect(JsonToken token, String what) throws IOException {
        if (peek() != token) {
            throw violation(ManifestRule.TYPE, getPath(), what + " is expected");
        }
    }

    /** A violation at the value that was read last. */
    private MalformedManifestException violation(ManifestRule rule, String reason) {
        return violation(rule, getPreviousPath(), reason);
    }

    MalformedManifestException violation(ManifestRule rule, String location, String reason) {
        return new MalformedManifestException(file, rule, location, reason);
    }

    private MalformedManifestException broken(IOException failure) {
        Matcher position = POSITION.matcher(String.valueOf(failure.getMessage()));
        String path = getPath();
        String location = path.endsWith(".") ? path.substring(0, path.length() - 1) : path; // A path before a key.
        return violation(
                ManifestRule.JSON, location, "the JSON is invalid" + (position.find() ? position.group() : ""));
    }
}
