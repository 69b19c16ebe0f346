package dev.rivulet.store;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;

/** Reads a manifest from JSON; {@link ManifestText} describes the form. What the values mean is {@link ManifestCheck}'s. */
final class ManifestReader {
    /** Number of the form that this version writes, and the only one that it reads. */
    static final int FORMAT = 1;

    private static final List<String> MANIFEST = List.of(
            "format",
            "group",
            "run",
            "saved_at",
            "epoch",
            "global_step",
            "version",
            "metrics",
            "checkpoints",
            "pointers",
            "retired",
            "ledgers",
            "crc32c");
    private static final List<String> CHECKPOINT =
            List.of("stream", "file", "blob", "bytes", "crc32c", "score", "derivation");
    private static final List<String> DERIVATION = List.of("transform", "source", "source_digest");
    private static final List<String> POINTER = List.of("name", "target", "linked");
    private static final List<String> LEDGER =
            List.of("kept", "newest", "kept_for_ever", "last", "best", "rescue", "saves");
    private static final List<String> POINTED = List.of("name", "group", "linked");

    private final StrictJson json;

    private ManifestReader(StrictJson json) {
        this.json = json;
    }

    /**
     * The manifest that a text describes.
     *
     * @param name the file's name, for messages
     */
    static Manifest read(String name, byte[] bytes) throws MalformedManifestException {
        StrictJson json = new StrictJson(name, bytes);
        try {
            if (bytes[0] != '{') {
                throw json.violation(ManifestRule.JSON, "the text does not begin with {");
            }
            return new ManifestReader(json).manifest();
        } catch (MalformedManifestException e) {
            throw e;
        } catch (IOException e) {
            throw json.violation(e);
        }
    }

    private Manifest manifest() throws IOException {
        json.beginObject(MANIFEST);
        format();
        Manifest manifest = new Manifest(
                json.key("group").integer(),
                run(),
                savedAt(),
                epoch(),
                json.key("global_step").integer(),
                json.key("version").string(),
                metrics(),
                list("checkpoints", this::checkpoint),
                list("pointers", this::pointer),
                list("retired", json::string),
                ledgers());
        json.key("crc32c").string();
        json.endObject();
        json.end();
        return manifest;
    }

    private void format() throws IOException {
        long format = json.key("format").integer();
        if (format != FORMAT) {
            throw json.violation(
                    ManifestRule.FORMAT, "the format is " + format + ", which another version of Rivulet reads");
        }
    }

    private UUID run() throws IOException {
        String text = json.key("run").string();
        try {
            UUID run = UUID.fromString(text);
            if (run.toString().equals(text)) {
                return run;
            }
        } catch (IllegalArgumentException e) {
            // Told below, as what is written in another way is.
        }
        throw json.violation(ManifestRule.RUN, "\"" + text + "\" is no UUID in lower case");
    }

    private Instant savedAt() throws IOException {
        String text = json.key("saved_at").string();
        try {
            Instant instant = Instant.parse(text);
            if (instant.toString().equals(text)) {
                return instant;
            }
        } catch (DateTimeException e) {
            // Told below, as what is written in another way is.
        }
        throw json.violation(ManifestRule.SAVED_AT, "\"" + text + "\" is no instant");
    }

    private int epoch() throws IOException {
        long epoch = json.key("epoch").integer();
        if (epoch != (int) epoch) {
            throw json.violation(ManifestRule.INTEGER, epoch + " is no integer of 32 bits");
        }
        return (int) epoch;
    }

    private Map<String, Double> metrics() throws IOException {
        return map("metrics", json::number);
    }

    private StoredCheckpoint checkpoint() throws IOException {
        json.beginObject(CHECKPOINT);
        StoredCheckpoint checkpoint = new StoredCheckpoint(
                json.key("stream").string(),
                json.key("file").string(),
                json.key("blob").string(),
                json.key("bytes").integer(),
                digest(),
                json.isNext("score") ? OptionalDouble.of(json.key("score").number()) : OptionalDouble.empty(),
                json.isNext("derivation") ? Optional.of(derivation()) : Optional.empty());
        json.endObject();
        return checkpoint;
    }

    private long digest() throws IOException {
        String digits = json.key("crc32c").string();
        if (!digits.matches("[0-9a-f]{8}")) {
            throw json.violation(ManifestRule.DIGEST, "\"" + digits + "\" is no CRC-32C");
        }
        return HexFormat.fromHexDigitsToLong(digits);
    }

    private StoredCheckpoint.Derivation derivation() throws IOException {
        json.key("derivation").beginObject(DERIVATION);
        StoredCheckpoint.Derivation derivation = new StoredCheckpoint.Derivation(
                json.key("transform").string(),
                json.key("source").string(),
                json.key("source_digest").string());
        json.endObject();
        return derivation;
    }

    private Pointer pointer() throws IOException {
        json.beginObject(POINTER);
        Pointer pointer = new Pointer(
                json.key("name").string(),
                json.key("target").string(),
                json.key("linked").flag());
        json.endObject();
        return pointer;
    }

    private Map<String, Ledger> ledgers() throws IOException {
        return map("ledgers", this::ledger);
    }

    private Ledger ledger() throws IOException {
        json.beginObject(LEDGER);
        Ledger ledger = new Ledger(
                groups("kept"),
                groups("newest"),
                groups("kept_for_ever"),
                pointed("last"),
                pointed("best"),
                json.isNext("rescue") ? OptionalLong.of(json.key("rescue").integer()) : OptionalLong.empty(),
                json.key("saves").integer());
        json.endObject();
        return ledger;
    }

    private GroupSet groups(String key) throws IOException {
        String text = json.key(key).string();
        try {
            return GroupSet.parse(text);
        } catch (IllegalArgumentException e) {
            throw json.violation(ManifestRule.GROUP_SET, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Ledger.Pointed> pointed(String key) throws IOException {
        if (!json.isNext(key)) {
            return Optional.empty();
        }
        json.key(key).beginObject(POINTED);
        Ledger.Pointed pointed = new Ledger.Pointed(
                json.key("name").string(),
                json.key("group").integer(),
                json.key("linked").flag());
        json.endObject();
        return Optional.of(pointed);
    }

    private <T> List<T> list(String key, Value<T> value) throws IOException {
        List<T> elements = new ArrayList<>();
        json.key(key).beginArray();
        while (json.hasElement()) {
            elements.add(value.read());
            checkMembers(elements.size());
        }
        json.endArray();
        return elements;
    }

    private <T> Map<String, T> map(String key, Value<T> value) throws IOException {
        Map<String, T> members = new LinkedHashMap<>();
        json.key(key).beginObject(List.of());
        while (json.hasMember()) {
            String name = json.nextKey();
            if (name.length() > ManifestCheck.MAX_TEXT) { // Before it becomes part of places.
                throw json.violation(ManifestRule.TEXT, "a key has " + name.length() + " characters");
            }
            if (members.put(name, value.read()) != null) {
                throw json.violation(ManifestRule.DUPLICATE_KEY, "\"" + name + "\" comes twice");
            }
            checkMembers(members.size());
        }
        json.endObject();
        return members;
    }

    private void checkMembers(int count) throws MalformedManifestException {
        if (count > ManifestCheck.MAX_MEMBERS) {
            throw json.violation(ManifestRule.MEMBERS, "there are more than " + ManifestCheck.MAX_MEMBERS);
        }
    }

    @FunctionalInterface
    private interface Value<T> {
        T read() throws IOException;
    }
}
