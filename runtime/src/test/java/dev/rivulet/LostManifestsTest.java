package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.NewestCheckpoint;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LightningFiles;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without its manifests, a directory still says what it holds: every file describes itself. */
class LostManifestsTest extends FitTestCase {
    private static StreamPolicy.Builder keepAll(StreamPolicy.Builder policy) {
        return policy.saveTopK(-1).saveLast(SaveLast.COPY);
    }

    /** How manifests get lost. */
    private enum Loss {
        FOLDER {
            @Override
            void apply(Path checkpoints) throws IOException {
                for (Path file : list(checkpoints.resolve(".rivulet"))) {
                    Files.delete(file);
                }
                Files.delete(checkpoints.resolve(".rivulet"));
            }
        },
        ALL_DAMAGED {
            @Override
            void apply(Path checkpoints) throws IOException {
                for (Path manifest : manifests(checkpoints)) {
                    Files.writeString(manifest, "damaged");
                }
            }
        },
        NEWEST_DAMAGED {
            @Override
            void apply(Path checkpoints) throws IOException {
                List<Path> manifests = manifests(checkpoints);
                Files.writeString(manifests.get(manifests.size() - 1), "damaged");
            }
        },
        NEWEST_DELETED {
            @Override
            void apply(Path checkpoints) throws IOException {
                List<Path> manifests = manifests(checkpoints);
                Files.delete(manifests.get(manifests.size() - 1));
            }
        },
        OLDEST_DAMAGED {
            @Override
            void apply(Path checkpoints) throws IOException {
                Files.writeString(manifests(checkpoints).get(0), "damaged");
            }
        },
        LOCK {
            @Override
            void apply(Path checkpoints) throws IOException {
                Files.delete(checkpoints.resolve(".rivulet/lock"));
            }
        };

        abstract void apply(Path checkpoints) throws IOException;
    }

    /** Policies of the original stream. */
    private enum Kept {
        NEWEST(policy -> policy),
        ALL(LostManifestsTest::keepAll),
        BEST(policy ->
                policy.monitor("val_loss").saveTopK(2).saveLast(SaveLast.COPY).saveBest(SaveBest.COPY)),
        WORST(policy -> policy.monitor("val_loss")
                .mode(Mode.MAX)
                .saveTopK(1)
                .saveLast(SaveLast.LINK)
                .saveBest(SaveBest.LINK)),
        LAST_TWO(policy -> policy.monitor("val_loss").saveTopK(1).keepLast(2).saveBest(SaveBest.COPY)),
        ONLY_LAST(policy -> policy.saveTopK(0).saveLast(SaveLast.COPY));

        @SuppressWarnings("ImmutableEnumChecker") // A lambda without state.
        private final UnaryOperator<StreamPolicy.Builder> policy;

        Kept(UnaryOperator<StreamPolicy.Builder> policy) {
            this.policy = policy;
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> manifests(Path checkpoints) {
        return list(checkpoints.resolve(".rivulet")).stream()
                .filter(file -> file.toString().endsWith(".json"))
                .toList();
    }

    private FitResult fit(Path root, int maxEpochs, UnaryOperator<StreamPolicy.Builder> policy, ResumeFrom from) {
        return fit(root, maxEpochs, policy, averaged -> policy.apply(averaged).everyNTrainSteps(3), from);
    }

    private FitResult fit(
            Path root,
            int maxEpochs,
            UnaryOperator<StreamPolicy.Builder> original,
            UnaryOperator<StreamPolicy.Builder> averaged,
            ResumeFrom from) {
        try (ResumableModule module = new ResumableModule(() -> Adam.builder().build())) {
            return trainer().defaultRootDir(root).maxEpochs(maxEpochs).stream("original", original).stream(
                            "averaged", averaged)
                    .build()
                    .fit(module, points, points, from);
        }
    }

    private FitResult fit(int maxEpochs, ResumeFrom resumeFrom) {
        return fit(directory, maxEpochs, LostManifestsTest::keepAll, resumeFrom);
    }

    /** The names of all files, with the targets of links. */
    private static Map<String, String> content(Path checkpoints) throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : list(checkpoints)) {
            if (!Files.isDirectory(file)) {
                content.put(
                        String.valueOf(file.getFileName()),
                        Files.isSymbolicLink(file)
                                ? Files.readSymbolicLink(file).toString()
                                : "step " + Checkpoints.describe(file).globalStep());
            }
        }
        return content;
    }

