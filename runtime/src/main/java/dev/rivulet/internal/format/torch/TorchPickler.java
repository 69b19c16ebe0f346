package dev.rivulet.internal.format.torch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pickles a value exactly like {@code torch.save}, opcode for opcode, and collects the storages of its tensors. */
final class TorchPickler {
    /** The number of items that Python adds at a time. */
    private static final int BATCH = 1000;

    private final PickleOutput out = new PickleOutput();
    private final IdentityHashMap<TorchStorage, Integer> keys = new IdentityHashMap<>();
    private final IdentityHashMap<TorchStorage, String> types = new IdentityHashMap<>();
    private final List<TorchStorage> storages = new ArrayList<>();
    private int depth;

    private TorchPickler() {}

    /** A pickle and its storages, whose keys are their indices. */
    static final class Pickled {
        private final byte[] bytes;
        private final List<TorchStorage> storages;

        private Pickled(byte[] bytes, List<TorchStorage> storages) {
            this.bytes = bytes;
            this.storages = List.copyOf(storages);
        }

        /** Not a copy. */
        byte[] bytes() {
            return bytes;
        }

        List<TorchStorage> storages() {
            return storages;
        }
    }

    /** Pickles a value, and refuses one that the reader would not accept. */
    static Pickled pickle(TorchValue value) {
        TorchPickler pickler = new TorchPickler();
        pickler.write(value);
        return new Pickled(pickler.out.finish(), pickler.storages);
    }

