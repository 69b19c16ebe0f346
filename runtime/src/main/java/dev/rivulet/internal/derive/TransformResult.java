package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks what a transform has returned. */
final class TransformResult {
    private TransformResult() {}

    /**
     * The tensors that a transform has returned. Refuses a result that is missing or, unless the declaration allows it,
     * has other names or shapes than the source.
     *
     * @param memory keeps the tensors; they are valid until it is closed
     * @throws TransformException naming the transform, the tensor and the remedy
     */
    static Map<String, Tensor> checked(
            StreamDeclaration.Transform transform,
            Map<String, Tensor> source,
            @Nullable StateDict returned,
            NDManager memory) {
        if (returned == null) {
            throw new TransformException("The transform " + transform.member()
                    + " returned null; return the weights to save, or decide with @TransformWhen whether to save.");
        }
        Map<String, Tensor> result = returned.views(memory);
        if (transform.strict()) {
            refuse(transform, "dropped", without(source.keySet(), result.keySet()));
            refuse(transform, "added", without(result.keySet(), source.keySet()));
            source.forEach((name, tensor) -> requireShape(transform, name, tensor.shape(), result));
        }
        return result;
    }

    private static void requireShape(
            StreamDeclaration.Transform transform, String name, TensorShape expected, Map<String, Tensor> result) {
        TensorShape actual = Objects.requireNonNull(result.get(name), name).shape();
        if (!actual.equals(expected)) {
            throw new TransformException("The transform " + transform.member() + " changed the shape of \"" + name
                    + "\" from " + expected + " to " + actual + ";" + remedy());
        }
    }

    private static void refuse(StreamDeclaration.Transform transform, String what, Set<String> names) {
        if (!names.isEmpty()) {
            throw new TransformException(
                    "The transform " + transform.member() + " " + what + " " + names + ";" + remedy());
        }
    }

    private static String remedy() {
        return " if this is intended, declare it with @WeightTransform(…, strict = false).";
    }

    private static Set<String> without(Set<String> names, Set<String> removed) {
        Set<String> rest = new TreeSet<>(names);
        rest.removeAll(removed);
        return rest;
    }
}
