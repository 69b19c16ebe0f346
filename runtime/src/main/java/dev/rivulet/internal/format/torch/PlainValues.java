package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Tensor;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Converts the content of a PyTorch file to and from plain Java values: {@link Map}, {@link List}, {@link String},
 * {@link Boolean}, {@link Long}, {@link Double} and null. A tensor to write is a {@link Tensor} or {@link TorchTensor};
 * a tensor that was read is a {@link Tensor} if it is in memory, and a {@link TorchTensor} if it is in a file.
 */
public final class PlainValues {
    private PlainValues() {}

    /**
     * The Python value of a Java value; integers of all sizes become an {@code int}, floating-point numbers a {@code
     * float}.
     *
     * @throws IllegalArgumentException if the value has no counterpart in Python
     */
    public static TorchValue toTorch(@Nullable Object value) {
        return toTorch(value, UnaryOperator.identity());
    }

    /**
     * As {@link #toTorch}, with copies of the tensors.
     *
     * @throws IllegalArgumentException if the value has no counterpart in Python
     */
    public static TorchValue copyToTorch(@Nullable Object value) {
        return toTorch(value, Tensor::copy);
    }

    private static TorchValue toTorch(@Nullable Object value, UnaryOperator<Tensor> copy) {
        if (value == null) {
            return TorchValue.None.NONE;
        } else if (value instanceof TorchValue known) {
            return known;
        } else if (value instanceof Tensor tensor) {
            return TorchTensor.of(copy.apply(tensor));
        } else if (value instanceof String string) {
            return TorchValue.of(string);
        } else if (value instanceof Boolean bool) {
            return TorchValue.of(bool);
        } else if (value instanceof BigInteger number) {
            return new TorchValue.Int(number);
        } else if (value instanceof Double || value instanceof Float) {
            return TorchValue.of(((Number) value).doubleValue());
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            return TorchValue.of(((Number) value).longValue());
        } else if (value instanceof List<?> list) {
            return TorchValue.Items.list(
                    list.stream().map(item -> toTorch(item, copy)).toList());
        } else if (value instanceof Map<?, ?> map) {
            Map<TorchValue, TorchValue> entries = new LinkedHashMap<>();
            map.forEach((key, entry) -> entries.put(toTorch(key, copy), toTorch(entry, copy)));
            return new TorchValue.Dict(false, entries, Map.of());
        }
        throw new IllegalArgumentException("A PyTorch file cannot hold a "
                + value.getClass().getName() + "; use strings, booleans, numbers, lists, maps or tensors.");
    }

    /**
     * The Java value of a Python value. Lists, tuples and sets become lists. A value without a plain counterpart, for
     * example an object of a known class, stays a {@link TorchValue}.
     */
    public static @Nullable Object fromTorch(TorchValue value) {
        if (value instanceof TorchValue.None) {
            return null;
        } else if (value instanceof TorchValue.Bool bool) {
            return bool.value();
        } else if (value instanceof TorchValue.Int number) {
            return number.value().bitLength() < Long.SIZE ? number.longValue() : number.value();
        } else if (value instanceof TorchValue.Float64 number) {
            return number.value();
        } else if (value instanceof TorchValue.Str string) {
            return string.value();
        } else if (value instanceof TorchValue.Items items) {
            List<@Nullable Object> list = new ArrayList<>();
            items.values().forEach(item -> list.add(fromTorch(item)));
            return list;
        } else if (value instanceof TorchValue.Dict dict) {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            dict.entries().forEach((key, entry) -> map.put(fromTorch(key), fromTorch(entry)));
            return map;
        } else if (value instanceof TorchTensor tensor && tensor.isInMemory()) {
            return tensor.inMemory();
        }
        return value;
    }
}
