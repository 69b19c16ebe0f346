package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.format.SafetensorsReader;
import dev.rivulet.format.SafetensorsWriter;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Safetensors without what Rivulet says of a checkpoint, as from another framework. */
final class ForeignFile {
    private ForeignFile() {}

    static Path write(Path file, Map<String, NDArray> arrays) throws IOException {
        try (LiveTensors live = new LiveTensors();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            arrays.forEach((name, array) -> tensors.put(name, live.view(array)));
            SafetensorsWriter.of(tensors, Map.of()).writeTo(channel);
        }
        return file;
    }

    static NDArray read(Path file, String name, NDManager manager) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return NDArrays.create(manager, reader.read(name));
        }
    }
}
