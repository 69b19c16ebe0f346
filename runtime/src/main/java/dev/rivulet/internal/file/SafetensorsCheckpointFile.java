package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.FileVerification.Part;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An open safetensors file. */
final class SafetensorsCheckpointFile implements CheckpointFile {
    private final Path path;
    private final SafetensorsReader reader;

    private SafetensorsCheckpointFile(Path path, SafetensorsReader reader) {
        this.path = path;
        this.reader = reader;
    }

    static SafetensorsCheckpointFile open(Path path) throws IOException {
        return new SafetensorsCheckpointFile(path, SafetensorsReader.open(path));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long byteCount() {
        return reader.header().dataStart() + reader.header().dataLength();
    }

    @Override
    public boolean isExternal() {
        return !CheckpointMetadata.isPresent(metadata());
    }

    @Override
    public boolean holdsTrainingState() {
        return false;
    }

    @Override
    public Checkpoint describe() throws NotACheckpointException {
        return CheckpointMetadata.read(path.toString(), metadata());
    }

    @Override
    public Map<String, TensorKind> weights() {
        Map<String, TensorKind> weights = new LinkedHashMap<>();
        reader.header()
                .entries()
                .forEach((name, entry) -> weights.put(name, new TensorKind(entry.dtype(), entry.shape())));
        weights.keySet().removeAll(extraTensors());
        return weights;
    }

    /** None: the format does not support them. */
    @Override
    public Map<String, String> aliases() {
        return Map.of();
    }

    @Override
    public Set<String> extraTensors() {
        return CheckpointMetadata.extraTensors(metadata());
    }

    @Override
    public Map<String, String> metadata() {
        return reader.header().metadata();
    }

    @Override
    public Set<Part> checksums() {
        return reader.carriesChecksums() ? EnumSet.of(Part.HEADER, Part.DATA) : EnumSet.noneOf(Part.class);
    }

    @Override
    public Tensor read(String name) throws IOException {
        return reader.read(name);
    }

    /** Reads the whole file, because its only checksum covers all data. */
    @Override
    public void read(Map<String, List<ByteBuffer>> memory) throws IOException {
        reader.readAll(memory);
    }

    @Override
    public long readAll(Map<String, List<ByteBuffer>> memory) throws IOException {
        return reader.readAll(memory);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
