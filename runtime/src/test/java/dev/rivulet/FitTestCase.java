package dev.rivulet;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Fits of two epochs with four steps each, in a directory of their own. */
class FitTestCase {
    final NDManager manager = NDManager.newBaseManager();
    final ArrayDataset points = Points.of(manager, 16, 4);

    @TempDir
    Path directory;

    @AfterEach
    void closeManager() {
        manager.close();
    }

    Trainer.Builder trainer() {
        return Trainer.builder().maxEpochs(2).seed(1).defaultRootDir(directory);
    }

    FitResult fit(LightningModule module) {
        return trainer().build().fit(module, points, points);
    }

    /** The steps whose checkpoints a stream has kept, ascending. */
    static List<Long> steps(StreamResult stream) {
        return stream.kept().stream().map(SavedCheckpoint::globalStep).sorted().toList();
    }

    /** All steps between two, both included. */
    static List<Long> steps(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /** A checkpoint of the original stream, or of a derived one, with the default name and format. */
    Path file(String stream, int epoch) {
        String extension = stream.equals("original") ? ".ckpt" : ".safetensors";
        return checkpoints().resolve(stream + "-epoch=" + epoch + "-step=" + 4 * (epoch + 1) + extension);
    }

    Path checkpoints() {
        return directory.resolve("checkpoints");
    }

    /** Names of all checkpoints, sorted. */
    List<String> files() {
        return names(checkpoints());
    }

    /** Names of files that should be gone. */
    List<String> temporaryFiles() {
        return names(checkpoints().resolve(".rivulet")).stream()
                .filter(name -> name.startsWith("tmp-"))
                .toList();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
