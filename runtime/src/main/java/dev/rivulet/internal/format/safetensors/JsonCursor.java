package dev.rivulet.internal.format.safetensors;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON from bytes, one token at a time, and accepts exactly what Rust's serde_json accepts.
 *
 * <p>Gson is not suitable, even in strict mode. It accepts an escape sequence that is half of a surrogate pair, numbers
 * out of range such as {@code 1e999}, and a byte order mark, which serde_json refuses; it refuses numbers of more than
 * 1,024 characters, which serde_json accepts; and it does not report the byte position of a violation. This class
 * allocates only the requested strings, and limits nesting.
 */
final class JsonCursor {
    /** serde_json's limit, including the outermost value. */
    static final int MAX_DEPTH = 127;

    private final String file;
    private final byte[] bytes;
    private int position;

    /**
     * A cursor.
     *
     * @param bytes of the file, from its start
     * @param position of the first byte to read
     */
    JsonCursor(String file, byte[] bytes, int position) {
        this.file = file;
        this.bytes = bytes;
        this.position = position;
    }

    /** The next byte that is not white space, without taking it; −1 at the end. */
    int peek() {
        while (position < bytes.length && isWhitespace(bytes[position])) {
            position++;
        }
        return position < bytes.length ? bytes[position] & 0xFF : -1;
    }

    /** Takes the next byte that is not white space if it is this one. */
    boolean take(char expected) {
        if (peek() != expected) {
            return false;
        }
        position++;
        return true;
    }

    /** Takes the next byte that is not white space, which must be this one. */
    void expect(char expected) throws MalformedSafetensorsException {
        if (!take(expected)) {
            throw violation(SafetensorsRule.JSON, "'" + expected + "' is expected");
        }
    }

    /** Whether an object or array has another member. Takes the comma or the closing bracket. */
    boolean next(boolean first, char close) throws MalformedSafetensorsException {
        if (take(close)) {
            return false;
        }
        if (!first) {
            expect(',');
        }
        return true;
    }

    /** Takes a key and its colon. */
    String key() throws MalformedSafetensorsException {
        String key = string();
        expect(':');
        return key;
    }

    /** Takes a string. */
    String string() throws MalformedSafetensorsException {
        expect('"');
        int from = position;
        while (position < bytes.length && bytes[position] != '"' && bytes[position] != '\\') {
            checkPlain(bytes[position]);
            position++;
        }
        if (position < bytes.length && bytes[position] == '"') {
            return decode(bytes, from, position++, from);
        }
        ByteArrayOutputStream unescaped = new ByteArrayOutputStream();
        unescaped.write(bytes, from, position - from);
        while (true) {
            byte next = byteOfString();
            if (next == '"') {
                byte[] utf8 = unescaped.toByteArray();
                return decode(utf8, 0, utf8.length, from);
            }
            if (next == '\\') {
                unescaped.writeBytes(Character.toString(escaped()).getBytes(StandardCharsets.UTF_8));
            } else {
                unescaped.write(next);
            }
        }
    }

