package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;

import ai.djl.ndarray.NDManager;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.SteadyModule;
import dev.rivulet.internal.store.DirectoryInventory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The file from which {@code resumeFrom("last")} resumes in a folder of recorded runs, determined in a copy. */
final class LastFile {
    private final Path root;
    private final int trainBatches;

    /**
     * Creates a probe of a folder.
     *
     * @param root {@code defaultRootDir} of the runs
     * @param trainBatches number of training batches of an epoch
     */
    LastFile(Path root, int trainBatches) {
        this.root = root;
        this.trainBatches = trainBatches;
    }

    /** The file; empty if there is none to resume from. */
    Optional<Path> file() throws IOException {
        Path copy = Files.createTempDirectory(root.toAbsolutePath().getParent(), "copy");
        copyTo(copy);
        try (NDManager manager = NDManager.newBaseManager();
                SteadyModule module = new SteadyModule()) {
            Path found = Trainer.builder()
                    .maxEpochs(0)
                    .defaultRootDir(copy)
                    .enableCheckpointing(false)
                    .enableProgressBar(false)
                    .build()
                    .fit(module, Points.of(manager, trainBatches, 1), resumeFrom("last"))
                    .resumedFrom()
                    .orElseThrow();
            return Optional.of(root.resolve(copy.relativize(found)));
        } catch (NotResumableException none) {
            return Optional.empty();
        }
    }

    private void copyTo(Path copy) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.toList();
        }
        for (Path file : files) {
            Path target = copy.resolve(root.relativize(file));
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(target);
            } else {
                Files.copy(file, target, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /**
     * Whether no resumable checkpoint was committed after a file; without a file, whether there is none at all.
     *
     * @param weightsOnly streams whose checkpoints are not resumable
     */
    boolean isNewest(Optional<Path> file, Set<String> weightsOnly) throws IOException {
        Path checkpoints = root.resolve("checkpoints");
        if (!Files.exists(checkpoints)) {
            return file.isEmpty();
        }
        List<DirectoryInventory.Item> resumable = DirectoryInventory.read(checkpoints).items().stream()
                .filter(item -> !weightsOnly.contains(item.stream()))
                .filter(item -> Files.exists(item.path()))
                .toList();
        long newest = resumable.stream()
                .mapToLong(DirectoryInventory.Item::group)
                .max()
                .orElse(0);
        if (file.isEmpty()) {
            return resumable.isEmpty();
        }
        // A copy under the name "last" is not a separate item.
        Checkpoint found = Checkpoints.describe(file.get());
        return resumable.stream()
                .filter(item -> item.group() == newest)
                .anyMatch(item -> isSameSave(item.path(), found));
    }

    private static boolean isSameSave(Path path, Checkpoint found) {
        try {
            Checkpoint checkpoint = Checkpoints.describe(path);
            return checkpoint.globalStep() == found.globalStep() && checkpoint.epoch() == found.epoch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
