package dev.rivulet.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.rivulet.Trainer;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No code depends on the locale, the time zone or the encoding of the JVM: what is stored must be readable by every
 * other one. Refused is each JDK method that has an overload with a {@link Locale}, {@link Charset} or {@link ZoneId},
 * which is to be used instead.
 */
class LocaleIndependenceTest {
    private static final Set<String> SETTINGS =
            Set.of(Locale.class.getName(), Charset.class.getName(), ZoneId.class.getName(), TimeZone.class.getName());

    private static final Set<String> DEFAULTS = Set.of(
            "java.lang.String.formatted",
            "java.nio.charset.Charset.defaultCharset",
            "java.time.ZoneId.systemDefault",
            "java.util.Locale.getDefault",
            "java.util.TimeZone.getDefault");

    /** Its methods use UTF-8 if no encoding is given. */
    private static final Set<String> ALWAYS_THE_SAME = Set.of(Files.class.getName());

    private static final Pattern DEPENDENT_SOURCE =
            Pattern.compile("\\.formatted\\(|(String\\.format|printf)\\((?!\\s*Locale)|to(Lower|Upper)Case\\(\\)");

    @Test
    void nothingDependsOnTheLocaleOfTheJvm() {
        JavaClasses classes = new ClassFileImporter()
                .importUrls(List.of(
                        Trainer.class.getProtectionDomain().getCodeSource().getLocation(),
                        StreamPolicy.class.getProtectionDomain().getCodeSource().getLocation()));
        Set<String> dependent = new TreeSet<>();
        for (JavaClass type : classes) {
            type.getCodeUnitAccessesFromSelf().stream()
                    .filter(access -> dependsOnSettings(access.getTarget()))
                    .forEach(access -> dependent.add(access.getDescription()));
        }
        assertThat(dependent).isEmpty();
    }

    private static boolean dependsOnSettings(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        if (DEFAULTS.contains(owner.getName() + "." + target.getName())) {
            return true;
        }
        List<String> parameters = names(target.getRawParameterTypes());
        return owner.getPackageName().startsWith("java.")
                && !ALWAYS_THE_SAME.contains(owner.getName())
                && parameters.stream().noneMatch(SETTINGS::contains)
                && owner.getCodeUnits().stream()
                        .filter(other -> other.getName().equals(target.getName()))
                        .anyMatch(other -> addsSettings(other, parameters));
    }

    private static boolean addsSettings(JavaCodeUnit other, List<String> parameters) {
        List<String> rest = new ArrayList<>(names(other.getRawParameterTypes()));
        return rest.removeIf(SETTINGS::contains) && rest.equals(parameters);
    }

    private static List<String> names(List<JavaClass> types) {
        return types.stream().map(JavaClass::getName).toList();
    }

    /** The classes of these modules are not on the class path here. */
    @Test
    void generatedCodeAndExamplesDoNotEither() throws IOException {
        for (String module : List.of("processor", "examples")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")))
                        .allSatisfy(file -> assertThat(file).content().doesNotContainPattern(DEPENDENT_SOURCE));
            }
        }
    }
}
