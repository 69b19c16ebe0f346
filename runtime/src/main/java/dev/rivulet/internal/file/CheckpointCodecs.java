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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/** The codecs of all checkpoint formats. */
public final class CheckpointCodecs {
    /** Opens files of unknown format: its error message says what is missing. */
    private static final CheckpointCodec LAST_RESORT = new SafetensorsCodec();

    /** In the order in which files are matched: the length of a safetensors header may look like a zip file. */
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
                .orElseThrow(() -> new IllegalArgumentException("No codec supports the format " + format + "."));
    }

    /** Whether a run can resume from a stream's checkpoints, that is whether they hold the complete training state. */
    public static boolean isResumable(StreamDeclaration stream) {
        return of(stream).isResumable(stream);
    }

    /** The extensions of checkpoint files. */
    public static List<String> extensions() {
        return ALL.stream().map(CheckpointCodec::extension).toList();
    }

    /**
     * Opens a file, which the caller must close. Detects the format from the bytes, not the name.
     *
     * @throws MalformedSafetensorsException if it violates the format or has no known format
     * @throws MalformedTorchFileException if it is a PyTorch file that cannot be read safely
     * @throws DamagedFileException if it is damaged
     * @throws NotACheckpointException if it is a directory, pipe, socket or device, empty, or a file of a known other
     *     kind
     * @throws IOException if it cannot be opened or read
     */
    public static CheckpointFile open(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw new NotACheckpointException(file + " is a directory; pass a checkpoint in it.");
        }
        if (!attributes.isRegularFile()) { // Opening a pipe waits for its writer.
            throw new NotACheckpointException(
                    file + " is a pipe, a socket or a device, not a file; pass a checkpoint file.");
        }
        FileSignature signature = FileSignature.of(file);
        Optional<CheckpointCodec> codec =
                ALL.stream().filter(known -> known.recognizes(signature)).findFirst();
        Optional<String> other = codec.isPresent() ? Optional.empty() : signature.known();
        if (other.isPresent()) {
            throw new NotACheckpointException(file + " " + other.get());
        }
        return codec.orElse(LAST_RESORT).open(file);
    }
}
