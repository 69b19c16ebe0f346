package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.internal.format.torch.TorchReader;
import java.io.IOException;
import java.nio.file.Path;

/** PyTorch's zip format with Lightning's dictionary: weights and training state. */
final class TorchCodec implements CheckpointCodec {
    @Override
    public CheckpointFormat format() {
        return CheckpointFormat.CKPT;
    }

    @Override
    public String extension() {
        return ".ckpt";
    }

    @Override
    public boolean holdsTrainingState() {
        return true;
    }

    @Override
    public boolean recognizes(FileSignature signature) {
        return TorchReader.recognizes(signature);
    }

    @Override
    public FileLayout layOut(CheckpointContent content) {
        return CheckpointDictionary.write(content);
    }

    @Override
    public CheckpointFile open(Path file) throws IOException {
        return TorchCheckpointFile.open(file);
    }
}
