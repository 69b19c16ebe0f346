package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The text form of a {@link Checkpoint}: keys of a safetensors file's {@code __metadata__}, values texts or JSON.
 *
 * <p>{@code format} is {@code pt}, by which Hugging Face's libraries know that names and layouts are PyTorch's.
 */
final class CheckpointMetadata {
    private static final String PREFIX = "rivulet.";
    private static final Gson JSON = new GsonBuilder()
            .serializeSpecialFloatingPointValues()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .disableHtmlEscaping()
            .create();

    private CheckpointMetadata() {}

    /**
     * The text form of a checkpoint.
     *
     * @param additions names of the tensors that are no weights
     */
    static Map<String, String> write(Checkpoint checkpoint, Set<String> additions) {
        Provenance provenance = checkpoint.provenance();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put(PREFIX + "version", provenance.version());
        metadata.put(PREFIX + "stream", provenance.stream());
        metadata.put(PREFIX + "kind", provenance.derivation().isPresent() ? "derived" : "original");
        provenance.derivation().ifPresent(derivation -> {
            metadata.put(PREFIX + "transform", derivation.transform());
            metadata.put(PREFIX + "source", derivation.source());
            metadata.put(PREFIX + "source_digest", derivation.sourceDigest().orElseThrow());
        });
        metadata.put(PREFIX + "epoch", Integer.toString(provenance.epoch()));
        metadata.put(PREFIX + "global_step", Long.toString(provenance.globalStep()));
        metadata.put(PREFIX + "metrics", JSON.toJson(provenance.metrics()));
        metadata.put(
                PREFIX + "input_shapes",
                JSON.toJson(
                        provenance.inputShapes().stream().map(Shape::getShape).toList()));
        metadata.put(PREFIX + "additions", JSON.toJson(additions));
        metadata.put(PREFIX + "entries", JSON.toJson(EntryValues.encode(checkpoint.entries())));
        return metadata;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file's name, for the message
     * @throws NotACheckpointException if the metadata is not that of a checkpoint
     */
    static Checkpoint read(String file, Map<String, String> metadata) throws NotACheckpointException {
        try {
            Optional<Provenance.Derivation> derivation = text(metadata, "kind").equals("derived")
                    ? Optional.of(new Provenance.Derivation(
                            text(metadata, "transform"),
                            text(metadata, "source"),
                            Optional.of(text(metadata, "source_digest"))))
                    : Optional.empty();
            List<long[]> shapes = json(metadata, "input_shapes", new TypeToken<>() {});
            Map<String, Object> entries = new LinkedHashMap<>();
            json(metadata, "entries", new TypeToken<Map<String, Object>>() {})
                    .forEach((name, value) -> entries.put(name, EntryValues.decode(value)));
            return new Checkpoint(
                    new Provenance(
                            text(metadata, "stream"),
                            derivation,
                            Integer.parseInt(text(metadata, "epoch")),
                            Long.parseLong(text(metadata, "global_step")),
                            json(metadata, "metrics", new TypeToken<>() {}),
                            shapes.stream().map(Shape::new).toList(),
                            text(metadata, "version")),
                    entries);
        } catch (JsonParseException | IllegalArgumentException e) {
            throw new NotACheckpointException(
                    file + " was not written by Rivulet, or its metadata was changed: " + e.getMessage(), e);
        }
    }

    /** Whether the metadata are those of a checkpoint, be it a good one or not. */
    static boolean isPresent(Map<String, String> metadata) {
        return metadata.keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    }

    /** Names of the tensors that are no weights. */
    static Set<String> additions(Map<String, String> metadata) {
        String names = metadata.get(PREFIX + "additions");
        return names == null ? Set.of() : JSON.fromJson(names, new TypeToken<Set<String>>() {});
    }

    private static <T> T json(Map<String, String> metadata, String key, TypeToken<T> type) {
        T value = JSON.fromJson(text(metadata, key), type);
        if (value == null) {
            throw new IllegalArgumentException("its " + PREFIX + key + " is empty.");
        }
        return value;
    }

    private static String text(Map<String, String> metadata, String key) {
        String value = metadata.get(PREFIX + key);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + PREFIX + key + ".");
        }
        return value;
    }
}
