package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies a value of a file into memory. Values that occur several times are copied once. */
final class ValueLoader {
    private final RecordReader records;
    private final IdentityHashMap<TorchValue, TorchValue> copies = new IdentityHashMap<>();
    private final IdentityHashMap<TorchStorage, TorchStorage> storages = new IdentityHashMap<>();

    ValueLoader(RecordReader records) {
        this.records = records;
    }

    /** The records to read to fill the storages. */
    RecordReader records() {
        return records;
    }

    TorchValue inMemory(TorchValue value) {
        TorchValue known = copies.get(value);
        if (known != null) {
            return known;
        }
        TorchValue copy = copy(value);
        copies.put(value, copy);
        return copy;
    }

    private TorchValue copy(TorchValue value) {
        if (value instanceof TorchTensor tensor) {
            return tensor.on(storages.computeIfAbsent(tensor.storage(), this::allocate));
        }
        if (value instanceof TorchValue.Items items) {
            return new TorchValue.Items(items.kind(), copy(items.values()));
        }
        if (value instanceof TorchValue.Dict dict) {
            Map<String, TorchValue> attributes = new LinkedHashMap<>();
            dict.attributes().forEach((name, attribute) -> attributes.put(name, inMemory(attribute)));
            return new TorchValue.Dict(dict.ordered(), copy(dict.entries()), attributes);
        }
        if (value instanceof TorchValue.PythonObject object) {
            return new TorchValue.PythonObject(
                    object.type(),
                    object.called(),
                    copy(object.arguments()),
                    copy(object.items()),
                    inMemory(object.state()));
        }
        return value;
    }

    private List<TorchValue> copy(List<TorchValue> values) {
        List<TorchValue> copies = new ArrayList<>(values.size());
        values.forEach(value -> copies.add(inMemory(value)));
        return copies;
    }

    private Map<TorchValue, TorchValue> copy(Map<TorchValue, TorchValue> entries) {
        Map<TorchValue, TorchValue> copies = new LinkedHashMap<>();
        entries.forEach((key, value) -> copies.put(key, inMemory(value)));
        return copies;
    }

    private TorchStorage allocate(TorchStorage storage) {
        if (!(storage instanceof TorchStorage.InFile inFile)) {
            return storage;
        }
        DirectMemory memory = DirectMemory.allocate(storage.byteCount());
        records.add(inFile.record(), memory.chunks());
        return TorchStorage.of(memory.asTensor(Dtype.U8, TensorShape.of(storage.byteCount())));
    }
}
