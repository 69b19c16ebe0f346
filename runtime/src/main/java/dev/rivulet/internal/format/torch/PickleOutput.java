package dev.rivulet.internal.format.torch;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes a pickle of protocol 2, opcode by opcode, exactly like Python's pickler. */
final class PickleOutput {
    /** Bytes of the longest string that is written, or read again. */
    static final int MAX_STRING = 1 << 24;

    /** Bytes of the longest integer that is written, or read again. */
    static final int MAX_INTEGER = 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    private final Map<String, Integer> memoOfStrings = new HashMap<>();
    private final Map<String, Integer> memoOfGlobals = new HashMap<>();
    private int memoized;

    PickleOutput() {
        opcode(Opcode.PROTO);
        bytes.write(2);
    }

    void opcode(int opcode) {
        bytes.write(opcode);
    }

    byte[] finish() {
        opcode(Opcode.STOP);
        return bytes.toByteArray();
    }

    /** Memoizes the top of the stack, as Python does for everything that could be referenced later. */
    int memoize() {
        if (memoized < 256) {
            opcode(Opcode.BINPUT);
            bytes.write(memoized);
        } else {
            opcode(Opcode.LONG_BINPUT);
            little(Integer.BYTES, memoized);
        }
        return memoized++;
    }

    private void get(int number) {
        if (number < 256) {
            opcode(Opcode.BINGET);
            bytes.write(number);
        } else {
            opcode(Opcode.LONG_BINGET);
            little(Integer.BYTES, number);
        }
    }

    void bool(boolean value) {
        opcode(value ? Opcode.NEWTRUE : Opcode.NEWFALSE);
    }

    void integer(long value) {
        if (value >= 0 && value <= 0xff) {
            opcode(Opcode.BININT1);
            little(1, value);
        } else if (value >= 0 && value <= 0xffff) {
            opcode(Opcode.BININT2);
            little(2, value);
        } else if (value == (int) value) {
            opcode(Opcode.BININT);
            little(Integer.BYTES, value);
        } else {
            integer(BigInteger.valueOf(value));
        }
    }

    void integer(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            integer(value.intValue());
            return;
        }
        byte[] big = value.toByteArray();
        if (big.length < 256) {
            opcode(Opcode.LONG1);
            bytes.write(big.length);
        } else {
            opcode(Opcode.LONG4);
            little(Integer.BYTES, big.length);
        }
        for (int i = big.length - 1; i >= 0; i--) {
            bytes.write(big[i]);
        }
    }

    void float64(double value) {
        opcode(Opcode.BINFLOAT);
        bytes.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
    }

    void string(String string) {
        Integer known = memoOfStrings.get(string);
        if (known != null) {
            get(known);
            return;
        }
        byte[] utf8 = utf8(string);
        opcode(Opcode.BINUNICODE);
        little(Integer.BYTES, utf8.length);
        bytes.writeBytes(utf8);
        memoOfStrings.put(string, memoize());
    }

    void global(String name) {
        Integer known = memoOfGlobals.get(name);
        if (known != null) {
            get(known);
            return;
        }
        opcode(Opcode.GLOBAL);
        bytes.writeBytes(TorchGlobals.written(name).getBytes(StandardCharsets.UTF_8));
        memoOfGlobals.put(name, memoize());
    }

    /** Ends a tuple of the topmost values on the stack; more than three need a mark before them. */
    void tuple(int count) {
        switch (count) {
            case 0 -> {
                opcode(Opcode.EMPTY_TUPLE);
                return;
            }
            case 1 -> opcode(Opcode.TUPLE1);
            case 2 -> opcode(Opcode.TUPLE2);
            case 3 -> opcode(Opcode.TUPLE3);
            default -> opcode(Opcode.TUPLE);
        }
        memoize();
    }

    /** Starts a tuple. */
    void beginTuple(int count) {
        if (count > 3) {
            opcode(Opcode.MARK);
        }
    }

    /** A tuple of numbers, such as a shape. */
    void tuple(long[] numbers) {
        beginTuple(numbers.length);
        for (long number : numbers) {
            integer(number);
        }
        tuple(numbers.length);
    }

    private void little(int count, long value) {
        for (int i = 0; i < count; i++) {
            bytes.write((int) (value >>> (Byte.SIZE * i)));
        }
    }

    private static byte[] utf8(String string) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
            byte[] utf8 = new byte[encoded.remaining()];
            encoded.get(utf8);
            if (utf8.length > MAX_STRING) {
                throw new IllegalArgumentException("A string of " + utf8.length
                        + " bytes is too long for a checkpoint; at most " + MAX_STRING + " bytes can be"
                        + " read.");
            }
            return utf8;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "The string \"" + string + "\" has half of a surrogate pair, so it cannot be saved.", e);
        }
    }
}
