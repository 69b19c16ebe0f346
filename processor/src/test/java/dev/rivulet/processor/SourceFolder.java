package dev.rivulet.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/** Sources in a temporary folder, for the Eclipse compiler insists on files; deleted when closed. */
final class SourceFolder implements AutoCloseable {
    private final Path folder;
    private final List<Path> files = new ArrayList<>();

    private SourceFolder(Path folder) {
        this.folder = folder;
    }

    static SourceFolder of(List<Source> sources) {
        try {
            SourceFolder folder = new SourceFolder(Files.createTempDirectory("sources"));
            for (Source source : sources) {
                Path file = folder.folder.resolve(source.path());
                Files.createDirectories(file.getParent());
                Files.writeString(file, source.getCharContent(false));
                folder.files.add(file);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Iterable<? extends JavaFileObject> files(StandardJavaFileManager manager) {
        return manager.getJavaFileObjectsFromPaths(files);
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
