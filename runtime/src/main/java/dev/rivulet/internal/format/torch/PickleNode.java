package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An element on the stack while a pickle is read. Unlike a value it can still grow, and may contain itself. */
sealed interface PickleNode {

    /** A complete value. */
    record Leaf(TorchValue value) implements PickleNode {}

    /**
     * A storage, which is not a value by itself.
     *
     * @param dtype type of its elements; null if it is untyped
     */
    record Stored(TorchStorage.InFile storage, @Nullable Dtype dtype) implements PickleNode {}

    /** A list, tuple, size or set. */
    record Sequence(TorchValue.Sequence kind, List<PickleNode> items) implements PickleNode {}

    /** Keys and values, alternating. */
    final class Entries {
        final List<PickleNode> keysAndValues = new ArrayList<>();
    }

    /** A dict or an ordered dict. */
    final class Mapping implements PickleNode {
        final boolean ordered;
        final Entries entries = new Entries();

        @Nullable
        PickleNode attributes;

        Mapping(boolean ordered) {
            this.ordered = ordered;
        }
    }

    /** An object of a class that is known by name only. */
    final class Instance implements PickleNode {
        final String type;
        final boolean called;
        final List<PickleNode> arguments;
        final Entries entries = new Entries();

        @Nullable
        PickleNode state;

        Instance(String type, boolean called, List<PickleNode> arguments) {
            this.type = type;
            this.called = called;
            this.arguments = arguments;
        }
    }
}
