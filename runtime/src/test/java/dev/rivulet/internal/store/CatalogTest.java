package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {

    private final RandomManifests manifests = new RandomManifests(new SplittableRandom(Seed.VALUE));

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void createFolder() throws IOException {
        folder = Files.createDirectory(root.resolve(".rivulet"));
    }

    @Test
    void isEmptyWithoutManifests() throws IOException {
        assertThat(Catalog.read(root).manifests()).isEmpty();
        Files.delete(folder);

        Catalog catalog = Catalog.read(root);

        assertThat(catalog.manifests()).isEmpty();
        assertThat(catalog.damaged()).isEmpty();
        assertThat(catalog.newest()).isEmpty();
        assertThat(catalog.newest(UUID.randomUUID())).isEmpty();
        assertThat(catalog.checkpoint("original", 1)).isEmpty();
    }

    @Test
    void refusesWhatIsNotADirectory() {
        assertThatThrownBy(() -> Catalog.read(root.resolve("nowhere")))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void holdsTheGroupsOfAllRunsInOrder() throws IOException {
        Manifest tenth = write(10);
        Manifest second = write(2);
        Manifest largest = write(10_000_000_000L);

        Catalog catalog = Catalog.read(root);

        assertThat(catalog.manifests()).containsExactly(second, tenth, largest);
        assertThat(catalog.newest()).contains(largest);
        assertThat(catalog.newest(second.origin().run())).contains(second);
        assertThat(catalog.group(10)).contains(tenth);
        assertThat(catalog.damaged()).isEmpty();
    }

    @Test
    void findsTheNewestOfARun() throws IOException {
        Manifest example = ManifestJsonTest.example();
        write(example);
        write(50);
        Manifest newer = new Manifest(
                13,
                example.origin(),
                example.checkpoints(),
                example.pointers(),
                example.superseded(),
                example.retained());
        write(newer);

        assertThat(Catalog.read(root).newest(example.origin().run())).contains(newer);
    }

    @Test
    void locatesACheckpointBeforeAndAfterItsGroupIsPublished() throws IOException {
        write(ManifestJsonTest.example());
        Catalog catalog = Catalog.read(root);
        StoredCheckpoint checkpoint = catalog.checkpoint("half", 12).orElseThrow();
        Path blob = Files.createFile(folder.resolve(checkpoint.blob().name()));

        assertThat(catalog.locate(checkpoint)).isEqualTo(blob);
        Path file = Files.move(blob, root.resolve("half-epoch=7.safetensors"));
        assertThat(catalog.locate(checkpoint)).isEqualTo(file);
        assertThat(catalog.checkpoint("half", 11)).isEmpty();
        assertThat(catalog.checkpoint("original", 12)).isEmpty();
    }

    @Test
    void reportsDamagedManifests() throws IOException {
        Manifest good = write(1);
        Files.write(folder.resolve("group-0000000002.json"), new byte[0]);
        Files.write(folder.resolve("group-0000000003.json"), ManifestJson.encode(good));
        Files.write(folder.resolve("group-4.json"), ManifestJson.encode(good));
        Files.createDirectory(folder.resolve("group-0000000005.json"));
        Files.createFile(folder.resolve("tmp-" + UUID.randomUUID()));
        Files.createFile(folder.resolve("lock"));

        Catalog catalog = Catalog.read(root);

        assertThat(catalog.manifests()).containsExactly(good);
        assertThat(catalog.damaged())
                .extracting(damaged ->
                        damaged.file().getFileName() + " " + damaged.reason().rule())
                .containsExactly(
                        "group-0000000002.json END",
                        "group-0000000003.json FILE_NAME",
                        "group-0000000005.json FILE_KIND",
                        "group-4.json FILE_NAME");
    }

    @Test
    void doesNotFollowLinks() throws IOException {
        Manifest good = write(1);
        Path elsewhere = Files.write(root.resolve("elsewhere"), ManifestJson.encode(good));
        Files.createSymbolicLink(folder.resolve("group-0000000002.json"), elsewhere);
        Files.createSymbolicLink(folder.resolve("group-0000000003.json"), root.resolve("nothing"));

        assertThat(Catalog.read(root).damaged())
                .extracting(damaged -> damaged.reason().rule())
                .containsExactly(ManifestRule.FILE_KIND, ManifestRule.FILE_KIND);
    }

    @Test
    void doesNotReadOversizedFiles() throws IOException {
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("group-0000000001.json").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }

        assertThat(Catalog.read(root).damaged())
                .extracting(damaged -> damaged.reason().rule())
                .containsExactly(ManifestRule.FILE_SIZE);
    }

    @Test
    void alwaysFindsTheNewestWhileARunCommits() throws Exception {
        int groups = 2_000;
        AtomicLong committed = new AtomicLong();
        Callable<Long> writer = () -> {
            for (long group = 1; group <= groups; group++) {
                commit(group);
                committed.set(group);
                Files.deleteIfExists(folder.resolve(DirectoryLayout.manifestName(group - 2)));
            }
            return committed.get();
        };
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Long> run = thread.submit(writer);
            while (!run.isDone()) {
                long before = committed.get();
                Catalog catalog = Catalog.read(root);

                assertThat(catalog.damaged()).isEmpty();
                if (before > 0) {
                    assertThat(catalog.newest().map(Manifest::group).orElse(0L)).isGreaterThanOrEqualTo(before);
                }
            }
            long last = run.get();
            assertThat(Catalog.read(root).newest().map(Manifest::group)).contains(last);
        } finally {
            thread.shutdown();
        }
    }

    private void commit(long group) throws IOException {
        Path temporary = Files.write(folder.resolve("tmp-" + group), ManifestJson.encode(manifests.next(group, 2)));
        Files.move(temporary, folder.resolve(DirectoryLayout.manifestName(group)), StandardCopyOption.ATOMIC_MOVE);
    }

    private Manifest write(long group) throws IOException {
        Manifest manifest = manifests.next(group, 3);
        write(manifest);
        return manifest;
    }

    private void write(Manifest manifest) throws IOException {
        Files.write(folder.resolve(DirectoryLayout.manifestName(manifest.group())), ManifestJson.encode(manifest));
    }
}
