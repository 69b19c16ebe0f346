package dev.rivulet.internal.format.safetensors;

import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/**
 * Writes a safetensors header: metadata first, then the tensors in the given order. The same content always gives the
 * same bytes.
 */
final class HeaderWriter {
    private static final String HEXADECIMAL = "0123456789abcdef";

    private final StringBuilder json = new StringBuilder("{");

    private HeaderWriter() {}

    /** The header as UTF-8 without padding. */
    static byte[] of(Collection<SafetensorsEntry> entries, Map<String, String> metadata) {
        HeaderWriter header = new HeaderWriter();
        if (!metadata.isEmpty()) {
            header.metadata(metadata);
        }
        entries.forEach(header::entry);
        return utf8(header.json.append('}'));
    }

    /**
     * Strict UTF-8, which also defines the order of names.
     *
     * @throws IllegalArgumentException if the string has an unpaired surrogate
     */
    static byte[] utf8(CharSequence string) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "A name or metadata entry has half of a surrogate pair, which a file cannot hold: " + string, e);
        }
    }

    private void metadata(Map<String, String> metadata) {
        key(SafetensorsHeader.METADATA_KEY);
        json.append('{');
        metadata.forEach((name, value) -> {
            key(name);
            string(value);
        });
        json.append('}');
    }

    private void entry(SafetensorsEntry entry) {
        key(entry.name());
        json.append("{\"dtype\":\"").append(entry.dtype().name()).append("\",\"shape\":");
        shape(entry.shape());
        json.append(",\"data_offsets\":[").append(entry.begin()).append(',');
        json.append(entry.end()).append("]}");
    }

    private void shape(TensorShape shape) {
        char separator = '[';
        for (long dimension : shape.dimensions()) {
            json.append(separator).append(dimension);
            separator = ',';
        }
        json.append(separator == '[' ? "[]" : "]");
    }

    private void key(String key) {
        if (json.charAt(json.length() - 1) != '{') {
            json.append(',');
        }
        string(key);
        json.append(':');
    }

    /** Escapes only what JSON requires, in the same way as serde_json. */
    private void string(String string) {
        json.append('"');
        for (int i = 0; i < string.length(); i++) {
            char unit = string.charAt(i);
            switch (unit) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> plain(unit);
            }
        }
        json.append('"');
    }

    private void plain(char unit) {
        if (unit < 0x20) {
            json.append("\\u00").append(HEXADECIMAL.charAt(unit >> 4)).append(HEXADECIMAL.charAt(unit & 0xF));
        } else {
            json.append(unit);
        }
    }
}
