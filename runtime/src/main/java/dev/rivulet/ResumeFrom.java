package dev.rivulet;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The checkpoint from which a fit resumes.
 *
 * <pre>{@code
 * trainer.fit(module, train, validation, resumeFrom("last"));          // the newest checkpoint of the directory
 * trainer.fit(module, train, validation, resumeFrom("best"));          // the best one
 * trainer.fit(module, train, validation, resumeFrom("auto"));          // the newest, or a fresh start if none is found
 * trainer.fit(module, train, validation, resumeFrom(Path.of("checkpoints/original-epoch=7.ckpt")));
 * }</pre>
 *
 * <p>A checkpoint must hold all of the training state: one of an untransformed stream in the format {@code .ckpt}
 * without {@link dev.rivulet.annotations.CheckpointStream#saveWeightsOnly saveWeightsOnly}, or one that PyTorch
 * Lightning wrote. The fit then gives the same bits as if it had never stopped: weights, optimizer, schedulers, random
 * numbers, data order, metrics, state of transforms, entries.
 *
 * <p>The file is read only by the fit, which throws {@link dev.rivulet.checkpoint.NotResumableException} if training
 * cannot resume. Immutable.
 *
 * @since 0.1
 */
public final class ResumeFrom {
    private final Kind kind;
    private final Optional<Path> file;

    /** Which checkpoint to find. */
    enum Kind {
        NOTHING,
        LAST,
        BEST,
        AUTO,
        FILE
    }

    private ResumeFrom(Kind kind, Optional<Path> file) {
        this.kind = kind;
        this.file = file;
    }

    /**
     * Resumes from a checkpoint of the trainer's directory, or from a file.
     *
     * @param what {@code "last"}, {@code "best"} or {@code "auto"}, of the directory that the trainer saves to;
     *     anything else is the path of a file
     * @throws IllegalArgumentException if it cannot be a path, for example because of the locale
     */
    public static ResumeFrom resumeFrom(String what) {
        return switch (what) {
            case "last" -> new ResumeFrom(Kind.LAST, Optional.empty());
            case "best" -> new ResumeFrom(Kind.BEST, Optional.empty());
            case "auto" -> new ResumeFrom(Kind.AUTO, Optional.empty());
            default -> resumeFrom(path(what));
        };
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "The checkpoint \"" + file + "\" to resume from cannot be a path: " + e.getReason()
                            + ". If it has letters beyond ASCII, set the environment variable LC_ALL=C.UTF-8.",
                    e);
        }
    }

    /** Resumes from a file in any directory. */
    public static ResumeFrom resumeFrom(Path file) {
        return new ResumeFrom(Kind.FILE, Optional.of(file));
    }

    /** Starts fresh. */
    static ResumeFrom nothing() {
        return new ResumeFrom(Kind.NOTHING, Optional.empty());
    }

    Kind kind() {
        return kind;
    }

    /** The file, if one was named. */
    Optional<Path> file() {
        return file;
    }

    @Override
    public String toString() {
        return file.map(Path::toString).orElseGet(() -> kind.name().toLowerCase(Locale.ROOT));
    }
}
