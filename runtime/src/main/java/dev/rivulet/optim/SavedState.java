package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary that Java or Python saved, read with errors that say where it is wrong.
 *
 * @param owner what the dictionary is, for messages
 */
record SavedState(String owner, Map<?, ?> values) {

    boolean has(String key) {
        return values.get(key) != null;
    }

    long integer(String key) {
        double number = number(key);
        if (number != Math.rint(number)) {
            throw wrong(key, "a whole number");
        }
        return (long) number;
    }

    double number(String key) {
        return number(key, values.get(key));
    }

    String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a text");
    }

    List<?> list(String key) {
        if (values.get(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list");
    }

    List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object element : list(key)) {
            numbers.add(number(key, element));
        }
        return numbers;
    }

    List<SavedState> dictionaries(String key) {
        List<SavedState> dictionaries = new ArrayList<>();
        for (Object element : list(key)) {
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(key, "a list of dictionaries");
            }
            dictionaries.add(new SavedState(owner + "." + key + "[" + dictionaries.size() + "]", map));
        }
        return dictionaries;
    }

    Map<?, ?> dictionary(String key) {
        if (values.get(key) instanceof Map<?, ?> map) {
            return map;
        }
        throw wrong(key, "a dictionary");
    }

    /** The entries whose keys are texts. */
    Map<String, @Nullable Object> named() {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key instanceof String name) {
                named.put(name, value);
            }
        });
        return named;
    }

    /**
     * A hyper-parameter, if it is what the one is that it replaces; PyTorch may have a number in a tensor.
     *
     * @param now the one that it replaces
     */
    @Nullable
    Object like(String key, @Nullable Object now) {
        Object value = values.get(key);
        if (now instanceof Number) {
            return value instanceof Number ? value : (Double) number(key);
        } else if (now instanceof Boolean && !(value instanceof Boolean)) {
            throw wrong(key, "true or false");
        } else if (now instanceof String) {
            return text(key);
        } else if (now instanceof Map<?, ?>) {
            return dictionary(key);
        } else if (now instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
            if (numbers(key).size() != list.size()) {
                throw wrong(key, "a list of " + list.size() + " numbers");
            }
        } else if (now instanceof List<?>) {
            return list(key);
        }
        return value;
    }

    MismatchedStateException wrong(String key, String expected) {
        return new MismatchedStateException(
                owner + " has \"" + key + "\" = " + values.get(key) + " where " + expected + " belongs.");
    }

    /** A number, or a tensor of one element as PyTorch saves counts. */
    private double number(String key, @Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof NDArray array && array.size() == 1) {
            try (LiveTensors live = new LiveTensors()) {
                return number(key, live.view(array).copy());
            }
        }
        if (value instanceof Tensor tensor && tensor.shape().elementCount() == 1) {
            ByteBuffer bytes = tensor.chunks().get(0);
            if (tensor.dtype() == Dtype.F32) {
                return bytes.getFloat();
            } else if (tensor.dtype() == Dtype.F64) {
                return bytes.getDouble();
            } else if (tensor.dtype() == Dtype.I64) {
                return bytes.getLong();
            }
        }
        throw wrong(key, "a number");
    }
}
