package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.process.ChildProcess;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the language of the JVM, the same run writes the same files, and every other JVM resumes from them. */
@Tag("slow")
class LocaleTest extends FitTestCase {
    private final Locale usual = Locale.getDefault();
    private final TimeZone usualZone = TimeZone.getDefault();
    private Map<String, byte[]> expected = Map.of();

    /** The first of all locales with the same digits; at a larger scale up to so many of them. */
    static Stream<Locale> localesWithTheirOwnDigits() {
        return Arrays.stream(Locale.getAvailableLocales())
                .filter(locale -> zeroDigit(locale) != '0')
                .sorted((one, other) -> one.toLanguageTag().compareTo(other.toLanguageTag()))
                .collect(collectingAndThen(groupingBy(LocaleTest::zeroDigit, TreeMap::new, toList()), Map::values))
                .stream()
                .flatMap(same -> same.stream().limit(Seed.SCALE));
    }

    private static char zeroDigit(Locale locale) {
        return DecimalFormatSymbols.getInstance(locale).getZeroDigit();
    }

    @BeforeEach
    void train() throws IOException {
        Locale.setDefault(Locale.ROOT);
        train(directory.resolve("expected"), 3, ResumeFrom.nothing());
        expected = files(directory.resolve("expected"));
    }

    @AfterEach
    void restore() {
        Locale.setDefault(usual);
        TimeZone.setDefault(usualZone);
    }

    private static void train(Path directory, int maxEpochs, ResumeFrom resumeFrom) {
        try (ResumableModule module = new ResumableModule(() -> Adam.builder().build());
                NDManager manager = NDManager.newBaseManager()) {
            SeededDataset points = SeededDataset.shuffled(Points.of(manager, 16, 4), 4, 7);
            Trainer.builder().maxEpochs(maxEpochs).seed(1).defaultRootDir(directory).stream(
                            "original",
                            policy -> policy.saveTopK(2).monitor("val_loss").saveLast(SaveLast.LINK))
                    .stream(
                            "averaged",
                            policy ->
                                    policy.filename("a-{epoch}-{val_loss:.3f}").saveLast(SaveLast.COPY))
                    .build()
                    .fit(module, points, points, resumeFrom);
        }
    }

    /** Names and content of all files; of the framework's own files only the names, because runs have identifiers. */
    private static Map<String, byte[]> files(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString();
                files.put(name, name.contains(".rivulet") ? new byte[0] : Files.readAllBytes(file));
            }
        }
        return files;
    }

    private void assertIsExpected(Path directory) throws IOException {
        Map<String, byte[]> found = files(directory);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        assertThat(found).allSatisfy((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
        assertThat(Checkpoints.verifyAll(directory.resolve("checkpoints")).isGood())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("localesWithTheirOwnDigits")
    void savesAndResumesInEveryLanguage(Locale locale) throws IOException {
        Locale.setDefault(locale);
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
        Path run = directory.resolve(locale.toLanguageTag());

        train(run, 2, resumeFrom("auto"));
        train(run, 3, resumeFrom("auto"));

        assertIsExpected(run);
    }

    @ParameterizedTest
    @MethodSource
    void resumesInAnotherLanguage(List<String> options) throws IOException {
        Path run = directory.resolve("run");
        train(run, 1, ResumeFrom.nothing());

        try (ChildProcess other = ChildProcess.jvm(options, LocaleTest.class, run)) {
            other.toEnd();
        }
        train(run, 3, resumeFrom("last"));

        assertIsExpected(run);
    }

    static List<List<String>> resumesInAnotherLanguage() {
        return List.of(
                List.of("-Duser.language=ar", "-Duser.country=EG", "-Duser.timezone=Asia/Kathmandu"),
                List.of("-Duser.language=tr", "-Duser.country=TR", "-Dfile.encoding=ISO-8859-1"));
    }

    /** Trains to the second epoch in another JVM. */
    public static void main(String[] arguments) {
        train(Path.of(arguments[0]), 2, resumeFrom("last"));
    }

    @Test
    void triesAllDigits() {
        assertThat(localesWithTheirOwnDigits().map(LocaleTest::zeroDigit).distinct())
                .hasSizeGreaterThan(5);
    }
}
