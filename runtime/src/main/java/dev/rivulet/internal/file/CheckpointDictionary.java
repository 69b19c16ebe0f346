package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dictionary of a {@code .ckpt} in Lightning's layout: the user's entries are at the top level, as in Lightning,
 * and everything specific to Rivulet is under the key {@code rivulet}.
 */
public final class CheckpointDictionary {
    static final String METADATA = "metadata";

    private CheckpointDictionary() {}

    /**
     * Lays out a file.
     *
     * @throws IllegalArgumentException if an alias does not refer to a weight, or is the name of another weight
     */
    static TorchWriter write(CheckpointContent content) {
        Checkpoint checkpoint = content.checkpoint();
        Map<String, @Nullable Object> top = new LinkedHashMap<>();
        top.put("epoch", checkpoint.epoch());
        top.put("global_step", checkpoint.globalStep());
        top.put(LightningEntries.VERSION, LightningEntries.LAYOUT_VERSION);
        top.put(LightningEntries.STATE_DICT, stateDict(content.weights(), content.aliases()));
        content.training().map(LightningEntries::of).ifPresent(top::putAll);
        top.putAll(checkpoint.entries()); // No collisions: the keys above are reserved.
        top.put(LightningEntries.OWN, own(content));
        return TorchWriter.of(PlainValues.toTorch(top));
    }

    private static TorchValue stateDict(Map<String, Tensor> weights, Map<String, String> aliases) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> tensors.put(name, TorchTensor.of(tensor)));
        aliases.forEach((alias, name) -> {
            TorchTensor tied = tensors.get(name);
            if (tied == null || weights.containsKey(alias)) {
                throw new IllegalArgumentException("\"" + alias + "\" cannot be an alias of \"" + name + "\": "
                        + (tied == null ? "no such weight exists." : "it is the name of another weight."));
            }
            tensors.put(alias, TorchTensor.of(tied.storage(), tied.dtype(), tied.shape()));
        });
        return TorchValue.Dict.ordered(tensors);
    }

    private static Map<String, @Nullable Object> own(CheckpointContent content) {
        Map<String, @Nullable Object> own =
                ProvenanceCodec.write(content.checkpoint().provenance());
        own.put(ProvenanceCodec.ENTRIES, List.copyOf(content.checkpoint().keys()));
        own.put(METADATA, content.metadata());
        own.put(ProvenanceCodec.EXTRA_TENSORS, content.extraTensors());
        content.training()
                .map(LightningEntries::own)
                .ifPresent(training -> own.put(LightningEntries.TRAINING, training));
        return own;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file's name, for the message
     * @param top the dictionary as plain values
     * @throws NotACheckpointException if it is not the dictionary of a Rivulet checkpoint
     */
    public static Checkpoint read(String file, Map<?, ?> top) throws NotACheckpointException {
        try {
            DictReader own = ProvenanceCodec.reader(own(top));
            Provenance provenance = ProvenanceCodec.read(own);
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            own.strings(ProvenanceCodec.ENTRIES).forEach(key -> entries.put(key, top.get(key)));
            return Checkpoint.saved(provenance, entries);
        } catch (IllegalArgumentException e) {
            throw new NotACheckpointException(
                    file + " was not written by Rivulet, or its dictionary was changed: " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> own(Map<?, ?> top) {
        if (top.get(LightningEntries.OWN) instanceof Map<?, ?> own) {
            return own;
        }
        throw new IllegalArgumentException("it has no dictionary \"" + LightningEntries.OWN + "\".");
    }
}
