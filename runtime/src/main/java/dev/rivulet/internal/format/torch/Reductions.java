package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the names and arguments in a pickle into nodes, according to its GLOBAL, REDUCE, NEWOBJ and BUILD opcodes. */
final class Reductions {
    private static final BigInteger LONG_LIMIT = BigInteger.ONE.shiftLeft(Long.SIZE - 1);

    private final PickleInput pickle;
    private final Map<String, ArchiveRecord> records;
    private final Map<String, PickleNode.Stored> storages = new HashMap<>();
    private final Map<String, String> types = new HashMap<>();
    private long encodedBytes;

    Reductions(PickleInput pickle, Map<String, ArchiveRecord> records) {
        this.pickle = pickle;
        this.records = records;
    }

    PickleNode global(PickleNode module, PickleNode name) throws MalformedTorchFileException {
        return global(string(module, TorchRule.GLOBAL), string(name, TorchRule.GLOBAL));
    }

    PickleNode global(String module, String name) throws MalformedTorchFileException {
        String joined = TorchGlobals.name(module, name);
        if (!TorchGlobals.isAllowed(joined)) {
            throw pickle.violation(TorchRule.GLOBAL, "the pickle names \"" + PickleInput.shown(joined) + "\"");
        }
        return new PickleNode.Leaf(new TorchValue.Global(joined));
    }

    /** The storage denoted by a persistent id. */
    PickleNode storage(PickleNode id) throws MalformedTorchFileException {
        if (!(id instanceof PickleNode.Sequence tuple)
                || tuple.kind() != TorchValue.Sequence.TUPLE
                || tuple.items().size() != 5
                || !string(tuple.items().get(0), TorchRule.PERSISTENT_ID).equals("storage")) {
            throw pickle.violation(TorchRule.PERSISTENT_ID, "a persistent id has another form");
        }
        String type = globalName(tuple.items().get(1), TorchRule.PERSISTENT_ID);
        String key = string(tuple.items().get(2), TorchRule.PERSISTENT_ID);
        string(tuple.items().get(3), TorchRule.PERSISTENT_ID);
        long elements = number(tuple.items().get(4), TorchRule.PERSISTENT_ID);
        Dtype dtype = TorchDtypes.BY_STORAGE.get(type);
        if (dtype == null && !type.equals(TorchDtypes.UNTYPED_STORAGE)) {
            throw pickle.violation(TorchRule.DTYPE, "the type of a storage is \"" + type + "\"");
        }
        ArchiveRecord record = records.get(key);
        int elementBytes = dtype == null ? 1 : dtype.alignment();
        if (record == null
                || record.byteCount() % elementBytes != 0
                || record.byteCount() / elementBytes != elements
                || !types.computeIfAbsent(key, first -> type).equals(type)) {
            throw pickle.violation(
                    TorchRule.STORAGE,
                    "the storage \"" + PickleInput.shown(key) + "\" is a " + type + " of " + elements
                            + " elements, but "
                            + (record == null
                                    ? "no such entry exists"
                                    : "its entry has " + record.byteCount() + " bytes")
                            + (types.containsKey(key) ? ", and it is a " + types.get(key) + " elsewhere" : ""));
        }
        return storages.computeIfAbsent(key, first -> new PickleNode.Stored(new TorchStorage.InFile(record), dtype));
    }

    PickleNode reduce(PickleNode function, PickleNode arguments) throws MalformedTorchFileException {
        String name = globalName(function, TorchRule.REDUCE);
        List<PickleNode> given = arguments(name, arguments);
        return switch (name) {
            case TorchGlobals.ORDERED_DICT -> {
                expect(name, given.isEmpty());
                yield new PickleNode.Mapping(true);
            }
            case TorchGlobals.TENSOR_V2 -> new PickleNode.Leaf(tensorV2(given));
            case TorchGlobals.TENSOR_V3 -> new PickleNode.Leaf(tensorV3(given));
            case TorchGlobals.PARAMETER -> new PickleNode.Leaf(parameter(given));
            case TorchGlobals.SIZE -> new PickleNode.Sequence(TorchValue.Sequence.SIZE, items(name, given));
            case TorchGlobals.SET -> new PickleNode.Sequence(TorchValue.Sequence.SET, items(name, given));
            case TorchGlobals.FROZEN_SET -> new PickleNode.Sequence(TorchValue.Sequence.FROZEN_SET, items(name, given));
            case TorchGlobals.BYTES -> {
                expect(name, given.isEmpty());
                yield new PickleNode.Leaf(new TorchValue.Bytes(new byte[0]));
            }
            case TorchGlobals.ENCODE -> new PickleNode.Leaf(encoded(given));
            default -> {
                if (!TorchGlobals.isOpaque(name)) {
                    throw pickle.violation(TorchRule.REDUCE, "\"" + name + "\" is called");
                }
                yield new PickleNode.Instance(name, true, given);
            }
        };
    }