    static Stream<Arguments> losses() {
        return Stream.of(Loss.values()).flatMap(loss -> Stream.of(Kept.values()).map(kept -> Arguments.of(loss, kept)));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("losses")
    void endsWithTheFilesOfARunThatLostNothing(Loss loss, Kept kept) throws IOException {
        Path straight = directory.resolve("straight");
        fit(straight, 4, kept.policy, ResumeFrom.nothing());
        fit(directory, 2, kept.policy, ResumeFrom.nothing());
        loss.apply(checkpoints());

        FitResult resumed = fit(directory, 4, kept.policy, resumeFrom("auto"));

        assertThat(resumed.globalStep()).isEqualTo(16);
        assertThat(resumed.resumedFrom()).isPresent();
        assertThat(content(checkpoints())).isEqualTo(content(straight.resolve("checkpoints")));
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
    }

    /** The other stream has saved since then. */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void endsWithTheSameFilesAfterAnOlderOriginal(Loss loss) throws IOException {
        UnaryOperator<StreamPolicy.Builder> rarely = policy -> policy.everyNEpochs(2);
        Path straight = directory.resolve("straight");
        fit(straight, 4, rarely, LostManifestsTest::keepAll, ResumeFrom.nothing());
        fit(directory, 3, rarely, LostManifestsTest::keepAll, ResumeFrom.nothing());
        loss.apply(checkpoints());

        FitResult resumed = fit(directory, 4, rarely, LostManifestsTest::keepAll, resumeFrom("auto"));

        assertThat(resumed.resumedFrom()).isPresent();
        assertThat(content(checkpoints())).isEqualTo(content(straight.resolve("checkpoints")));
        assertThat(Checkpoints.verifyAll(checkpoints()).problems()).isEmpty();
    }

    /** Not known any more is which of them are kept permanently. */
    @Test
    void deletesNoneOfTheFilesOfWhichEveryNthIsKept() throws IOException {
        UnaryOperator<StreamPolicy.Builder> policy =
                original -> original.saveTopK(1).everyNTrainSteps(2).keepEveryNth(3);
        fit(directory, 2, policy, averaged -> averaged, ResumeFrom.nothing());
        List<String> before = new ArrayList<>(files());
        Loss.FOLDER.apply(checkpoints());

        fit(directory, 4, policy, averaged -> averaged, resumeFrom("auto"));

        before.removeIf(name -> name.startsWith("averaged"));
        assertThat(files()).containsAll(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "last"})
    void resumesFromTheNewestFileWithoutTheFolder(String from) throws IOException {
        fit(2, ResumeFrom.nothing());
        Loss.FOLDER.apply(checkpoints());

        FitResult resumed = fit(3, resumeFrom(from));

        assertThat(resumed.globalStep()).isEqualTo(12);
        assertThat(resumed.resumedFrom()).contains(file("original", 1));
        assertThat(fit(4, resumeFrom("auto")).resumedFrom()).contains(file("original", 2));
    }

    @Test
    void resumesFromTheBestFileWithoutTheFolder() throws IOException {
        UnaryOperator<StreamPolicy.Builder> policy =
                original -> original.monitor("val_loss").saveTopK(-1);
        FitResult first = fit(directory, 3, policy, ResumeFrom.nothing());
        Loss.FOLDER.apply(checkpoints());

        assertThat(fit(directory, 4, policy, resumeFrom("best")).resumedFrom())
                .contains(first.stream("original").kept().get(0).path());
    }

    @Test
    void aCopyNamedLastCountsAsWhatItSaysItIs() throws IOException {
        fit(2, ResumeFrom.nothing());
        Loss.NEWEST_DAMAGED.apply(checkpoints());
        Files.delete(file("original", 0));
        Files.delete(file("original", 1));

        assertThat(fit(3, resumeFrom("auto")).resumedFrom().orElseThrow().getFileName())
                .hasToString("last.ckpt");
    }

    @Test
    void skipsDamagedFiles() throws IOException {
        fit(2, ResumeFrom.nothing());
        Loss.FOLDER.apply(checkpoints());
        Files.delete(checkpoints().resolve("last.ckpt"));
        Files.writeString(file("original", 1), "damaged");

        assertThat(fit(3, resumeFrom("auto")).resumedFrom()).contains(file("original", 0));
    }

    @Test
    void leavesFilesWhoseRunIsNotClear() throws IOException {
        fit(2, ResumeFrom.nothing());
        fit(2, ResumeFrom.nothing());
        List<String> ofTwoRuns = files();
        Loss.FOLDER.apply(checkpoints());

        fit(directory, 4, policy -> policy, resumeFrom("auto"));

        assertThat(files()).containsAll(ofTwoRuns);
    }

    @Test
    void doesNotStartFreshBesideDerivedCheckpoints() throws IOException {
        fit(2, ResumeFrom.nothing());
        Loss.FOLDER.apply(checkpoints());
        for (String name : files()) {
            if (name.endsWith(".ckpt")) {
                Files.delete(checkpoints().resolve(name));
            }
        }

        assertThatThrownBy(() -> fit(3, resumeFrom("auto")))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("fit without resumeFrom")
                .hasMessageContaining("averaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "last"})
    void takesAFileOfOtherSoftwareOnlyByItsPath(String from) throws IOException {
        fit(2, ResumeFrom.nothing());
        Path run = Files.createDirectories(directory.resolve("other"));
        Path external = LightningFiles.of(
                file("original", 1),
                Files.createDirectory(run.resolve("checkpoints")).resolve("epoch=1.ckpt"));

        assertThatThrownBy(() -> fit(run, 3, LostManifestsTest::keepAll, resumeFrom(from)))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("resumeFrom(\"" + external + "\")");
        assertThat(fit(run, 3, LostManifestsTest::keepAll, resumeFrom(external)).globalStep())
                .isEqualTo(12);
    }

    @Test
    void theNewestCheckpointIsFoundWithoutTheFolder() throws IOException {
        fit(2, ResumeFrom.nothing());
        Loss.FOLDER.apply(checkpoints());
        Files.writeString(file("original", 1), "damaged");
        Files.delete(checkpoints().resolve("last.ckpt"));

        NewestCheckpoint newest = Checkpoints.newest(checkpoints(), "original");

        assertThat(newest.file()).isEqualTo(file("original", 0));
        assertThat(newest.group()).isZero();
    }
}
