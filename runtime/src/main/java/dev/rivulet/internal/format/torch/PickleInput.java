package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads opcodes and arguments from the bytes of a pickle. Checks every length against the remaining bytes. */
final class PickleInput {
    private final String file;
    private final ByteBuffer bytes;
    private int opcodeStart;

    PickleInput(String file, byte[] bytes) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A violation at the current opcode. */
    MalformedTorchFileException violation(TorchRule rule, String detail) {
        return new MalformedTorchFileException(file, rule, opcodeStart, detail);
    }

    /** Makes a string of any length and content safe for a message. */
    static String shown(String string) {
        String beginning = string.length() > 100 ? string.substring(0, 100) + "…" : string;
        return beginning.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }

    /** Size of the pickle in bytes. */
    int byteCount() {
        return bytes.capacity();
    }

    boolean isAtEnd() {
        return !bytes.hasRemaining();
    }

    int remaining() {
        return bytes.remaining();
    }

    int opcode() throws MalformedTorchFileException {
        opcodeStart = bytes.position();
        return unsigned(1);
    }

    /** A little-endian unsigned number of 1 or 2 bytes, or one of 4 bytes, which is signed. */
    int unsigned(int count) throws MalformedTorchFileException {
        need(count);
        return switch (count) {
            case 1 -> bytes.get() & 0xff;
            case 2 -> bytes.getShort() & 0xffff;
            default -> bytes.getInt();
        };
    }

    /** A length field of 1, 4 or 8 bytes, checked against the rest of the pickle. */
    int length(int count, int limit, TorchRule rule) throws MalformedTorchFileException {
        need(count);
        long length = switch (count) {
            case 1 -> bytes.get() & 0xff;
            case 4 -> Integer.toUnsignedLong(bytes.getInt());
            default -> bytes.getLong();
        };
        if (length < 0 || length > limit) {
            throw violation(rule, "the declared length is " + Long.toUnsignedString(length) + " bytes");
        }
        need(length);
        return (int) length;
    }

    /** Checks and skips the length of a frame, which is only useful for streaming. */
    void frame() throws MalformedTorchFileException {
        need(Long.BYTES);
        long length = bytes.getLong();
        if (length < 0 || length > bytes.remaining()) {
            throw violation(TorchRule.FRAME, "a frame has " + Long.toUnsignedString(length) + " bytes");
        }
    }

    double float64() throws MalformedTorchFileException {
        need(Double.BYTES);
        return Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
    }

    byte[] bytes(int length) {
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    String string(int length) throws MalformedTorchFileException {
        ByteBuffer utf8 = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw violation(TorchRule.STRING, "a string is not valid UTF-8");
        }
    }

    /** A string up to a line feed, of at most 1,000 bytes. */
    String line() throws MalformedTorchFileException {
        int start = bytes.position();
        int limit = Math.min(bytes.remaining(), 1000);
        for (int i = 0; i < limit; i++) {
            if (bytes.get(start + i) == '\n') {
                String line = string(i);
                bytes.get();
                return line;
            }
        }
        throw violation(TorchRule.TRUNCATED, "a name is not terminated");
    }

    /** An integer in little-endian two's complement; 0 if it has no bytes. */
    BigInteger integer(int length) {
        byte[] little = bytes(length);
        for (int i = 0, j = length - 1; i < j; i++, j--) {
            byte swapped = little[i];
            little[i] = little[j];
            little[j] = swapped;
        }
        return length == 0 ? BigInteger.ZERO : new BigInteger(little);
    }

    private void need(long count) throws MalformedTorchFileException {
        if (count > bytes.remaining()) {
            throw violation(TorchRule.TRUNCATED, count + " bytes are needed, but " + bytes.remaining() + " remain");
        }
    }
}
