package dev.rivulet.internal.lightning;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.interop.Python;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A working folder of {@code lightning_runs.py}. */
record InteropFolder(Path path) {
    /** The training data: 64 rows of {@code x} and {@code y}. */
    static final Map<String, Tensor> DATA = Map.of("x", numbers(4, 1), "y", numbers(1, 2));

    /** Creates a folder with the data. */
    static InteropFolder create(Path path) throws IOException {
        Path data = Files.createDirectory(path).resolve("data.safetensors");
        try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            SafetensorsWriter.of(DATA, Map.of()).writeTo(channel);
        }
        return new InteropFolder(path);
    }

    /** The checkpoint of a case. */
    Path file(InteropCase settings) {
        return path.resolve(settings.file());
    }

    /** Lets Lightning {@code train} or {@code resume} the cases. */
    void run(String mode, Set<InteropCase> cases) throws IOException {
        call(List.of(mode, path.toString()), cases);
    }

    /** Differences in keys, types and counts between the checkpoints of this folder and another one. */
    List<String> differencesFrom(InteropFolder other, Set<InteropCase> cases) throws IOException {
        return call(List.of("compare", path.toString(), other.path.toString()), cases);
    }

    private static List<String> call(List<String> command, Set<InteropCase> cases) throws IOException {
        Stream<String> arguments =
                Stream.concat(command.stream(), cases.stream().map(InteropCase::key));
        return Python.run("lightning_runs.py", arguments.toArray(String[]::new));
    }

    /** Whether Lightning ignores a difference between Rivulet's file and its own. */
    static boolean isExpected(String difference) {
        return difference.matches("\\w+\\.(rivulet only in the first"
                + "|pytorch-lightning_version 2.0.0 .*"
                + "|labels only in the second"
                + "|state_dict\\..*\\.num_batches_tracked only in the second"
                + "|loops.fit_loop.state_dict.combined_loader only in the second"
                + "|loops.fit_loop.epoch_loop.val_loop.batch_progress.total.*)");
    }

    /** The batches that Lightning observed in this folder after the position of the checkpoint. */
    List<ObservedBatch> observed(InteropCase settings) throws IOException {
        List<ObservedBatch> observed = new ArrayList<>();
        for (JsonElement element : report(settings).getAsJsonArray("batches")) {
            JsonArray batch = element.getAsJsonArray();
            observed.add(new ObservedBatch(
                    batch.get(0).getAsInt(),
                    batch.get(1).getAsInt(),
                    batch.get(2).getAsLong(),
                    batch.get(3).getAsDouble(),
                    batch.get(4).getAsDouble()));
        }
        return observed;
    }

    /** Lightning's warnings in this folder. */
    List<JsonElement> warnings(InteropCase settings) throws IOException {
        return report(settings).getAsJsonArray("warnings").asList();
    }

    private JsonObject report(InteropCase settings) throws IOException {
        return JsonParser.parseString(Files.readString(path.resolve(settings.report())))
                .getAsJsonObject();
    }

    /** Numbers between −1 and 1. */
    private static Tensor numbers(int columns, long seed) {
        DirectMemory memory = DirectMemory.allocate(64L * columns * Float.BYTES);
        ByteBuffer buffer = memory.chunks().get(0);
        long number = seed;
        while (buffer.hasRemaining()) {
            number = number * 6364136223846793005L + 1442695040888963407L;
            buffer.putFloat((float) (((number >>> 40) - 0x1p23) / 0x1p23));
        }
        return memory.asTensor(Dtype.F32, TensorShape.of(64, columns));
    }
}
