package dev.rivulet.random;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The state of libtorch's CPU random generator: the same 5056 bytes as {@code torch.get_rng_state()} in Python.
 *
 * <p>It is checked more strictly than by libtorch, which aborts the process on an invalid state. Immutable.
 *
 * @since 0.1
 */
public final class TorchState {
    /** Size of a state in bytes: {@code CPUGeneratorImplState} in libtorch's CPUGeneratorImpl.cpp. */
    public static final int BYTE_COUNT = 5056;

    private static final int WORDS = 624;
    private static final int LEFT_AT = 8;
    private static final int SEEDED_AT = 12;
    private static final int NEXT_AT = 16;
    private static final int WORDS_AT = 24;
    private static final int FLOAT_NORMAL_IS_VALID_AT = 5052;

    private final byte[] bytes;

    private TorchState(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Creates a state from a copy of its bytes.
     *
     * @throws IllegalArgumentException if no generator can have this state
     */
    public static TorchState of(byte[] bytes) {
        return checked(bytes.clone());
    }

    /** The same without a copy, for bytes that are not shared. */
    static TorchState checked(byte[] bytes) {
        if (bytes.length != BYTE_COUNT) {
            throw malformed("it has " + bytes.length + " bytes instead of " + BYTE_COUNT);
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int left = fields.getInt(LEFT_AT);
        if (left < 1 || left > WORDS) {
            throw malformed(left + " of its " + WORDS + " words remain");
        }
        if (fields.getInt(SEEDED_AT) != 1) {
            throw malformed("it was never seeded");
        }
        long next = fields.getLong(NEXT_AT);
        if (next < 0 || next > WORDS) {
            throw malformed("its next word is " + next + " of " + WORDS);
        }
        if (next + left > WORDS + 1) {
            // Not checked by libtorch, which would read memory past the words.
            throw malformed("its next word is " + next + ", but " + left + " of " + WORDS + " remain");
        }
        for (int word = 0; word < WORDS; word++) {
            if (fields.getInt(WORDS_AT + word * Long.BYTES + Integer.BYTES) != 0) {
                throw malformed("word " + word + " has more than 32 bits");
            }
        }
        if ((fields.get(FLOAT_NORMAL_IS_VALID_AT) & ~1) != 0) {
            throw malformed("a boolean is neither 0 nor 1");
        }
        return new TorchState(bytes);
    }

    /** A state of which a generator is known to give only valid ones. The bytes must not be shared. */
    static TorchState unchecked(byte[] bytes) {
        return new TorchState(bytes);
    }

    private static IllegalArgumentException malformed(String reason) {
        return new IllegalArgumentException("This is not a state of libtorch's CPU generator: " + reason
                + "; the checkpoint's entry is damaged or was saved by another version of libtorch.");
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes without a copy; must not be changed. */
    byte[] shared() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TorchState state && Arrays.equals(bytes, state.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** A hash, not the bytes. */
    @Override
    public String toString() {
        return "TorchState[" + Integer.toHexString(hashCode()) + "]";
    }
}