    /** An object that is created without calling its constructor. */
    PickleNode instance(PickleNode type, PickleNode arguments) throws MalformedTorchFileException {
        String name = globalName(type, TorchRule.REDUCE);
        if (name.equals(TorchGlobals.ORDERED_DICT)) {
            return reduce(type, arguments);
        }
        if (!TorchGlobals.isOpaque(name)) {
            throw pickle.violation(TorchRule.REDUCE, "a \"" + name + "\" is created");
        }
        return new PickleNode.Instance(name, false, arguments(name, arguments));
    }

    void build(PickleNode target, PickleNode state) throws MalformedTorchFileException {
        if (target instanceof PickleNode.Mapping mapping && mapping.ordered && mapping.attributes == null) {
            mapping.attributes = state;
        } else if (target instanceof PickleNode.Instance instance && instance.state == null) {
            instance.state = state;
        } else {
            throw pickle.violation(TorchRule.BUILD, "another object gets a state, or one gets a second state");
        }
    }

    private List<PickleNode> arguments(String name, PickleNode arguments) throws MalformedTorchFileException {
        if (arguments instanceof PickleNode.Sequence tuple && tuple.kind() == TorchValue.Sequence.TUPLE) {
            return tuple.items();
        }
        throw unexpected(name);
    }

    /** The items of the only argument, a list or tuple. */
    private List<PickleNode> items(String name, List<PickleNode> given) throws MalformedTorchFileException {
        if (given.size() == 1 && given.get(0) instanceof PickleNode.Sequence sequence) {
            return sequence.items();
        }
        throw unexpected(name);
    }

    private TorchValue encoded(List<PickleNode> given) throws MalformedTorchFileException {
        expect(TorchGlobals.ENCODE, given.size() == 2);
        String string = string(given.get(0), TorchRule.REDUCE);
        expect(TorchGlobals.ENCODE, string(given.get(1), TorchRule.REDUCE).equals("latin1"));
        encodedBytes += string.length();
        if (encodedBytes > pickle.byteCount()) {
            throw pickle.violation(TorchRule.STRING, "the same string is encoded repeatedly");
        }
        expect(TorchGlobals.ENCODE, string.chars().allMatch(character -> character < 256));
        return new TorchValue.Bytes(string.getBytes(StandardCharsets.ISO_8859_1));
    }

    private TorchTensor parameter(List<PickleNode> given) throws MalformedTorchFileException {
        expect(TorchGlobals.PARAMETER, given.size() == 3 && isEmptyMapping(given.get(2)));
        if (given.get(0) instanceof PickleNode.Leaf leaf && leaf.value() instanceof TorchTensor tensor) {
            return tensor.asParameter(bool(TorchGlobals.PARAMETER, given.get(1)));
        }
        throw unexpected(TorchGlobals.PARAMETER);
    }

    private TorchTensor tensorV2(List<PickleNode> given) throws MalformedTorchFileException {
        expect(TorchGlobals.TENSOR_V2, given.size() == 6 || (given.size() == 7 && isEmptyMapping(given.get(6))));
        return tensor(TorchGlobals.TENSOR_V2, given, null);
    }

    private TorchTensor tensorV3(List<PickleNode> given) throws MalformedTorchFileException {
        expect(TorchGlobals.TENSOR_V3, given.size() == 7 || (given.size() == 8 && isEmptyMapping(given.get(7))));
        String name = globalName(given.get(6), TorchRule.DTYPE);
        Dtype dtype = TorchDtypes.BY_NAME.get(name);
        if (dtype == null) {
            throw pickle.violation(TorchRule.DTYPE, "the dtype is \"" + name + "\"");
        }
        return tensor(TorchGlobals.TENSOR_V3, given, dtype);
    }