    private void write(TorchValue value) {
        if (++depth > ValueBuilder.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "The checkpoint is nested more than " + ValueBuilder.MAX_DEPTH + " levels deep; flatten it.");
        }
        if (value instanceof TorchTensor tensor) {
            tensor(tensor);
        } else if (value instanceof TorchValue.Dict dict) {
            dict(dict);
        } else if (value instanceof TorchValue.Items items) {
            items(items);
        } else if (value instanceof TorchValue.PythonObject object) {
            object(object);
        } else {
            plain(value);
        }
        depth--;
    }

    private void plain(TorchValue value) {
        if (value instanceof TorchValue.Str string) {
            out.string(string.value());
        } else if (value instanceof TorchValue.Int integer) {
            if (integer.value().bitLength() >= Byte.SIZE * PickleOutput.MAX_INTEGER) {
                throw new IllegalArgumentException("An integer of "
                        + integer.value().bitLength() + " bits is too long for a checkpoint; save it as a string.");
            }
            out.integer(integer.value());
        } else if (value instanceof TorchValue.Float64 number) {
            out.float64(number.value());
        } else if (value instanceof TorchValue.Bool bool) {
            out.bool(bool.value());
        } else if (value instanceof TorchValue.Bytes bytes) {
            bytes(bytes.value());
        } else if (value instanceof TorchValue.Global global) {
            if (!TorchGlobals.isAllowed(global.name())) {
                throw unknown(global.name());
            }
            out.global(global.name());
        } else {
            out.opcode(Opcode.NONE);
        }
    }

    /**
     * Protocol 2 has no opcode for bytes. Python writes the characters with these code points instead, the only form
     * that weights_only reads.
     */
    private void bytes(byte[] bytes) {
        String characters = new String(bytes, StandardCharsets.ISO_8859_1);
        call(TorchGlobals.ENCODE, List.of(TorchValue.of(characters), TorchValue.of("latin1")));
    }

    private void items(TorchValue.Items items) {
        List<TorchValue> values = items.values();
        switch (items.kind()) {
            case TUPLE -> tuple(values);
            case LIST -> list(values);
            case SIZE -> call(TorchGlobals.SIZE, List.of(new TorchValue.Items(TorchValue.Sequence.TUPLE, values)));
            case SET -> call(TorchGlobals.SET, List.of(TorchValue.Items.list(values)));
            case FROZEN_SET -> call(TorchGlobals.FROZEN_SET, List.of(TorchValue.Items.list(values)));
        }
    }

    private void tuple(List<TorchValue> values) {
        out.beginTuple(values.size());
        values.forEach(this::write);
        out.tuple(values.size());
    }

    private void list(List<TorchValue> values) {
        out.opcode(Opcode.EMPTY_LIST);
        out.memoize();
        for (int from = 0; from < values.size(); from += BATCH) {
            List<TorchValue> batch = values.subList(from, Math.min(values.size(), from + BATCH));
            if (values.size() == 1) {
                write(batch.get(0));
                out.opcode(Opcode.APPEND);
            } else {
                out.opcode(Opcode.MARK);
                batch.forEach(this::write);
                out.opcode(Opcode.APPENDS);
            }
        }
    }

    private void dict(TorchValue.Dict dict) {
        if (dict.ordered()) {
            call(TorchGlobals.ORDERED_DICT, List.of());
            entries(dict.entries(), 1);
            if (!dict.attributes().isEmpty()) {
                Map<TorchValue, TorchValue> state = new LinkedHashMap<>();
                dict.attributes().forEach((name, value) -> state.put(TorchValue.of(name), value));
                write(new TorchValue.Dict(false, state, Map.of()));
                out.opcode(Opcode.BUILD);
            }
        } else {
            out.opcode(Opcode.EMPTY_DICT);
            out.memoize();
            entries(dict.entries(), dict.entries().size());
        }
    }

    /**
     * Adds entries.
     *
     * @param lone number of remaining entries at which a single entry is added without a mark: Python knows the size of
     *     a dict in advance, but iterates over the entries of other mappings
     */
    private void entries(Map<TorchValue, TorchValue> entries, int lone) {
        Iterator<Map.Entry<TorchValue, TorchValue>> next = entries.entrySet().iterator();
        for (int rest = entries.size(); rest > 0; rest -= BATCH) {
            if (rest == 1 && lone == 1) {
                entry(next.next());
                out.opcode(Opcode.SETITEM);
            } else {
                out.opcode(Opcode.MARK);
                for (int i = 0; i < Math.min(rest, BATCH); i++) {
                    entry(next.next());
                }
                out.opcode(Opcode.SETITEMS);
            }
        }
    }

    private void entry(Map.Entry<TorchValue, TorchValue> entry) {
        if (!ValueBuilder.isKey(entry.getKey())) {
            throw new IllegalArgumentException("A key cannot be " + entry.getKey()
                    + ": keys must be strings, numbers, None, bytes or short tuples of these.");
        }
        write(entry.getKey());
        write(entry.getValue());
    }

    private void object(TorchValue.PythonObject object) {
        if (!TorchGlobals.isOpaque(object.type())) {
            throw unknown(object.type());
        }
        out.global(object.type());
        tuple(object.arguments());
        out.opcode(object.called() ? Opcode.REDUCE : Opcode.NEWOBJ);
        out.memoize();
        entries(object.items(), 1);
        if (!object.state().equals(TorchValue.None.NONE)) {
            write(object.state());
            out.opcode(Opcode.BUILD);
        }
    }

    private void call(String function, List<TorchValue> arguments) {
        out.global(function);
        tuple(arguments);
        out.opcode(Opcode.REDUCE);
        out.memoize();
    }

    private void tensor(TorchTensor tensor) {
        if (tensor.isParameter()) {
            out.global(TorchGlobals.PARAMETER);
            view(tensor, false);
            out.bool(tensor.requiresGrad());
            call(TorchGlobals.ORDERED_DICT, List.of());
            out.tuple(3);
            out.opcode(Opcode.REDUCE);
            out.memoize();
        } else {
            view(tensor, tensor.requiresGrad());
        }
    }

    private void view(TorchTensor tensor, boolean requiresGrad) {
        String storageType = TorchDtypes.STORAGES.get(tensor.dtype());
        out.global(storageType == null ? TorchGlobals.TENSOR_V3 : TorchGlobals.TENSOR_V2);
        out.opcode(Opcode.MARK);
        storage(tensor, storageType == null ? TorchDtypes.UNTYPED_STORAGE : storageType);
        out.integer(tensor.offset());
        out.tuple(tensor.shape().dimensions());
        out.tuple(tensor.strides());
        out.bool(requiresGrad);
        call(TorchGlobals.ORDERED_DICT, List.of());
        if (storageType == null) {
            out.global(TorchDtypes.name(tensor.dtype()));
        }
        out.tuple(Integer.MAX_VALUE);
        out.opcode(Opcode.REDUCE);
        out.memoize();
    }

    private void storage(TorchTensor tensor, String type) {
        TorchStorage storage = tensor.storage();
        String known = types.putIfAbsent(storage, type);
        if (known != null && !known.equals(type)) {
            throw new IllegalArgumentException("Two tensors are views of one storage as " + known + " and " + type
                    + ", which PyTorch cannot save either. Save a copy of one of them.");
        }
        if (storage.byteCount() % tensor.dtype().alignment() != 0) {
            throw new IllegalArgumentException("A storage of " + storage.byteCount() + " bytes splits an element of "
                    + tensor.dtype() + ". Save a copy of the tensor.");
        }
        int key = keys.computeIfAbsent(storage, fresh -> {
            storages.add(fresh);
            return storages.size() - 1;
        });
        out.opcode(Opcode.MARK);
        out.string("storage");
        out.global(type);
        out.string(Integer.toString(key));
        out.string("cpu");
        boolean untyped = type.equals(TorchDtypes.UNTYPED_STORAGE);
        out.integer(storage.byteCount() / (untyped ? 1 : tensor.dtype().alignment()));
        out.tuple(Integer.MAX_VALUE);
        out.opcode(Opcode.BINPERSID);
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "\"" + name + "\" is not a class or constant that a checkpoint may name; save its parts instead.");
    }
}
