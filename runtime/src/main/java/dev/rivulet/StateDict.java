package dev.rivulet;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** An ordered map from parameter name to tensor. */
public final class StateDict {
    private final Map<String, NDArray> arrays;

    StateDict(Map<String, NDArray> arrays) {
        this.arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    /** A state dict of the same names with each array replaced. */
    public StateDict map(BiFunction<String, NDArray, NDArray> transform) {
        Map<String, NDArray> mapped = new LinkedHashMap<>();
        arrays.forEach((name, array) -> mapped.put(name, transform.apply(name, array)));
        return new StateDict(mapped);
    }
}
