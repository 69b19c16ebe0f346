package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.optim.Adam;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file name that the file system refuses costs its own stream a checkpoint, never the directory. */
class UnnameableFileTest extends FitTestCase {
    private static final String LONG = "x".repeat(300);

    /** 128 letters of two bytes each: a limit in characters would accept the name. */
    private static final String LONG_IN_BYTES = "é".repeat(128);

    static List<String> namesThatAreTooLong() {
        return List.of(
                "half-{epoch}-" + LONG,
                "{val_loss:.250f}",
                LONG + "/half-{epoch}",
                "half/" + LONG + "/{epoch}",
                "{epoch}-" + LONG_IN_BYTES);
    }

    @ParameterizedTest
    @MethodSource("namesThatAreTooLong")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "limits of names differ there")
    void aNameThatIsTooLongCostsItsStream(String filename) {
        FitResult result = trainer().stream("half", policy -> policy.filename(filename))
                .build()
                .fit(new TransformingModule(), points, points);

        assertThat(result.stream("half").failures())
                .hasSize(2)
                .extracting(StreamFailure::cause)
                .allSatisfy(cause -> assertThat(cause)
                        .hasMessageContaining("File name too long")
                        .hasMessageContaining("Choose a shorter filename"));
        assertThat(steps(result.stream("original"))).containsExactly(4L, 8L);
        assertThat(steps(result.stream("averaged"))).containsExactly(4L, 8L);
        assertThat(temporaryFiles()).isEmpty();
        assertThat(steps(fit(new TransformingModule()).stream("half"))).containsExactly(4L, 8L);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "limits of names differ there")
    void namesOfVersionsAndPointersAreMeasuredToo() throws IOException {
        String longest = "x".repeat(255 - ".safetensors".length());
        Files.createDirectories(checkpoints());
        Files.createFile(checkpoints().resolve(longest + ".safetensors"));

        FitResult result = trainer().stream("half", policy -> policy.filename(longest)).stream(
                        "tail",
                        policy -> policy.saveLast(SaveLast.COPY)
                                .filenameStyle(FilenameStyle.DEFAULT.withLast("last-" + LONG)))
                .build()
                .fit(new TransformingModule(), points, points);

        assertThat(result.stream("half").failures()).hasSize(2);
        assertThat(result.stream("tail").failures()).hasSize(2);
        assertThat(result.stream("original").failures()).isEmpty();
    }

    @Test
    void aFileInPlaceOfAFolderCostsItsStream() throws IOException {
        Files.createDirectories(checkpoints());
        Files.createFile(checkpoints().resolve("folder"));

        FitResult result = trainer().stream("half", policy -> policy.dirpath("folder"))
                .build()
                .fit(new TransformingModule(), points);

        assertThat(result.stream("half").failures()).hasSize(2);
        assertThat(result.stream("original").kept()).hasSize(2);
    }

    @Test
    void anOriginalThatCannotBeNamedEndsTheRunWithTheRemedy() {
        Trainer trainer =
                trainer().stream("original", policy -> policy.filename(LONG)).build();

        assertThatThrownBy(() -> trainer.fit(new TransformingModule(), points))
                .isInstanceOf(FitException.class)
                .hasStackTraceContaining("Choose a shorter filename");
        assertThat(fit(new TransformingModule()).stream("original").kept()).hasSize(2);
    }

    private ResumableModule resumable() {
        return new ResumableModule(() -> Adam.builder().build());
    }

    /** As versions did that found out after the commit. */
    @ParameterizedTest
    @ValueSource(strings = {"original", "averaged"})
    void aCommittedGroupThatCannotBeNamedLocksNothing(String stream) throws IOException {
        try (ResumableModule module = resumable()) {
            trainer().maxEpochs(1).build().fit(module, points, points);
        }
        Manifest newest = Catalog.read(checkpoints()).newest().orElseThrow();
        Path blob = checkpoints();
        for (StoredCheckpoint stored : newest.checkpoints()) {
            if (stored.stream().equals(stream)) {
                Path named = checkpoints().resolve(stored.file());
                blob = Files.move(
                        named,
                        checkpoints().resolve(".rivulet").resolve(stored.blob().name()));
                Files.createDirectories(named.resolve("in the way"));
            }
        }

        assertThat(Checkpoints.newest(checkpoints(), stream).file()).isEqualTo(blob);
        try (ResumableModule module = resumable()) {
            FitResult resumed = trainer().build().fit(module, points, points, resumeFrom("auto"));
            assertThat(resumed.globalStep()).isEqualTo(8);
            assertThat(resumed.resumedFrom().orElseThrow().getFileName())
                    .isEqualTo(
                            stream.equals("original")
                                    ? blob.getFileName()
                                    : file("original", 0).getFileName());
            assertThat(resumed.stream(stream).kept()).isNotEmpty();
        }
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
    }

    /** Killed before {@code last} was moved for the first time, or after it. */
    @ParameterizedTest
    @CsvSource({"LINK, true", "LINK, false", "COPY, true", "COPY, false"})
    void thePointersOfAnUnnamedOriginalKeepTheirNames(SaveLast saveLast, boolean moved) throws IOException {
        Trainer.Builder trainer = trainer().stream("original", policy -> policy.saveLast(saveLast));
        try (ResumableModule module = resumable()) {
            trainer.maxEpochs(1).build().fit(module, points, points);
        }
        StoredCheckpoint stored = Catalog.read(checkpoints())
                .newest()
                .flatMap(newest -> newest.checkpoints().stream()
                        .filter(StoredCheckpoint::isResumable)
                        .findFirst())
                .orElseThrow();
        Path named = checkpoints().resolve(stored.file());
        Files.move(
                named, checkpoints().resolve(".rivulet").resolve(stored.blob().name()));
        Files.createDirectories(named.resolve("in the way"));
        if (!moved) {
            Files.delete(checkpoints().resolve("last.ckpt"));
        }

        try (ResumableModule module = resumable()) {
            trainer.maxEpochs(2).build().fit(module, points, points, resumeFrom("auto"));
        }

        assertThat(checkpoints().resolve("last-v1.ckpt")).doesNotExist();
        assertThat(Checkpoints.describe(checkpoints().resolve("last.ckpt")).globalStep())
                .isEqualTo(8);
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
    }

    /** In a JVM whose file names are ASCII. */
    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    @Test
    void aNameThatTheEncodingCannotExpressCostsItsStream() throws IOException {
        try (ChildProcess plain = plain()) {
            assertThat(plain.toEnd())
                    .contains("half 0 2", "tail 0 2", "original 2 0", "averaged 2 0")
                    .anyMatch(line -> line.contains("LC_ALL=C.UTF-8"));
        }
    }

    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    @Test
    void aDirectoryWithSuchNamesIsOpenedAndKeepsItsFiles() throws IOException {
        train(directory);
        List<String> before = files();

        try (ChildProcess plain = plain()) {
            assertThat(plain.toEnd()).contains("original 2 0");
        }
        assertThat(files()).containsAll(before);
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
    }

    private ChildProcess plain() throws IOException {
        return ChildProcess.start(List.of(
                "env",
                "LC_ALL=C",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                UnnameableFileTest.class.getName(),
                directory.toString()));
    }

    /** Trains with names beyond ASCII and prints kept checkpoints and failures by stream. */
    public static void main(String[] arguments) {
        train(Path.of(arguments[0])).streams().forEach((name, stream) -> {
            System.out.println(
                    name + " " + stream.kept().size() + " " + stream.failures().size());
            stream.failures().forEach(System.out::println);
        });
    }

    private static FitResult train(Path directory) {
        try (NDManager manager = NDManager.newBaseManager()) {
            return Trainer.builder().maxEpochs(2).seed(1).defaultRootDir(directory).stream(
                            "half", policy -> policy.filename("hälfte-{epoch}"))
                    .stream("tail", policy -> policy.dirpath("größe"))
                    .build()
                    .fit(new TransformingModule(), Points.of(manager, 16, 4));
        }
    }
}
