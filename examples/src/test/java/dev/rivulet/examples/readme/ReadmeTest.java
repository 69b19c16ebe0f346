package dev.rivulet.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pastes the README's program and set-up into an empty directory and does there what the README says. */
class ReadmeTest {
    private static final String RUN = "mvn -q compile exec:java";

    @TempDir
    Path directory;

    private Readme readme;
    private PomSnippet pom;

    @BeforeEach
    void read() throws Exception {
        readme = Readme.read();
        pom = PomSnippet.parse(readme.block("xml", "<project"));
    }

    @Test
    void namesTheVersionsOfThisBuild() {
        assertThat(pom.version("rivulet-runtime")).isEqualTo(property("version"));
        assertThat(pom.version("rivulet-processor")).isEqualTo(property("version"));
        assertThat(pom.version("pytorch-native-cpu")).isEqualTo(property("libtorch"));
        assertThat(pom.version("pytorch-jni")).isEqualTo(property("libtorch") + "-" + property("djl"));
        assertThat(pom.version("slf4j-simple")).isEqualTo(property("slf4j"));
    }

    @Test
    void namesTheSameArtifactsForGradleAsForMaven() {
        List<String> gradle = Pattern.compile("'(.*)'")
                .matcher(readme.block("groovy", "annotationProcessor"))
                .results()
                .map(artifact -> artifact.group(1))
                .toList();

        assertThat(gradle).isNotEmpty().containsExactlyInAnyOrderElementsOf(pom.coordinates());
    }

    @Test
    @Tag("slow")
    void buildsAndRunsWhenPasted() throws Exception {
        Path project = Files.createDirectory(directory.resolve("project"));
        Path sources = Files.createDirectories(project.resolve(Path.of("src", "main", "java")));
        Files.writeString(project.resolve("pom.xml"), pom.text().replace("linux-x86_64", property("classifier")));
        Files.writeString(sources.resolve("Line.java"), readme.block("java", "public static void main"));

        Path users = Path.of(property("localRepository"));
        Path root = Files.createDirectory(directory.resolve("repository"));
        try (BuildRepository repository = BuildRepository.create(root, users, property("version"))) {
            run(project, maven(RUN, repository));
        }

        List<String> session =
                readme.block("console", "$ ls checkpoints").lines().toList();
        assertThat(session).startsWith("$ " + RUN, "$ ls checkpoints");
        assertThat(visibleFiles(project.resolve("checkpoints"))).isEqualTo(session.subList(2, session.size()));
    }

    /** The command, with the Maven, the settings and the repository of this build. */
    private static List<String> maven(String command, BuildRepository repository) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path executable = Path.of(property("maven"), "bin", windows ? "mvn.cmd" : "mvn");
        List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
        words.set(0, executable.toString());
        words.add("--batch-mode");
        words.add("-Dmaven.repo.local=" + repository.root());
        if (Files.exists(Path.of(property("settings").substring("--settings=".length())))) {
            words.add(property("settings"));
        }
        if (property("offline").equals("offline=true")) {
            words.add("--offline");
        }
        return words;
    }

    private void run(Path project, List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ends in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as("%s", Files.readString(output)).isZero();
    }

    /** What {@code ls} shows. */
    private static List<String> visibleFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** A property that the module's pom passes on. */
    private static String property(String name) {
        String value = System.getProperty("readme." + name);
        assertThat(value).as("readme.%s, which examples/pom.xml sets", name).isNotNull();
        return value;
    }
}
