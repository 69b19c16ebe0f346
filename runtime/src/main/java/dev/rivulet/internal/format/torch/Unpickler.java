package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle as data: a stack machine that creates only values and storages.
 *
 * <p>It loads no classes and calls nothing. Names outside a list of harmless ones are refused, and every number in the
 * pickle is checked before it is used. Time and memory are proportional to the length of the pickle.
 */
final class Unpickler {
    private static final int MAX_OPCODES = 20_000_000;
    private static final int MAX_OBJECTS = 4_000_000;
    private static final int MAX_STACK = 1_000_000;
    private static final int MAX_MARKS = 1_000;

    private final PickleInput pickle;
    private final Reductions reductions;
    private final PickleStack stack;
    private final HeapBudget heap;
    private final List<PickleNode> memo = new ArrayList<>();
    private int objects;

    private Unpickler(PickleInput pickle, Map<String, ArchiveRecord> storages) {
        this.pickle = pickle;
        this.reductions = new Reductions(pickle, storages);
        this.stack = new PickleStack(pickle, MAX_STACK, MAX_MARKS);
        this.heap = new HeapBudget(pickle);
    }

    /**
     * Reads the value of a pickle.
     *
     * @param file name of the file, for messages
     * @param storages entries of the storages, by key
     */
    static TorchValue read(String file, byte[] bytes, Map<String, ArchiveRecord> storages)
            throws MalformedTorchFileException {
        PickleInput pickle = new PickleInput(file, bytes);
        return new Unpickler(pickle, new HashMap<>(storages)).run();
    }

    private TorchValue run() throws MalformedTorchFileException {
        begin();
        for (int count = 1; ; count++) {
            if (count > MAX_OPCODES) {
                throw pickle.violation(TorchRule.OPCODE_COUNT, "the pickle has more opcodes");
            }
            heap.take(HeapBudget.OPCODE);
            int opcode = pickle.opcode();
            if (opcode == Opcode.STOP) {
                return end();
            }
            if (!(structure(opcode)
                    || scalar(opcode)
                    || bytesOrString(opcode)
                    || container(opcode)
                    || object(opcode))) {
                throw pickle.violation(
                        TorchRule.OPCODE, "the opcode is 0x" + HexFormat.of().toHexDigits(opcode, 2));
            }
        }
    }

    private void begin() throws MalformedTorchFileException {
        if (pickle.opcode() != Opcode.PROTO) {
            throw pickle.violation(TorchRule.PROTOCOL, "the pickle does not start with a protocol");
        }
        int protocol = pickle.unsigned(1);
        if (protocol < 2 || protocol > 5) {
            throw pickle.violation(TorchRule.PROTOCOL, "the protocol is " + protocol);
        }
    }

    private TorchValue end() throws MalformedTorchFileException {
        PickleNode root = stack.pop();
        if (!stack.isEmpty() || !pickle.isAtEnd()) {
            throw pickle.violation(
                    TorchRule.ENDING, "the stack has more values, or more bytes follow (" + pickle.remaining() + ")");
        }
        return new ValueBuilder(pickle).build(root);
    }

