package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.lightning.LightningEntries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Describes a {@code .ckpt} that PyTorch Lightning wrote. */
public final class LightningFile {
    private LightningFile() {}

    /**
     * The description of the checkpoint. Its entries are the top-level entries that Lightning does not use, as far as
     * their values are supported. Keys of maps become strings.
     */
    public static Checkpoint describe(Map<?, ?> dictionary) {
        Map<String, Object> entries = new LinkedHashMap<>();
        dictionary.forEach((key, value) -> {
            if (key instanceof String name && !Checkpoint.isReserved(name) && Checkpoint.isEntry(value)) {
                entries.put(name, Objects.requireNonNull(EntryValues.withStringKeys(value), name));
            }
        });
        return Checkpoint.saved(
                new Provenance(
                        CheckpointStream.ORIGINAL,
                        Optional.empty(),
                        new Provenance.Progress(
                                (int) number(dictionary, "epoch"), number(dictionary, "global_step"), Map.of()),
                        List.of(),
                        "pytorch-lightning " + dictionary.get(LightningEntries.VERSION)),
                entries);
    }

    private static long number(Map<?, ?> dictionary, String key) {
        return dictionary.get(key) instanceof Long number ? number : 0;
    }
}
