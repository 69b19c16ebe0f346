package dev.rivulet.benchmarks;

import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares durable writes of checkpoint groups with plain flushed writes of the same bytes. */
final class DurableWrites {
    static final int TENSORS = 18;
    static final int TENSOR_BYTES = 1 << 24;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int TINY_BYTES = 200;
    private static final int PAIRS = 9;
    private static final int TINY_PAIRS = 101;

    private final Path folder;
    private final SavedGroups groups;
    private int files;

    private DurableWrites(Path folder, SavedGroups groups) {
        this.folder = folder;
        this.groups = groups;
    }

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        try (WorkingFolder working = new WorkingFolder();
                CheckpointDirectory directory =
                        CheckpointDirectory.open(working.path().resolve("checkpoints"))) {
            return new DurableWrites(working.path(), new SavedGroups(directory)).measure();
        }
    }

    private String measure() throws Exception {
        Map<String, Tensor> large = tensors(TENSORS, TENSOR_BYTES);
        long bytes = SafetensorsWriter.of(large, Map.of()).byteCount();
        AlternatingRuns one = AlternatingRuns.of(() -> plain(large, 1), () -> groups.save(large, 1), 2, PAIRS);
        AlternatingRuns three = AlternatingRuns.of(() -> plain(large, 3), () -> groups.save(large, 3), 1, PAIRS);
        Map<String, Tensor> tiny = tensors(1, TINY_BYTES);
        AlternatingRuns commit = AlternatingRuns.of(() -> plain(tiny, 1), () -> groups.save(tiny, 1), 20, TINY_PAIRS);
        AlternatingRuns floor = AlternatingRuns.of(() -> plain(tiny, 1), () -> replaced(tiny), 20, TINY_PAIRS);
        return String.format(Locale.ROOT, """
            One file of %.0f MB, or three, from warm memory: a group with checksums, manifest, commit and publishing
            of names, compared with writes of 1 MiB each to new files and `force` of each file. Medians of %d pairs.

            | | plain, GB/s | group, GB/s | group / plain |
            |---|---|---|---|
            """, bytes / 1e6, PAIRS)
                + row("1 stream", bytes, one)
                + row("3 streams", 3 * bytes, three)
                + String.format(
                        Locale.ROOT,
                        """

                        A group of one file of %d bytes of data takes %.2f ms; the data alone, written and forced, takes %.2f
                        ms. The difference, **%.2f ms**, is the cost of a commit beyond the data: the manifest, written and
                        forced, the commit, and the publishing of names. A file of the same size, written, forced and renamed,
                        with its directory forced, takes %.2f ms (medians of %d pairs).
                        """,
                        TINY_BYTES,
                        commit.measuredMillis(),
                        commit.referenceMillis(),
                        commit.differenceMillis(),
                        floor.measuredMillis(),
                        TINY_PAIRS);
    }

    private static String row(String name, long bytes, AlternatingRuns turns) {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f | %.2f | **%.2f** |%n",
                name,
                bytes / turns.referenceMillis() / 1e6,
                bytes / turns.measuredMillis() / 1e6,
                1 / turns.ratio());
    }

    static Map<String, Tensor> tensors(int count, int bytes) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            DirectMemory memory = DirectMemory.allocate(bytes);
            ByteBuffer content = memory.chunks().get(0);
            for (int at = 0; at < bytes; at += Integer.BYTES) {
                content.putInt(at, (at + i) * 0x9E3779B9); // Not compressible by a disk.
            }
            tensors.put("layer" + i, memory.asTensor(Dtype.F32, TensorShape.of(bytes / Float.BYTES)));
        }
        return tensors;
    }

    /** Nanoseconds of plain writes with a flush of each file. */
    private double plain(Map<String, Tensor> tensors, int count) throws IOException {
        List<Path> written = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            written.add(write(tensors));
        }
        double nanos = System.nanoTime() - start;
        for (Path file : written) {
            Files.delete(file);
        }
        return nanos;
    }

    /** Nanoseconds of the minimum that makes a file durable under its name. */
    private double replaced(Map<String, Tensor> tensors) throws IOException {
        Path target = folder.resolve("target");
        long start = System.nanoTime();
        Files.move(write(tensors), target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
        return System.nanoTime() - start;
    }

    private Path write(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("plain-" + files++);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (Tensor tensor : tensors.values()) {
                ByteBuffer all = tensor.chunks().get(0);
                for (int at = 0; at < all.capacity(); at += PIECE_BYTES) {
                    ByteBuffer piece = all.slice(at, Math.min(PIECE_BYTES, all.capacity() - at));
                    while (piece.hasRemaining()) {
                        channel.write(piece);
                    }
                }
            }
            channel.force(true);
        }
        return file;
    }
}
