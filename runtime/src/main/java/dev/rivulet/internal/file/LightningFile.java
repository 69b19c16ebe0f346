package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.lightning.LightningEntries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@code .ckpt} that PyTorch Lightning wrote, as a checkpoint. */
public final class LightningFile {
    private LightningFile() {}

    /**
     * What the file says of itself: entries are those of the top level that Lightning has no use for and that an entry here
     * can be.
     */
    public static Checkpoint describe(Map<?, ?> dictionary) {
        Map<String, Object> entries = new LinkedHashMap<>();
        dictionary.forEach((key, value) -> {
            if (key instanceof String name && !Checkpoint.isReserved(name) && Checkpoint.isEntry(value)) {
                entries.put(name, value);
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