    /**
     * Takes a non-negative integer without sign, fraction or exponent; returns −1 if the next value is something else.
     */
    long unsigned() throws MalformedSafetensorsException {
        int first = peek();
        if (first < '0' || first > '9') {
            return -1;
        }
        int from = position;
        skipNumber();
        long value = 0;
        for (int i = from; i < position; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                position = from;
                return -1;
            }
            if (value > (Long.MAX_VALUE - digit) / 10) {
                position = from;
                throw violation(SafetensorsRule.NUMBER_RANGE, "an integer is larger than 2^63 - 1");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /**
     * Takes any value.
     *
     * @param depth nesting depth of the value, 1 for the outermost
     */
    void skipValue(int depth) throws MalformedSafetensorsException {
        switch (peek()) {
            case '{', '[' -> skipContainer(depth);
            case '"' -> string();
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        }
    }

    MalformedSafetensorsException violation(SafetensorsRule rule, String detail) {
        return new MalformedSafetensorsException(file, rule, position, detail);
    }

    private void skipContainer(int depth) throws MalformedSafetensorsException {
        if (depth > MAX_DEPTH) {
            throw violation(SafetensorsRule.NESTING, "values are nested more than " + MAX_DEPTH + " levels deep");
        }
        boolean isObject = take('{');
        if (!isObject) {
            expect('[');
        }
        char close = isObject ? '}' : ']';
        for (boolean first = true; next(first, close); first = false) {
            if (isObject) {
                key();
            }
            skipValue(depth + 1);
        }
    }

    private void skipWord(String word) throws MalformedSafetensorsException {
        for (int i = 0; i < word.length(); i++, position++) {
            if (position == bytes.length || bytes[position] != word.charAt(i)) {
                throw violation(SafetensorsRule.JSON, word + " is expected");
            }
        }
    }

    private void skipNumber() throws MalformedSafetensorsException {
        int from = position;
        takeHere('-');
        if (!takeHere('0')) {
            skipDigits();
        }
        boolean isInteger = true;
        if (takeHere('.')) {
            skipDigits();
            isInteger = false;
        }
        if (takeHere('e') || takeHere('E')) {
            if (!takeHere('+')) {
                takeHere('-');
            }
            skipDigits();
            isInteger = false;
        }
        // Integers of up to 308 digits are always finite.
        if ((!isInteger || position - from > 308) && !isFinite(from)) {
            throw violation(SafetensorsRule.JSON, "a number is out of range");
        }
    }

    private boolean isFinite(int from) {
        String number = new String(bytes, from, position - from, StandardCharsets.US_ASCII);
        return !Double.isInfinite(Double.parseDouble(number));
    }

    private void skipDigits() throws MalformedSafetensorsException {
        int from = position;
        while (position < bytes.length && bytes[position] >= '0' && bytes[position] <= '9') {
            position++;
        }
        if (position == from) {
            throw violation(SafetensorsRule.JSON, "a value is expected");
        }
    }

    private boolean takeHere(char expected) {
        boolean found = position < bytes.length && bytes[position] == expected;
        position += found ? 1 : 0;
        return found;
    }

    private byte byteOfString() throws MalformedSafetensorsException {
        if (position == bytes.length) {
            throw violation(SafetensorsRule.JSON, "a string is not terminated");
        }
        checkPlain(bytes[position]);
        return bytes[position++];
    }

    private void checkPlain(byte next) throws MalformedSafetensorsException {
        if (next >= 0 && next < 0x20) {
            throw violation(SafetensorsRule.JSON, "a string has an unescaped control character");
        }
    }

    /** The code point of an escape sequence whose backslash has been taken. */
    private int escaped() throws MalformedSafetensorsException {
        byte letter = byteOfString();
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw violation(SafetensorsRule.JSON, "an escape sequence is unknown");
        };
    }

    private int unicode() throws MalformedSafetensorsException {
        char unit = hexadecimal();
        if (!Character.isSurrogate(unit)) {
            return unit;
        }
        if (Character.isHighSurrogate(unit) && takeHere('\\') && takeHere('u')) {
            char low = hexadecimal();
            if (Character.isLowSurrogate(low)) {
                return Character.toCodePoint(unit, low);
            }
        }
        throw violation(SafetensorsRule.JSON, "an escape sequence is half of a surrogate pair");
    }

    private char hexadecimal() throws MalformedSafetensorsException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit((char) (byteOfString() & 0xFF), 16);
            if (digit < 0) {
                throw violation(SafetensorsRule.JSON, "an escape sequence does not have four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private String decode(byte[] utf8, int from, int to, int start) throws MalformedSafetensorsException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            position = start;
            throw violation(SafetensorsRule.UTF8, "a string is not valid UTF-8");
        }
    }

    private static boolean isWhitespace(byte next) {
        return next == ' ' || next == '\n' || next == '\t' || next == '\r';
    }
}
