package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is on the stack of a pickle while it is read: like values, but still growing, and perhaps containing itself. */
sealed interface PickleNode {

    /** A value that is complete. */
    record Leaf(TorchValue value) implements PickleNode {}

    /**
     * A storage, which is no value by itself.
     *
     * @param dtype that of its elements; null if it is untyped
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

    /** An object that is known by name. */
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
