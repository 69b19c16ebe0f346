package dev.rivulet.internal.store;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a manifest as JSON: one object on one line, in UTF-8, which ends with its checksum and a line feed. Members
 * are written in this order; {@link ManifestReader} accepts any order.
 *
 * <pre>{@code
 * {"format":1,"group":12,"run":"1b4e28ba-…","saved_at":"2026-01-31T12:00:00Z","epoch":7,"global_step":800,
 *  "version":"0.1.0","metrics":{"val_loss":0.25},
 *  "checkpoints":[{"stream":"original","file":"original-epoch=7.safetensors","blob":"tmp-6fa459ea-…",
 *                  "bytes":1024,"crc32c":"1a2b3c4d","score":0.25}],
 *  "pointers":[{"name":"last.safetensors","target":"original-epoch=7.safetensors","linked":true}],
 *  "retired":["original-epoch=4.safetensors"],
 *  "ledgers":{"original":{"kept":"9,11-12","newest":"","kept_for_ever":"",
 *                         "last":{"name":"last.safetensors","group":12,"linked":true},"saves":8}},
 *  "crc32c":"9d6a4f20"}
 * }</pre>
 *
 * <ul>
 *   <li>{@code format}: integer, the number of this format, {@value #FORMAT}. Another format has another number.
 *   <li>{@code group}: integer from 1, also part of the file name.
 *   <li>{@code run}: UUID of the run, in lower case.
 *   <li>{@code saved_at}: time of the commit, ISO 8601 in UTC, as {@link java.time.Instant} writes it.
 *   <li>{@code epoch}, {@code global_step}: integers from 0, of 32 and 64 bits.
 *   <li>{@code version}: string, the version of Rivulet that wrote the group.
 *   <li>{@code metrics}: object, name to float; {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"} are strings.
 *   <li>{@code checkpoints}: array of objects, the group's files:
 *       <ul>
 *         <li>{@code stream}: string, the name of the stream, which has at most one checkpoint in a group.
 *         <li>{@code file}: string, the path of the file once the group is published.
 *         <li>{@code blob}: {@code tmp-} and a UUID, its name in the framework's own folder until then.
 *         <li>{@code bytes}: integer from 0, the size of the file.
 *         <li>{@code crc32c}: CRC-32C of the whole file, eight hexadecimal digits in lower case.
 *         <li>{@code score}: float as in {@code metrics}, the monitored metric; present only with a monitor.
 *         <li>{@code derivation}: object of the strings {@code transform}, {@code source} (a stream) and {@code
 *             source_digest}; present only for derived weights.
 *         <li>{@code weights_only}: true; present only for untransformed weights without the training state.
 *       </ul>
 *   <li>{@code pointers}: array of objects, the pointers that the group moves: {@code name} and {@code target}, both
 *       paths, and {@code linked}, a boolean, true for a symbolic link.
 *   <li>{@code retired}: array of paths, the files that the group supersedes, in the order of deletion.
 *   <li>{@code ledgers}: object, name of a stream to the groups that it retains from this group on:
 *       <ul>
 *         <li>{@code kept}, {@code newest}, {@code kept_for_ever}: groups of the top k checkpoints, of the newest, and
 *             of every n-th; a {@link GroupSet} such as {@code "9,11-12"}.
 *         <li>{@code last}, {@code best}: object of {@code name}, the pointer's path, {@code group}, the group of its
 *             target, and {@code linked}; present only if the pointer exists.
 *         <li>{@code rescue}: integer, group of the checkpoint that was saved on an exception; present only if one is
 *             retained.
 *         <li>{@code saves}: integer from 0, the number of saves of the stream.
 *         <li>{@code rolled_back}: groups that a rollback has undone, whose files are still there; present only if there
 *             are any. A group without checkpoints is a rollback, or deletes what one has undone.
 *       </ul>
 *   <li>{@code crc32c}: CRC-32C of all bytes before its own digits, eight hexadecimal digits in lower case.
 * </ul>
 *
 * <p>Paths are relative to the directory, with {@code /} between names, and stay inside it. {@link ManifestRule} lists
 * the rules, which apply to writing and reading.
 */
final class ManifestWriter {
    /** Number of the format that this version writes, and the only one that it reads. */
    static final int FORMAT = 1;

    private final JsonWriter json;

    private ManifestWriter(JsonWriter json) {
        this.json = json;
    }

    /**
     * The bytes of the file.
     *
     * @param checksum placeholder for the checksum, whose value depends on these bytes
     */
    static byte[] write(Manifest manifest, String checksum) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (OutputStreamWriter writer = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            JsonWriter json = new JsonWriter(writer);
            json.setStrictness(Strictness.STRICT);
            new ManifestWriter(json).manifest(manifest, checksum);
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Cannot happen in memory.
        }
        return bytes.toByteArray();
    }

    private void manifest(Manifest manifest, String checksum) throws IOException {
        json.beginObject();
        json.name("format").value(FORMAT);
        json.name("group").value(manifest.group());
        origin(manifest.origin());
        json.name("checkpoints").beginArray();
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            checkpoint(checkpoint);
        }
        json.endArray().name("pointers").beginArray();
        for (Manifest.Pointer pointer : manifest.pointers()) {
            json.beginObject();
            json.name("name").value(pointer.name());
            json.name("target").value(pointer.target());
            json.name("linked").value(pointer.linked());
            json.endObject();
        }
        json.endArray().name("retired").beginArray();
        for (String file : manifest.superseded()) {
            json.value(file);
        }
        json.endArray().name("ledgers").beginObject();
        for (Map.Entry<String, RetainedGroups> retainedGroups :
                manifest.retained().entrySet()) {
            json.name(retainedGroups.getKey());
            retainedGroups(retainedGroups.getValue());
        }
        json.endObject().name("crc32c").value(checksum).endObject();
    }

    private void origin(Manifest.Origin origin) throws IOException {
        json.name("run").value(origin.run().toString());
        json.name("saved_at").value(origin.savedAt().toString());
        json.name("epoch").value(origin.epoch());
        json.name("global_step").value(origin.globalStep());
        json.name("version").value(origin.version());
        json.name("metrics").beginObject();
        for (Map.Entry<String, Double> metric : origin.metrics().entrySet()) {
            number(metric.getKey(), metric.getValue());
        }
        json.endObject();
    }

    private void checkpoint(StoredCheckpoint checkpoint) throws IOException {
        json.beginObject();
        json.name("stream").value(checkpoint.stream());
        json.name("file").value(checkpoint.file());
        json.name("blob").value(checkpoint.blob().name());
        json.name("bytes").value(checkpoint.bytes());
        json.name("crc32c").value(HexFormat.of().toHexDigits(checkpoint.crc32c(), 8));
        if (checkpoint.score().isPresent()) {
            number("score", checkpoint.score().getAsDouble());
        }
        if (checkpoint.derivation().isPresent()) {
            StoredCheckpoint.Derivation derivation = checkpoint.derivation().get();
            json.name("derivation").beginObject();
            json.name("transform").value(derivation.transform());
            json.name("source").value(derivation.source());
            json.name("source_digest").value(derivation.sourceDigest());
            json.endObject();
        }
        if (checkpoint.weightsOnly()) {
            json.name("weights_only").value(true);
        }
        json.endObject();
    }

    private void retainedGroups(RetainedGroups retainedGroups) throws IOException {
        json.beginObject();
        json.name("kept").value(retainedGroups.kept().topK().toString());
        json.name("newest").value(retainedGroups.kept().newest().toString());
        json.name("kept_for_ever").value(retainedGroups.kept().everyNth().toString());
        pointed("last", retainedGroups.last());
        pointed("best", retainedGroups.best());
        if (retainedGroups.onException().isPresent()) {
            json.name("rescue").value(retainedGroups.onException().getAsLong());
        }
        json.name("saves").value(retainedGroups.saves());
        if (!retainedGroups.rolledBack().isEmpty()) {
            json.name("rolled_back").value(retainedGroups.rolledBack().toString());
        }
        json.endObject();
    }

    private void pointed(String key, Optional<RetainedGroups.Pointed> pointer) throws IOException {
        if (pointer.isPresent()) {
            json.name(key).beginObject();
            json.name("name").value(pointer.get().name());
            json.name("group").value(pointer.get().group());
            json.name("linked").value(pointer.get().linked());
            json.endObject();
        }
    }

    private void number(String key, double value) throws IOException {
        json.name(key);
        if (Double.isFinite(value)) {
            json.value(value);
        } else {
            json.value(Double.toString(value)); // JSON cannot represent such numbers.
        }
    }
}
