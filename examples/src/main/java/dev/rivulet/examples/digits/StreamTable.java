package dev.rivulet.examples.digits;

import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A table with one block per stream: score, accuracy and size of its best file, and all kept files. */
final class StreamTable {
    private final StringBuilder rows =
            new StringBuilder(row("stream", "best score", "accuracy", "bytes", "files, best first"));

    /**
     * Adds a stream.
     *
     * @param accuracy accuracy of its best file
     */
    void add(StreamResult stream, double accuracy) throws IOException {
        String score = stream.bestModelScore().isPresent()
                ? String.format(Locale.ROOT, "%.4f", stream.bestModelScore().getAsDouble())
                : "newest";
        String size = String.format(Locale.ROOT, "%,d", Files.size(stream.bestModelPath()));
        String name = stream.name();
        for (SavedCheckpoint checkpoint : stream.kept()) {
            boolean first = checkpoint.path().equals(stream.bestModelPath());
            rows.append(
                    first
                            ? row(
                                    name,
                                    score,
                                    String.format(Locale.ROOT, "%.4f", accuracy),
                                    size,
                                    nameOf(checkpoint.path()))
                            : row("", "", "", "", nameOf(checkpoint.path())));
        }
        if (stream.last().isPresent()) {
            Path last = stream.last().get();
            String target = Files.isSymbolicLink(last) ? " -> " + nameOf(last.toRealPath()) : "";
            rows.append(row("", "", "", "", nameOf(last) + target));
        }
    }

    private static String row(String stream, String score, String accuracy, String size, String file) {
        return String.format(Locale.ROOT, "%-12s %10s %9s %9s   %s%n", stream, score, accuracy, size, file);
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public String toString() {
        return rows.toString();
    }
}
