package dev.rivulet.internal.file;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.registry.StreamDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The formats of checkpoint files, one codec for each. */
public final class CheckpointCodecs {
    /** Its complaint about a file of no format names what is missing. */
    private static final CheckpointCodec LAST_RESORT = new SafetensorsCodec();

    /** In the order in which files are shown to them: the length of a safetensors header may look like a zip file. */
    private static final List<CheckpointCodec> ALL = List.of(LAST_RESORT, new TorchCodec());

    private CheckpointCodecs() {}

    /** The format of a stream's files. */
    public static CheckpointCodec of(StreamDeclaration stream) {
        return of(stream.policy().content().format().decided(stream.transform().isPresent()));
    }

    /** The codec of a format other than {@link CheckpointFormat#AUTO}. */
    public static CheckpointCodec of(CheckpointFormat format) {
        return ALL.stream()
                .filter(codec -> codec.format() == format)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No codec has the format " + format + "."));
    }

    /** Whether a run can resume from a stream's checkpoints: whether they hold all of the training state. */
    public static boolean isResumable(StreamDeclaration stream) {
        return of(stream).isResumable(stream);
    }

    /** What the names of checkpoints may end with. */
    static List<String> extensions() {
        return ALL.stream().map(CheckpointCodec::extension).toList();
    }

    /**
     * Opens a file, to be closed by the caller. Its format is found by its bytes, not by its name.
     *
     * @throws MalformedSafetensorsException if it violates the format, or is of none
     * @throws MalformedTorchFileException if it is a PyTorch file that cannot be read safely
     * @throws DamagedFileException if it is not what was written
     * @throws NotACheckpointException if it is a directory
     * @throws IOException if it cannot be opened or read
     */
    public static CheckpointFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new NotACheckpointException(file + " is a directory; name a checkpoint in it.");
        }
        FileSignature signature = FileSignature.of(file);
        return ALL.stream()
                .filter(codec -> codec.recognizes(signature))
                .findFirst()
                .orElse(LAST_RESORT)
                .open(file);
    }
}
