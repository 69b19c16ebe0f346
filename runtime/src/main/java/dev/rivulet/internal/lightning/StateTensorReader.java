package dev.rivulet.internal.lightning;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.format.torch.TorchPass;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.optim.StatefulOptimizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tensors of a training state: directly into an optimizer's arrays if these are known and match, otherwise
 * into newly allocated memory.
 */
public final class StateTensorReader {
    private final TrainingState saved;
    private final Map<TorchTensor, NDArray> live = new HashMap<>();
    private final Map<TorchTensor, DirectMemory> allocated = new HashMap<>();
    private final Map<TorchTensor, List<ByteBuffer>> buffers = new HashMap<>();
    private final long fileBytes;
    private long bytesAllocated;

    /**
     * A reader.
     *
     * @param optimizer the optimizer that will resume from the state; its arrays may be overwritten before it loads the
     *     state
     * @param fileBytes size of the file, which limits the total size of the tensors
     * @throws NoTrainingStateException if the tensors are larger
     */
    public StateTensorReader(TrainingState saved, Optional<StatefulOptimizer> optimizer, long fileBytes) {
        this.saved = saved;
        this.fileBytes = fileBytes;
        if (saved.optimizerStates().size() == 1 && optimizer.isPresent()) {
            pair(saved.optimizerStates().get(0), optimizer.get().arraysByIndex());
        }
        saved.optimizerStates().forEach(this::find);
        find(saved.own());
    }

    /** Finds the arrays for tensors that have the same parameter numbers as the optimizer. */
    private void pair(Map<String, @Nullable Object> state, Map<Long, Map<String, NDArray>> arrays) {
        if (state.get("state") instanceof Map<?, ?> byIndex && isNumberedInOrder(state.get("param_groups"))) {
            arrays.forEach((index, ofParameter) -> {
                if (byIndex.get(index) instanceof Map<?, ?> tensors) {
                    ofParameter.forEach((key, array) -> pair(tensors.get(key), array));
                }
            });
        }
    }

    /**
     * Whether parameters are numbered across groups in PyTorch's order, so that groups in another order are not
     * confused.
     */
    private static boolean isNumberedInOrder(@Nullable Object groups) {
        long next = 0;
        for (Object group : groups instanceof List<?> list ? list : List.of()) {
            Object params = group instanceof Map<?, ?> map ? map.get("params") : null;
            for (Object index : params instanceof List<?> list ? list : List.of()) {
                if (!(index instanceof Long number) || number != next++) {
                    return false;
                }
            }
        }
        return true;
    }

    private void pair(@Nullable Object value, NDArray array) {
        if (value instanceof TorchTensor tensor && !live.containsKey(tensor)) {
            Optional.of(new LiveArray(array))
                    .filter(alike ->
                            alike.dtype() == tensor.dtype() && alike.shape().equals(tensor.shape()))
                    .flatMap(LiveArray::buffer)
                    .ifPresent(memory -> {
                        live.put(tensor, array);
                        buffers.put(tensor, List.of(memory));
                    });
        }
    }

    private void find(@Nullable Object value) {
        if (value instanceof TorchTensor tensor) {
            if (!buffers.containsKey(tensor)) {
                requireRoom(tensor);
                DirectMemory memory = DirectMemory.allocate(tensor.byteCount());
                allocated.put(tensor, memory);
                buffers.put(tensor, memory.chunks());
            }
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::find);
        } else if (value instanceof List<?> list) {
            list.forEach(this::find);
        }
    }

    /** Each view of a storage gets its own memory, so without a limit a small file could request any amount. */
    private void requireRoom(TorchTensor tensor) {
        bytesAllocated += tensor.byteCount();
        if (bytesAllocated > fileBytes) {
            throw new NoTrainingStateException(
                    "The tensors of its training state need more than the " + fileBytes + " bytes of the file,"
                            + " because many are views of the same elements; in Python, save a clone() of each.");
        }
    }

    /**
     * Finishes a pass with the state's tensors.
     *
     * @return CRC-32C of the whole file
     * @throws IOException as {@link TorchPass#finish}
     */
    public long finish(TorchPass pass) throws IOException {
        return pass.finish(buffers);
    }

    /**
     * The state with the tensors that were read. A tensor that was read into an optimizer's array is represented by
     * that array.
     */
    public TrainingState loaded() {
        return new TrainingState(
                saved.progress(),
                saved.optimizerStates().stream().map(this::loaded).toList(),
                saved.lrSchedulers(),
                saved.hyperParameters(),
                saved.callbacks(),
                loaded(saved.own()));
    }

    private Map<String, @Nullable Object> loaded(Map<String, @Nullable Object> entries) {
        Map<String, @Nullable Object> loaded = new LinkedHashMap<>();
        entries.forEach((name, value) -> loaded.put(name, loaded(value)));
        return loaded;
    }

    private @Nullable Object loaded(@Nullable Object value) {
        if (value instanceof TorchTensor tensor) {
            DirectMemory memory = allocated.get(tensor);
            return memory == null ? live.get(tensor) : memory.asTensor(tensor.dtype(), tensor.shape());
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
