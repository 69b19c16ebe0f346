package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds values from the nodes of a pickle, once these can no longer change. */
final class ValueBuilder {
    static final int MAX_DEPTH = 128;
    private static final long MAX_EXPANSION = 10_000_000;
    private static final int MAX_KEY_PARTS = 64;

    /** Limit for keys that a map can hash but not compare, so that colliding hashes cannot make it slow. */
    private static final int MAX_UNORDERED_KEYS = 10_000;

    private final PickleInput pickle;
    private final IdentityHashMap<PickleNode, Built> built = new IdentityHashMap<>();
    private int depth;
    private long occurrences;
    private int unorderedKeys;

    /**
     * A value.
     *
     * @param value null while it is being built: an object that refers to it then contains itself
     * @param size number of values in it, each counted at every occurrence
     * @param height number of levels in it
     */
    private record Built(@Nullable TorchValue value, long size, int height) {}

    private static final Built IN_PROGRESS = new Built(null, 0, 0);

    ValueBuilder(PickleInput pickle) {
        this.pickle = pickle;
    }

    TorchValue build(PickleNode root) throws MalformedTorchFileException {
        Parts parts = new Parts();
        return parts.value(root);
    }

    /** Whether a value may be a key. */
    static boolean isKey(TorchValue value) {
        return keyParts(value) <= MAX_KEY_PARTS;
    }

    /** The number of plain values in a key; above the limit if the value cannot be a key. */
    private static int keyParts(TorchValue value) {
        if (value instanceof TorchValue.Items items && items.kind() == TorchValue.Sequence.TUPLE) {
            int parts = 1 + items.values().size();
            for (int i = 0; i < items.values().size() && parts <= MAX_KEY_PARTS; i++) {
                parts += keyParts(items.values().get(i)) - 1;
            }
            return parts;
        }
        boolean plain = value instanceof TorchValue.Str
                || value instanceof TorchValue.Int
                || value instanceof TorchValue.Float64
                || value instanceof TorchValue.Bool
                || value instanceof TorchValue.Bytes
                || value instanceof TorchValue.None;
        return plain ? 1 : MAX_KEY_PARTS + 1;
    }

    /** Builds the parts of one value, and adds up their size. */
    private final class Parts {
        private long size = 1;
        private int height;

        TorchValue value(PickleNode node) throws MalformedTorchFileException {
            Built part = ValueBuilder.this.value(node);
            size += part.size();
            occurrences++;
            height = Math.max(height, part.height());
            if (Math.max(size, occurrences) > MAX_EXPANSION) {
                throw pickle.violation(TorchRule.EXPANSION, "the pickle has more values");
            }
            if (height + 1 + depth > MAX_DEPTH) {
                throw pickle.violation(TorchRule.NESTING, "a value has " + (height + 1 + depth) + " levels");
            }
            TorchValue value = part.value();
            if (value == null) {
                throw pickle.violation(TorchRule.CYCLE, "an object contains itself");
            }
            return value;
        }

        List<TorchValue> values(List<PickleNode> nodes) throws MalformedTorchFileException {
            List<TorchValue> values = new ArrayList<>(nodes.size());
            for (PickleNode node : nodes) {
                values.add(value(node));
            }
            return values;
        }

        Map<TorchValue, TorchValue> entries(PickleNode.Entries entries) throws MalformedTorchFileException {
            Map<TorchValue, TorchValue> values = new LinkedHashMap<>();
            List<PickleNode> nodes = entries.keysAndValues;
            for (int i = 0; i < nodes.size(); i += 2) {
                TorchValue key = value(nodes.get(i));
                if (!isKey(key)) {
                    throw pickle.violation(TorchRule.KEY, "a key is neither a plain value nor a short tuple");
                }
                if (!(key instanceof Comparable<?>) && ++unorderedKeys > MAX_UNORDERED_KEYS) {
                    throw pickle.violation(TorchRule.KEY, "too many keys are tuples or bytes");
                }
                if (values.put(key, value(nodes.get(i + 1))) != null) {
                    throw pickle.violation(TorchRule.KEY, "a key occurs twice");
                }
            }
            return values;
        }
    }

    private Built value(PickleNode node) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Leaf leaf) {
            return new Built(leaf.value(), 1, 1);
        }
        Built known = built.get(node);
        if (known != null) {
            return known;
        }
        if (++depth > MAX_DEPTH) {
            throw pickle.violation(TorchRule.NESTING, "a value has more levels");
        }
        built.put(node, IN_PROGRESS);
        Parts parts = new Parts();
        TorchValue value = compose(node, parts);
        Built result = new Built(value, parts.size, parts.height + 1);
        built.put(node, result);
        depth--;
        return result;
    }

    private TorchValue compose(PickleNode node, Parts parts) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Sequence sequence) {
            return new TorchValue.Items(sequence.kind(), parts.values(sequence.items()));
        }
        if (node instanceof PickleNode.Mapping mapping) {
            Map<String, TorchValue> attributes = new LinkedHashMap<>();
            if (mapping.attributes != null) {
                attributes = attributes(parts.value(mapping.attributes));
            }
            return new TorchValue.Dict(mapping.ordered, parts.entries(mapping.entries), attributes);
        }
        if (node instanceof PickleNode.Instance instance) {
            return new TorchValue.PythonObject(
                    instance.type,
                    instance.called,
                    parts.values(instance.arguments),
                    parts.entries(instance.entries),
                    instance.state == null ? TorchValue.None.NONE : parts.value(instance.state));
        }
        throw pickle.violation(TorchRule.STORAGE, "a storage is used as a value");
    }

    private Map<String, TorchValue> attributes(TorchValue state) throws MalformedTorchFileException {
        Map<String, TorchValue> attributes = new LinkedHashMap<>();
        if (state instanceof TorchValue.Dict dict && !dict.ordered()) {
            for (Map.Entry<TorchValue, TorchValue> entry : dict.entries().entrySet()) {
                if (entry.getKey() instanceof TorchValue.Str name) {
                    attributes.put(name.value(), entry.getValue());
                }
            }
            if (attributes.size() == dict.entries().size()) {
                return attributes;
            }
        }
        throw pickle.violation(TorchRule.BUILD, "the state of an OrderedDict is not a dict of attributes");
    }
}