    private boolean structure(int opcode) throws MalformedTorchFileException {
        switch (opcode) {
            case Opcode.FRAME -> pickle.frame();
            case Opcode.MARK -> stack.mark();
            case Opcode.POP -> stack.popAny();
            case Opcode.POP_MARK -> stack.popToMark();
            case Opcode.DUP -> stack.push(stack.top());
            case Opcode.BINPUT -> put(pickle.unsigned(1));
            case Opcode.LONG_BINPUT -> put(pickle.unsigned(4));
            case Opcode.MEMOIZE -> put(memo.size());
            case Opcode.BINGET -> get(pickle.unsigned(1));
            case Opcode.LONG_BINGET -> get(pickle.unsigned(4));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void put(int number) throws MalformedTorchFileException {
        if (number != memo.size()) {
            throw pickle.violation(
                    TorchRule.MEMO,
                    "entry " + Integer.toUnsignedString(number) + " is set, but the next one is " + memo.size());
        }
        memo.add(stack.top());
    }

    private void get(int number) throws MalformedTorchFileException {
        if (number < 0 || number >= memo.size()) {
            throw pickle.violation(
                    TorchRule.MEMO,
                    "entry " + Integer.toUnsignedString(number) + " is read, but only " + memo.size() + " are set");
        }
        stack.push(memo.get(number));
    }

    private boolean scalar(int opcode) throws MalformedTorchFileException {
        switch (opcode) {
            case Opcode.NONE -> push(TorchValue.None.NONE);
            case Opcode.NEWTRUE -> push(TorchValue.of(true));
            case Opcode.NEWFALSE -> push(TorchValue.of(false));
            case Opcode.BININT -> push(TorchValue.of(pickle.unsigned(4)));
            case Opcode.BININT1 -> push(TorchValue.of(pickle.unsigned(1)));
            case Opcode.BININT2 -> push(TorchValue.of(pickle.unsigned(2)));
            case Opcode.LONG1 -> pushInteger(1);
            case Opcode.LONG4 -> pushInteger(4);
            case Opcode.BINFLOAT -> push(TorchValue.of(pickle.float64()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void pushInteger(int lengthBytes) throws MalformedTorchFileException {
        int length = pickle.length(lengthBytes, PickleOutput.MAX_INTEGER, TorchRule.INTEGER);
        heap.take(length);
        BigInteger value = pickle.integer(length);
        push(new TorchValue.Int(value));
    }

    private boolean bytesOrString(int opcode) throws MalformedTorchFileException {
        switch (opcode) {
            case Opcode.SHORT_BINUNICODE -> pushString(1);
            case Opcode.BINUNICODE -> pushString(4);
            case Opcode.BINUNICODE8 -> pushString(8);
            case Opcode.SHORT_BINBYTES -> pushBytes(1);
            case Opcode.BINBYTES -> pushBytes(4);
            case Opcode.BINBYTES8 -> pushBytes(8);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void pushString(int lengthBytes) throws MalformedTorchFileException {
        int length = pickle.length(lengthBytes, PickleOutput.MAX_STRING, TorchRule.STRING);
        heap.take(2L * length); // A one-byte character takes two bytes in a string with wider ones.
        push(TorchValue.of(pickle.string(length)));
    }

    private void pushBytes(int lengthBytes) throws MalformedTorchFileException {
        int length = pickle.length(lengthBytes, PickleOutput.MAX_STRING, TorchRule.STRING);
        heap.take(2L * length); // They are copied.
        push(new TorchValue.Bytes(pickle.bytes(length)));
    }

    private boolean container(int opcode) throws MalformedTorchFileException {
        switch (opcode) {
            case Opcode.EMPTY_TUPLE -> push(TorchValue.Sequence.TUPLE, new ArrayList<>());
            case Opcode.TUPLE1 -> push(TorchValue.Sequence.TUPLE, stack.pop(1));
            case Opcode.TUPLE2 -> push(TorchValue.Sequence.TUPLE, stack.pop(2));
            case Opcode.TUPLE3 -> push(TorchValue.Sequence.TUPLE, stack.pop(3));
            case Opcode.TUPLE -> push(TorchValue.Sequence.TUPLE, stack.popToMark());
            case Opcode.EMPTY_LIST -> push(TorchValue.Sequence.LIST, new ArrayList<>());
            case Opcode.LIST -> push(TorchValue.Sequence.LIST, stack.popToMark());
            case Opcode.EMPTY_SET -> push(TorchValue.Sequence.SET, new ArrayList<>());
            case Opcode.FROZENSET -> push(TorchValue.Sequence.FROZEN_SET, stack.popToMark());
            case Opcode.APPEND -> append(stack.pop(1), TorchValue.Sequence.LIST);
            case Opcode.APPENDS -> append(stack.popToMark(), TorchValue.Sequence.LIST);
            case Opcode.ADDITEMS -> append(stack.popToMark(), TorchValue.Sequence.SET);
            case Opcode.EMPTY_DICT -> push(new PickleNode.Mapping(false));
            case Opcode.DICT -> {
                List<PickleNode> items = stack.popToMark();
                push(new PickleNode.Mapping(false));
                setItems(items);
            }
            case Opcode.SETITEM -> setItems(stack.pop(2));
            case Opcode.SETITEMS -> setItems(stack.popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void append(List<PickleNode> items, TorchValue.Sequence kind) throws MalformedTorchFileException {
        if (stack.top() instanceof PickleNode.Sequence target && target.kind() == kind) {
            target.items().addAll(items);
        } else {
            throw pickle.violation(TorchRule.ITEMS, "the object that gets items is not a " + kind);
        }
    }

    private void setItems(List<PickleNode> items) throws MalformedTorchFileException {
        PickleNode.Entries entries;
        if (stack.top() instanceof PickleNode.Mapping mapping) {
            entries = mapping.entries;
        } else if (stack.top() instanceof PickleNode.Instance instance) {
            entries = instance.entries;
        } else {
            throw pickle.violation(TorchRule.ITEMS, "the object that gets keys and values is not a dict");
        }
        if (items.size() % 2 != 0) {
            throw pickle.violation(TorchRule.ITEMS, "a key has no value");
        }
        entries.keysAndValues.addAll(items);
    }

    private boolean object(int opcode) throws MalformedTorchFileException {
        switch (opcode) {
            case Opcode.GLOBAL -> push(reductions.global(pickle.line(), pickle.line()));
            case Opcode.STACK_GLOBAL -> {
                List<PickleNode> names = stack.pop(2);
                push(reductions.global(names.get(0), names.get(1)));
            }
            case Opcode.BINPERSID -> push(reductions.storage(stack.pop()));
            case Opcode.REDUCE -> {
                List<PickleNode> call = stack.pop(2);
                push(reductions.reduce(call.get(0), call.get(1)));
            }
            case Opcode.NEWOBJ -> {
                List<PickleNode> call = stack.pop(2);
                push(reductions.instance(call.get(0), call.get(1)));
            }
            case Opcode.BUILD -> {
                PickleNode state = stack.pop();
                reductions.build(stack.top(), state);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void push(TorchValue value) throws MalformedTorchFileException {
        push(new PickleNode.Leaf(value));
    }

    private void push(TorchValue.Sequence kind, List<PickleNode> items) throws MalformedTorchFileException {
        push(new PickleNode.Sequence(kind, items));
    }

    private void push(PickleNode fresh) throws MalformedTorchFileException {
        if (++objects > MAX_OBJECTS) {
            throw pickle.violation(TorchRule.OBJECT_COUNT, "the pickle creates more objects");
        }
        heap.take(byteCount(fresh));
        stack.push(fresh);
    }

    private static int byteCount(PickleNode fresh) {
        if (fresh instanceof PickleNode.Leaf leaf) {
            int dimensions =
                    leaf.value() instanceof TorchTensor tensor ? tensor.shape().dimensions().length : 0;
            return HeapBudget.LEAF + dimensions * HeapBudget.DIMENSION;
        }
        return fresh instanceof PickleNode.Sequence ? HeapBudget.SEQUENCE : HeapBudget.MAPPING;
    }
}
