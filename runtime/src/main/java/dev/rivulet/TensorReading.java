package dev.rivulet;

import dev.rivulet.format.TorchReader;
import dev.rivulet.format.TorchTensor;
import dev.rivulet.lightning.TrainingState;
import dev.rivulet.tensor.DirectMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the tensors of a training state, all in one go. */
final class TensorReading {
    private final TorchReader reader;
    private final Map<TorchTensor, DirectMemory> memory = new HashMap<>();

    TensorReading(TorchReader reader) {
        this.reader = reader;
    }

    /** The state with tensors in memory. */
    TrainingState load(TrainingState saved) throws IOException {
        saved.optimizerStates().forEach(this::find);
        find(saved.own());
        Map<TorchTensor, List<ByteBuffer>> buffers = new LinkedHashMap<>();
        memory.forEach((tensor, allocated) -> buffers.put(tensor, allocated.chunks()));
        reader.read(buffers);
        return new TrainingState(
                saved.progress(),
                saved.optimizerStates().stream().map(this::loaded).toList(),
                saved.lrSchedulers(),
                saved.hyperParameters(),
                loaded(saved.own()));
    }

    private void find(@Nullable Object value) {
        if (value instanceof TorchTensor tensor) {
            memory.computeIfAbsent(tensor, found -> DirectMemory.allocate(found.byteCount()));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::find);
        } else if (value instanceof List<?> list) {
            list.forEach(this::find);
        }
    }

    private Map<String, @Nullable Object> loaded(Map<String, @Nullable Object> entries) {
        Map<String, @Nullable Object> loaded = new LinkedHashMap<>();
        entries.forEach((name, value) -> loaded.put(name, loaded(value)));
        return loaded;
    }

    private @Nullable Object loaded(@Nullable Object value) {
        if (value instanceof TorchTensor tensor) {
            DirectMemory read = memory.get(tensor);
            return read == null ? tensor : read.asTensor(tensor.dtype(), tensor.shape());
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> loaded = new LinkedHashMap<>();
            map.forEach((key, element) -> loaded.put(key, loaded(element)));
            return loaded;
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> loaded = new ArrayList<>();
            list.forEach(element -> loaded.add(loaded(element)));
            return loaded;
        }
        return value;
    }
}
