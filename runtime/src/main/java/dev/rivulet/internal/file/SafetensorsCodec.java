package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;

/** Safetensors: weights only, with the description of the checkpoint in the header. */
final class SafetensorsCodec implements CheckpointCodec {
    @Override
    public CheckpointFormat format() {
        return CheckpointFormat.SAFETENSORS;
    }

    @Override
    public String extension() {
        return ".safetensors";
    }

    @Override
    public boolean holdsTrainingState() {
        return false;
    }

    @Override
    public boolean recognizes(FileSignature signature) {
        return SafetensorsReader.recognizes(signature);
    }

    @Override
    public FileLayout layOut(CheckpointContent content) {
        return SafetensorsWriter.of(content.tensors(), CheckpointMetadata.write(content));
    }

    @Override
    public CheckpointFile open(Path file) throws IOException {
        return SafetensorsCheckpointFile.open(file);
    }
}
