package dev.rivulet.examples.readme;

import dev.rivulet.LightningModule;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.processor.RivuletProcessor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A local Maven repository in which the artifacts of this build are installed. All else is linked to the user's local
 * repository, so that nothing is copied or downloaded twice, and nothing of this build is installed there. Closing it
 * removes the links.
 */
final class BuildRepository implements AutoCloseable {
    private static final Path GROUP = Path.of("dev", "rivulet");

    private final Path root;
    private final String version;
    private final List<Path> links = new ArrayList<>();

    private BuildRepository(Path root, String version) {
        this.root = root;
        this.version = version;
    }

    /** Makes one in an empty directory. */
    static BuildRepository create(Path root, Path users, String version) throws IOException, URISyntaxException {
        BuildRepository repository = new BuildRepository(root, version);
        repository.linkAllBut(GROUP, users);
        repository.install("rivulet", Path.of("..", "pom.xml"));
        repository.install("rivulet-annotations", Path.of("..", "annotations", "pom.xml"), WeightTransform.class);
        repository.install("rivulet-runtime", Path.of("..", "runtime", "pom.xml"), LightningModule.class);
        repository.install("rivulet-processor", Path.of("..", "processor", "pom.xml"), RivuletProcessor.class);
        return repository;
    }

    Path root() {
        return root;
    }

    private void linkAllBut(Path group, Path users) throws IOException {
        Path folder = root;
        Path source = users;
        for (Path name : group) {
            if (Files.isDirectory(source)) {
                for (Path child : list(source)) {
                    if (!child.endsWith(name)) {
                        links.add(Files.createSymbolicLink(folder.resolve(child.getFileName()), child));
                    }
                }
            }
            folder = Files.createDirectory(folder.resolve(name));
            source = source.resolve(name);
        }
    }

    private void install(String artifact, Path pom) throws IOException {
        Files.createDirectories(file(artifact, ".pom").getParent());
        Files.copy(pom, file(artifact, ".pom"));
    }

    private void install(String artifact, Path pom, Class<?> member) throws IOException, URISyntaxException {
        install(artifact, pom);
        Path classes = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path jar = file(artifact, ".jar");
        if (Files.isDirectory(classes)) { // In the phase test there are no jars yet.
            int exit = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file=" + jar, "-C", classes.toString(), ".");
            if (exit != 0) {
                throw new IOException("Could not pack " + classes + ".");
            }
        } else {
            Files.copy(classes, jar);
        }
    }

    private Path file(String artifact, String extension) {
        return root.resolve(GROUP).resolve(Path.of(artifact, version, artifact + "-" + version + extension));
    }

    @Override
    public void close() throws IOException {
        for (Path link : links) {
            Files.delete(link);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
