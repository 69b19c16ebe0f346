package dev.rivulet.benchmarks;

import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Compares durable writes of the same tensors as {@code .ckpt} and as safetensors. */
final class FormatSpeed {
    private static final int WARM_UPS = 2;
    private static final int PAIRS = 15;

    private FormatSpeed() {}

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        Map<String, Tensor> tensors = DurableWrites.tensors(DurableWrites.TENSORS, DurableWrites.TENSOR_BYTES);
        try (WorkingFolder folder = new WorkingFolder();
                CheckpointDirectory directory =
                        CheckpointDirectory.open(folder.path().resolve("checkpoints"))) {
            AlternatingRuns turns = AlternatingRuns.of(
                    () -> write(directory, tensors, FormatSpeed::safetensors),
                    () -> write(directory, tensors, FormatSpeed::checkpoint),
                    WARM_UPS,
                    PAIRS);
            long bytes = checkpoint(tensors).byteCount();
            return String.format(
                    Locale.ROOT,
                    """
                    The same %d tensors, %.0f MB, as a file of a group in either format: layout, checksums, write and
                    `force`. A `.ckpt` has a CRC-32 of each tensor in addition to the CRC-32C of the file. Medians of %d
                    pairs.

                    | | ms | GB/s | time, ratio |
                    |---|---|---|---|
                    | safetensors | %.1f | %.2f | 1 |
                    | `.ckpt` | %.1f | %.2f | **%.2f** |
                    """,
                    tensors.size(),
                    bytes / 1e6,
                    PAIRS,
                    turns.referenceMillis(),
                    bytes / turns.referenceMillis() / 1e6,
                    turns.measuredMillis(),
                    bytes / turns.measuredMillis() / 1e6,
                    turns.ratio());
        }
    }

    private interface Format {
        FileLayout layout(Map<String, Tensor> tensors);
    }

    private static FileLayout safetensors(Map<String, Tensor> tensors) {
        return SafetensorsWriter.of(tensors, Map.of());
    }

    private static FileLayout checkpoint(Map<String, Tensor> tensors) {
        Map<String, TorchTensor> stateDict = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> stateDict.put(name, TorchTensor.of(tensor)));
        return TorchWriter.of(TorchValue.Dict.of(Map.of("state_dict", TorchValue.Dict.ordered(stateDict))));
    }

    /** Nanoseconds until the file is durable. The group is not committed, so the file is deleted with it. */
    private static double write(CheckpointDirectory directory, Map<String, Tensor> tensors, Format format)
            throws IOException {
        try (Group group = directory.begin()) {
            long start = System.nanoTime();
            FileLayout layout = format.layout(tensors);
            group.write("file", layout.byteCount(), layout::writeTo);
            return System.nanoTime() - start;
        }
    }
}
