package dev.rivulet.internal.format.torch;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value in a PyTorch checkpoint: a plain Python value, a tensor, or an object that is known by name only.
 *
 * <pre>{@code
 * TorchValue.Dict checkpoint = TorchValue.Dict.of(Map.of(
 *         "epoch", TorchValue.of(3),
 *         "state_dict", TorchValue.Dict.ordered(Map.of("weight", TorchTensor.of(weight)))));
 * }</pre>
 *
 * <p>Immutable trees. If a file refers to an object several times, the same value occurs at each of these positions.
 */
public sealed interface TorchValue
        permits TorchTensor,
                TorchValue.None,
                TorchValue.Bool,
                TorchValue.Int,
                TorchValue.Float64,
                TorchValue.Str,
                TorchValue.Bytes,
                TorchValue.Items,
                TorchValue.Dict,
                TorchValue.Global,
                TorchValue.PythonObject {

    /** An {@code int}. */
    static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    /** A {@code float}. */
    static Float64 of(double value) {
        return new Float64(value);
    }

    /** A {@code bool}. */
    static Bool of(boolean value) {
        return new Bool(value);
    }

    /** A {@code str}. */
    static Str of(String value) {
        return new Str(value);
    }

    /** Python's {@code None}. */
    enum None implements TorchValue {
        /** The only one. */
        NONE
    }

    /** A {@code bool}. */
    record Bool(boolean value) implements TorchValue {}

    /** An {@code int} of any size. */
    record Int(BigInteger value) implements TorchValue, Comparable<Int> {
        /**
         * The number.
         *
         * @throws ArithmeticException if it does not fit into 64 bits
         */
        public long longValue() {
            return value.longValueExact();
        }

        @Override
        public int compareTo(Int other) {
            return value.compareTo(other.value);
        }
    }

    /** A {@code float}, which has 64 bits in Python. */
    record Float64(double value) implements TorchValue, Comparable<Float64> {
        @Override
        public int compareTo(Float64 other) {
            return Double.compare(value, other.value);
        }
    }

    /** A {@code str}. */
    record Str(String value) implements TorchValue, Comparable<Str> {
        @Override
        public int compareTo(Str other) {
            return value.compareTo(other.value);
        }
    }

    /** A {@code bytes}. */
    final class Bytes implements TorchValue {
        private final byte[] value;
        private final int hash;

        /** A copy of these bytes. */
        public Bytes(byte[] value) {
            this.value = value.clone();
            this.hash = Arrays.hashCode(value);
        }

        /** The bytes; a copy. */
        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public String toString() {
            return "Bytes[" + value.length + "]";
        }
    }

    /** The Python type of {@link Items}. */
    enum Sequence {
        /** A {@code list}. */
        LIST,
        /** A {@code tuple}. */
        TUPLE,
        /** A {@code torch.Size}. */
        SIZE,
        /** A {@code set}. */
        SET,
        /** A {@code frozenset}. */
        FROZEN_SET
    }

    /** A sequence of values. */
    record Items(Sequence kind, List<TorchValue> values) implements TorchValue {
        /** Copies the list. */
        public Items {
            values = List.copyOf(values);
        }

        /** A {@code list}. */
        public static Items list(List<? extends TorchValue> values) {
            return new Items(Sequence.LIST, List.copyOf(values));
        }

        /** A {@code tuple}. */
        public static Items tuple(TorchValue... values) {
            return new Items(Sequence.TUPLE, List.of(values));
        }
    }

    /**
     * Values by key, in order.
     *
     * @param ordered whether it is an {@code OrderedDict}
     * @param entries in insertion order; keys are strings, numbers, None, bytes or tuples of these
     * @param attributes of an {@code OrderedDict}, such as the {@code _metadata} of a module's state dict; usually
     *     empty
     */
    record Dict(boolean ordered, Map<TorchValue, TorchValue> entries, Map<String, TorchValue> attributes)
            implements TorchValue {
        /** Copies the maps. */
        public Dict {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
            attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
            if (!ordered && !attributes.isEmpty()) {
                throw new IllegalArgumentException("A dict cannot have attributes, an OrderedDict can: "
                        + attributes.keySet() + ". Use an ordered one.");
            }
        }

        /** A {@code dict} with string keys. */
        public static Dict of(Map<String, ? extends TorchValue> entries) {
            return new Dict(false, byString(entries), Map.of());
        }

        /** An {@code OrderedDict} with string keys. */
        public static Dict ordered(Map<String, ? extends TorchValue> entries) {
            return new Dict(true, byString(entries), Map.of());
        }

        private static Map<TorchValue, TorchValue> byString(Map<String, ? extends TorchValue> entries) {
            Map<TorchValue, TorchValue> byString = new LinkedHashMap<>();
            entries.forEach((key, value) -> byString.put(new Str(key), value));
            return byString;
        }

        /** The value of a string key. */
        public Optional<TorchValue> get(String key) {
            return Optional.ofNullable(entries.get(new Str(key)));
        }
    }

    /**
     * A class or constant that is known by name, such as {@code torch.float32}.
     *
     * @param name module and name, joined by a dot
     */
    record Global(String name) implements TorchValue {}

    /**
     * An object of a class that is known by name only, such as {@code argparse.Namespace}: the parts from which Python
     * would create it. They are not interpreted.
     *
     * @param type name of the class
     * @param called whether the class is called, as for a path; otherwise the object is created without its constructor
     * @param arguments the constructor arguments
     * @param items the entries of a class that extends {@code dict}
     * @param state its attributes or other state; None if it has none
     */
    record PythonObject(
            String type,
            boolean called,
            List<TorchValue> arguments,
            Map<TorchValue, TorchValue> items,
            TorchValue state)
            implements TorchValue {
        /** Copies the collections. */
        public PythonObject {
            arguments = List.copyOf(arguments);
            items = Collections.unmodifiableMap(new LinkedHashMap<>(items));
        }
    }
}
