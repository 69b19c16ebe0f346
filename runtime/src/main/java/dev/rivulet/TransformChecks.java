package dev.rivulet;

import dev.rivulet.registry.StreamDeclaration;
import java.util.Set;
import java.util.TreeSet;

/** What a transform may return. */
final class TransformChecks {
    private TransformChecks() {}

    /**
     * Refuses a result that is missing or, unless the declaration allows it, has other names or shapes than the source.
     *
     * @throws TransformException naming the transform, the tensor and the remedy
     */
    static void check(StreamDeclaration.Transform transform, StateDict source, StateDict result) {
        if (result == null) {
            throw new TransformException("The transform " + transform.member()
                    + " returned null; return the weights to save, or decide with @TransformWhen whether to save.");
        }
        if (!transform.strict()) {
            return;
        }
        refuse(transform, "dropped", without(source.names(), result.names()));
        refuse(transform, "added", without(result.names(), source.names()));
        for (String name : source.names()) {
            var expected = source.tensor(name).shape();
            var actual = result.tensor(name).shape();
            if (!actual.equals(expected)) {
                throw new TransformException("The transform " + transform.member() + " changed the shape of \"" + name
                        + "\" from " + expected + " to " + actual + ";" + remedy());
            }
        }
    }

    private static void refuse(StreamDeclaration.Transform transform, String what, Set<String> names) {
        if (!names.isEmpty()) {
            throw new TransformException(
                    "The transform " + transform.member() + " " + what + " " + names + ";" + remedy());
        }
    }

    private static String remedy() {
        return " if that is meant, declare it with @WeightTransform(…, strict = false).";
    }

    private static Set<String> without(Set<String> names, Set<String> removed) {
        Set<String> rest = new TreeSet<>(names);
        rest.removeAll(removed);
        return rest;
    }
}