    private TorchTensor tensor(String name, List<PickleNode> given, @Nullable Dtype named)
            throws MalformedTorchFileException {
        expect(name, isEmptyMapping(given.get(5)));
        if (!(given.get(0) instanceof PickleNode.Stored stored)) {
            throw unexpected(name);
        }
        Dtype dtype = named != null ? named : stored.dtype();
        if (dtype == null || (stored.dtype() != null && stored.dtype() != dtype)) {
            throw unexpected(name);
        }
        long offset = number(given.get(1), TorchRule.TENSOR_BOUNDS);
        TensorShape shape = shape(numbers(given.get(2)));
        long[] strides = numbers(given.get(3));
        Optional<ViewBounds.Misfit> misfit =
                ViewBounds.check(stored.storage().byteCount(), dtype, offset, shape, strides);
        if (misfit.isPresent()) {
            throw pickle.violation(
                    misfit.get().rule(),
                    "a tensor of " + dtype + " is malformed: " + misfit.get().detail());
        }
        return TorchTensor.view(stored.storage(), dtype, offset, shape, strides)
                .withRequiresGrad(bool(name, given.get(4)));
    }

    private TensorShape shape(long[] dimensions) throws MalformedTorchFileException {
        if (dimensions.length > ViewBounds.MAX_RANK) {
            throw pickle.violation(TorchRule.TENSOR_SHAPE, "a tensor has " + dimensions.length + " dimensions");
        }
        try {
            return TensorShape.of(dimensions);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw pickle.violation(TorchRule.TENSOR_SHAPE, "a dimension of a tensor is negative or too large");
        }
    }

    private long[] numbers(PickleNode node) throws MalformedTorchFileException {
        if (!(node instanceof PickleNode.Sequence sequence)
                || (sequence.kind() != TorchValue.Sequence.TUPLE && sequence.kind() != TorchValue.Sequence.SIZE)) {
            throw pickle.violation(TorchRule.TENSOR_SHAPE, "a shape or its strides are not a tuple");
        }
        if (sequence.items().size() > ViewBounds.MAX_RANK) {
            throw pickle.violation(
                    TorchRule.TENSOR_SHAPE, "a tensor has " + sequence.items().size() + " dimensions");
        }
        long[] numbers = new long[sequence.items().size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(sequence.items().get(i), TorchRule.TENSOR_SHAPE);
        }
        return numbers;
    }

    private long number(PickleNode node, TorchRule rule) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Leaf leaf
                && leaf.value() instanceof TorchValue.Int integer
                && integer.value().compareTo(LONG_LIMIT) < 0
                && integer.value().compareTo(LONG_LIMIT.negate()) >= 0) {
            return integer.longValue();
        }
        throw pickle.violation(rule, "a value is not a 64-bit integer");
    }

    private String string(PickleNode node, TorchRule rule) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Leaf leaf && leaf.value() instanceof TorchValue.Str string) {
            return string.value();
        }
        throw pickle.violation(rule, "a value is not a string");
    }

    private String globalName(PickleNode node, TorchRule rule) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Leaf leaf && leaf.value() instanceof TorchValue.Global global) {
            return global.name();
        }
        throw pickle.violation(rule, "a value is not a class or function");
    }

    private boolean bool(String name, PickleNode node) throws MalformedTorchFileException {
        if (node instanceof PickleNode.Leaf leaf && leaf.value() instanceof TorchValue.Bool bool) {
            return bool.value();
        }
        throw unexpected(name);
    }

    private static boolean isEmptyMapping(PickleNode node) {
        return (node instanceof PickleNode.Mapping mapping && mapping.entries.keysAndValues.isEmpty())
                || (node instanceof PickleNode.Leaf leaf && leaf.value() == TorchValue.None.NONE);
    }

    private void expect(String name, boolean holds) throws MalformedTorchFileException {
        if (!holds) {
            throw unexpected(name);
        }
    }

    private MalformedTorchFileException unexpected(String name) {
        return pickle.violation(TorchRule.REDUCE, "\"" + name + "\" gets arguments that PyTorch does not write");
    }
}
