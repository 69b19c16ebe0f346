package dev.rivulet.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md names what is there. */
class ArchitecturePageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern CLASS = Pattern.compile("(?<![.\\w])[A-Z][a-z]\\w+");

    private final String page = Files.readString(ROOT.resolve("docs/architecture.md"));

    ArchitecturePageTest() throws IOException {}

    @Test
    void namesThePackagesInTheirOrder() {
        List<Set<String>> floors = new ArrayList<>();
        section("Packages")
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .forEach(line -> {
                    String[] cells = line.split("\\|", -1);
                    Set<String> floor = new HashSet<>(code(cells[1]));
                    code(cells[2]).forEach(name -> floor.add("dev.rivulet.internal." + name));
                    floors.add(floor);
                });

        assertThat(floors).isEqualTo(ArchitectureTest.FLOORS);
    }

    @Test
    void namesClassesThatExist() throws IOException {
        Set<String> named = new TreeSet<>();
        code(page.replaceAll("(?s)```.*?```", ""))
                .forEach(code -> CLASS.matcher(code).results().forEach(found -> named.add(found.group())));
        String picture = section("The way of a save").split("```", -1)[1];
        Pattern.compile("► ([A-Z]\\w+)").matcher(picture).results().forEach(found -> named.add(found.group(1)));

        named.removeAll(classes());
        named.removeAll(diagnostics());
        assertThat(named).isEmpty();
    }

    private String section(String title) {
        String after = page.substring(page.indexOf("## " + title));
        return after.substring(0, after.indexOf("\n## "));
    }

    private static List<String> code(String text) {
        Matcher matcher = CODE.matcher(text);
        return matcher.results().map(found -> found.group(1)).toList();
    }

    private static Set<String> classes() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String module : List.of("annotations", "runtime", "processor", "examples")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".java"))
                        .forEach(name -> names.add(name.replace(".java", "")));
            }
        }
        return names;
    }

    /** Ids of diagnostics are no classes, but each has its page entry. */
    private static Set<String> diagnostics() throws IOException {
        Set<String> ids = new TreeSet<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/diagnostics.md"))) {
            if (line.startsWith("### ") || line.startsWith("## ")) {
                ids.add(line.replaceFirst("#+ ", "").trim());
            }
        }
        return ids;
    }
}
