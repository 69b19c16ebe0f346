package dev.rivulet.store;

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

/** Writes a manifest as JSON; {@link ManifestText} describes the form. */
final class ManifestWriter {
    private final JsonWriter json;

    private ManifestWriter(JsonWriter json) {
        this.json = json;
    }

    /**
     * The bytes of the file.
     *
     * @param checksum what stands for the checksum, whose value depends on these bytes
     */
    static byte[] write(Manifest manifest, String checksum) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (OutputStreamWriter text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            JsonWriter json = new JsonWriter(text);
            json.setStrictness(Strictness.STRICT);
            new ManifestWriter(json).manifest(manifest, checksum);
            text.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory has no errors of this kind.
        }
        return bytes.toByteArray();
    }

    private void manifest(Manifest manifest, String checksum) throws IOException {
        json.beginObject();
        json.name("format").value(ManifestReader.FORMAT);
        json.name("group").value(manifest.group());
        json.name("run").value(manifest.run().toString());
        json.name("saved_at").value(manifest.savedAt().toString());
        json.name("epoch").value(manifest.epoch());
        json.name("global_step").value(manifest.globalStep());
        json.name("version").value(manifest.version());
        json.name("metrics").beginObject();
        for (Map.Entry<String, Double> metric : manifest.metrics().entrySet()) {
            number(metric.getKey(), metric.getValue());
        }
        json.endObject().name("checkpoints").beginArray();
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            checkpoint(checkpoint);
        }
        json.endArray().name("pointers").beginArray();
        for (Pointer pointer : manifest.pointers()) {
            json.beginObject();
            json.name("name").value(pointer.name());
            json.name("target").value(pointer.target());
            json.name("linked").value(pointer.linked());
            json.endObject();
        }
        json.endArray().name("retired").beginArray();
        for (String file : manifest.retired()) {
            json.value(file);
        }
        json.endArray().name("ledgers").beginObject();
        for (Map.Entry<String, Ledger> ledger : manifest.ledgers().entrySet()) {
            json.name(ledger.getKey());
            ledger(ledger.getValue());
        }
        json.endObject().name("crc32c").value(checksum).endObject();
    }

    private void checkpoint(StoredCheckpoint checkpoint) throws IOException {
        json.beginObject();
        json.name("stream").value(checkpoint.stream());
        json.name("file").value(checkpoint.file());
        json.name("blob").value(checkpoint.blob());
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
        json.endObject();
    }

    private void ledger(Ledger ledger) throws IOException {
        json.beginObject();
        json.name("kept").value(ledger.kept().toString());
        json.name("newest").value(ledger.newest().toString());
        json.name("kept_for_ever").value(ledger.keptForEver().toString());
        pointed("last", ledger.last());
        pointed("best", ledger.best());
        if (ledger.rescue().isPresent()) {
            json.name("rescue").value(ledger.rescue().getAsLong());
        }
        json.name("saves").value(ledger.saves());
        json.endObject();
    }

    private void pointed(String key, Optional<Ledger.Pointed> pointer) throws IOException {
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
            json.value(Double.toString(value)); // JSON has no such numbers.
        }
    }
}
