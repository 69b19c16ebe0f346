package dev.rivulet.internal.file;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.transform.TransformException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Checkpoint} as the {@code __metadata__} of a safetensors file, which holds strings: string entries are
 * stored unchanged, others as JSON.
 *
 * <p>{@code format} is {@code pt}, which tells Hugging Face's libraries that names and layouts follow PyTorch.
 */
public final class CheckpointMetadata {
    private static final String PREFIX = LightningEntries.OWN + ".";

    /**
     * Writes a bare {@code NaN} for metrics, which are always numbers; {@link EntryValues} distinguishes it from the
     * string "NaN".
     */
    private static final Gson JSON = new GsonBuilder()
            .serializeSpecialFloatingPointValues()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .disableHtmlEscaping()
            .create();

    private CheckpointMetadata() {}

    /**
     * The metadata of a checkpoint.
     *
     * @param extraTensors names of the tensors that are not weights
     */
    public static Map<String, String> write(Checkpoint checkpoint, Set<String> extraTensors) {
        Map<String, @Nullable Object> own = ProvenanceCodec.write(checkpoint.provenance());
        own.put(ProvenanceCodec.EXTRA_TENSORS, extraTensors);
        own.put(ProvenanceCodec.ENTRIES, EntryValues.encode(checkpoint.entries()));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        own.forEach((key, value) ->
                metadata.put(PREFIX + key, value instanceof String string ? string : JSON.toJson(value)));
        return metadata;
    }

    /**
     * The metadata of a file: those of its checkpoint, and the transform's.
     *
     * @throws TransformException if one of the transform's keys is taken
     */
    static Map<String, String> write(CheckpointContent content) {
        Checkpoint checkpoint = content.checkpoint();
        Map<String, String> metadata = write(checkpoint, content.extraTensors().keySet());
        content.metadata().forEach((key, value) -> {
            if (metadata.putIfAbsent(key, value) != null) {
                throw CheckpointContent.taken(
                        checkpoint, "puts metadata under \"" + key + "\", which is taken; choose another key.");
            }
        });
        return metadata;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file's name, for the message
     * @throws NotACheckpointException if the metadata does not describe a checkpoint
     */
    public static Checkpoint read(String file, Map<String, String> metadata) throws NotACheckpointException {
        try {
            DictReader own = ProvenanceCodec.reader(own(metadata));
            Provenance provenance = ProvenanceCodec.read(own);
            Map<String, @Nullable Object> entries =
                    own.dict(ProvenanceCodec.ENTRIES).named();
            entries.replaceAll((key, value) -> EntryValues.decode(value));
            return Checkpoint.saved(provenance, entries);
        } catch (JsonParseException | IllegalArgumentException e) {
            throw new NotACheckpointException(
                    file + " was not written by Rivulet, or its metadata was changed: " + e.getMessage(), e);
        }
    }

    /** Whether the metadata contains entries of this framework, valid or not. */
    static boolean isPresent(Map<String, String> metadata) {
        return metadata.keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    }

    /** Names of the tensors that are not weights. */
    static Set<String> extraTensors(Map<String, String> metadata) {
        String names = metadata.get(PREFIX + ProvenanceCodec.EXTRA_TENSORS);
        return names == null ? Set.of() : JSON.fromJson(names, new TypeToken<Set<String>>() {});
    }

    private static Map<String, @Nullable Object> own(Map<String, String> metadata) {
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                String name = key.substring(PREFIX.length());
                own.put(name, plain(name, value));
            }
        });
        return own;
    }

    private static @Nullable Object plain(String name, String value) {
        return switch (name) {
            case ProvenanceCodec.METRICS -> JSON.fromJson(value, new TypeToken<Map<String, Double>>() {});
            case ProvenanceCodec.EPOCH,
                    ProvenanceCodec.GLOBAL_STEP,
                    ProvenanceCodec.INPUT_SHAPES,
                    ProvenanceCodec.ENTRIES -> JSON.fromJson(value, Object.class);
            default -> value;
        };
    }
}
