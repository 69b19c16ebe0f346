package dev.rivulet.architecture;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.rivulet.Checkpoints;
import dev.rivulet.Trainer;
import dev.rivulet.internal.loop.FitLoop;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The order of the packages, how far a class reaches, and how large a class may be. */
class ArchitectureTest {
    /** Packages from top to bottom. A class uses its own package and those on floors below, not its neighbours. */
    static final List<Set<String>> FLOORS = List.of(
            Set.of("dev.rivulet.testing"),
            Set.of("dev.rivulet"),
            Set.of("dev.rivulet.internal.resume"),
            Set.of("dev.rivulet.internal.save"),
            Set.of("dev.rivulet.internal.state"),
            Set.of("dev.rivulet.internal.derive"),
            Set.of("dev.rivulet.internal.file"),
            Set.of("dev.rivulet.internal.lightning"),
            Set.of("dev.rivulet.internal.loop"),
            Set.of("dev.rivulet.data", "dev.rivulet.internal.declaration"),
            Set.of(
                    "dev.rivulet.optim",
                    "dev.rivulet.random",
                    "dev.rivulet.registry",
                    "dev.rivulet.internal.format.safetensors",
                    "dev.rivulet.internal.format.torch",
                    "dev.rivulet.internal.store"),
            Set.of("dev.rivulet.transform", "dev.rivulet.internal.format", "dev.rivulet.internal.snapshot"),
            Set.of("dev.rivulet.internal.optim"),
            Set.of("dev.rivulet.internal.model", "dev.rivulet.internal.retention", "dev.rivulet.internal.tensor"),
            Set.of("dev.rivulet.policy", "dev.rivulet.tensor"),
            Set.of(
                    "dev.rivulet.annotations",
                    "dev.rivulet.checkpoint",
                    "dev.rivulet.hook",
                    "dev.rivulet.internal.concurrent",
                    "dev.rivulet.internal.engine",
                    "dev.rivulet.internal.memory"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importUrls(List.of(location(Trainer.class), location(StreamPolicy.class)));

    private static final ClassGraph GRAPH = ClassGraph.ofClasses(CLASSES);
    private static final ClassGraph PACKAGES = ClassGraph.ofPackages(CLASSES);
    private static final Path ROOT = Path.of("..");

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Test
    void packagesUseOnlyThoseBelow() {
        Map<String, Integer> floors = new HashMap<>();
        FLOORS.forEach(floor -> floor.forEach(name -> floors.put(name, FLOORS.indexOf(floor))));
        assertThat(floors).containsOnlyKeys(PACKAGES.uses().keySet());

        Set<String> wrong = new TreeSet<>();
        PACKAGES.uses()
                .forEach((name, used) -> used.stream()
                        .filter(other -> floor(floors, other) <= floor(floors, name))
                        .forEach(other -> wrong.add(name + " uses " + other)));
        assertThat(wrong).isEmpty();
    }

    private static int floor(Map<String, Integer> floors, String name) {
        return Objects.requireNonNull(floors.get(name), name);
    }

    @Test
    void cyclesHaveAtMostThreeClasses() {
        assertThat(PACKAGES.cycles()).isEmpty();
        assertThat(GRAPH.cycles()).allSatisfy(cycle -> assertThat(cycle).hasSizeLessThanOrEqualTo(3));
    }

    @Test
    void chainsOfUsesHaveAtMost24Classes() {
        assertThat(GRAPH.levels()).isLessThanOrEqualTo(24);
    }

    @Test
    void deployingDoesNotReachTheTrainingLoop() {
        Set<String> reached = GRAPH.reach(Checkpoints.class.getName());

        assertThat(reached).hasSizeLessThanOrEqualTo(175);
        assertThat(reached).doesNotContain(Trainer.class.getName(), FitLoop.class.getName());
    }

    @Test
    void constructorsHaveAtMostSixParameters() {
        assertThat(CLASSES.stream().flatMap(type -> type.getConstructors().stream()))
                .allSatisfy(constructor -> assertThat(constructor.getRawParameterTypes())
                        .as(constructor.getFullName())
                        .hasSizeLessThanOrEqualTo(6));
    }

    @Test
    void packagesHaveAtMost41Classes() {
        Map<String, Long> sizes = CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(groupingBy(JavaClass::getPackageName, counting()));

        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).isLessThanOrEqualTo(41));
    }

    @Test
    void publicTypesDoNotExposeInternalOnes() {
        Set<String> exposed = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            if (isExported(type)) {
                type.getMembers().stream()
                        .filter(member -> isVisible(member.getModifiers()))
                        .flatMap(member -> member.getAllInvolvedRawTypes().stream()
                                .filter(ArchitectureTest::isInternal)
                                .map(named -> member.getFullName() + " names " + named.getSimpleName()))
                        .forEach(exposed::add);
                type.getAllRawSuperclasses().stream()
                        .filter(ArchitectureTest::isInternal)
                        .forEach(named -> exposed.add(type.getName() + " extends " + named.getSimpleName()));
            }
        }
        assertThat(exposed).isEmpty();
    }

    private static boolean isExported(JavaClass type) {
        return !isInternal(type)
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && (type.getEnclosingClass().isEmpty()
                        || isExported(type.getEnclosingClass().get()));
    }

    private static boolean isInternal(JavaClass type) {
        return type.getBaseComponentType().getPackageName().startsWith("dev.rivulet.internal");
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    /** The benchmarks measure internal classes; they are the exception. */
    @Test
    void internalPackagesAreUsedByTheRuntimeAlone() throws IOException {
        for (String module : List.of("annotations", "processor", "examples")) {
            for (Path file : sources(module + "/src/main")) {
                assertThat(file).content().doesNotContain("dev.rivulet.internal");
            }
        }
    }

    @Test
    void filesHaveAtMost400Lines() throws IOException {
        Map<Path, Integer> lines = new TreeMap<>();
        for (String module : List.of("annotations", "runtime", "processor", "examples", "benchmarks")) {
            for (Path file : sources(module + "/src")) {
                lines.put(file, Files.readAllLines(file).size());
            }
        }
        lines.values().removeIf(count -> count <= 400);
        assertThat(lines).isEmpty();
    }

    private static List<Path> sources(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
