package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.rivulet.format.DamagedFileException;
import dev.rivulet.format.MalformedSafetensorsException;
import dev.rivulet.format.MalformedTorchFileException;
import dev.rivulet.store.Catalog;
import dev.rivulet.store.Manifest;
import dev.rivulet.store.StoredCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A directory in which one file after the other is damaged, and put right again. Every stream keeps every checkpoint. */
final class DamagedDirectory implements AutoCloseable {
    private static final List<Damage> KINDS = List.of(Damage.values());

    private final Path root;
    private final SplittableRandom random;
    private final NDManager manager = NDManager.newBaseManager();
    private final Block block = WideModule.block();
    private final NDArray weight;
    private final List<Victim> checkpoints = new ArrayList<>();
    private final List<Victim> manifests = new ArrayList<>();
    private final Map<Damage, Integer> counts = new EnumMap<>(Damage.class);

    /** A good file; a manifest has no stream. */
    private static final class Victim {
        private final Path file;
        private final long group;
        private final String stream;
        private final byte[] content;

        Victim(Path file, long group, String stream) throws IOException {
            this.file = file;
            this.group = group;
            this.stream = stream;
            this.content = Files.readAllBytes(file);
        }

        boolean isManifest() {
            return stream.isEmpty();
        }
    }

    DamagedDirectory(Path root, SplittableRandom random) throws IOException {
        this.root = root;
        this.random = random;
        for (Manifest manifest : Catalog.read(root).manifests()) {
            Path file = root.resolve(".rivulet/group-%010d.json".formatted(manifest.group()));
            manifests.add(new Victim(file, manifest.group(), ""));
            for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
                Path path = root.resolve(checkpoint.file());
                checkpoints.add(new Victim(path, manifest.group(), checkpoint.stream()));
            }
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        weight = block.getChildren()
                .get(1)
                .getValue()
                .getDirectParameters()
                .get("weight")
                .getArray();
        weight.set(filling());
    }

    /** How often each kind of damage was done. */
    Map<Damage, Integer> counts() {
        return counts;
    }

    /** Damages a file, requires that everything notices, and puts it right. */
    void damageOne() throws IOException {
        List<Victim> kind = random.nextInt(4) == 0 ? manifests : checkpoints;
        Victim victim = kind.get(random.nextInt(kind.size()));
        Victim other = kind.get(random.nextInt(kind.size()));
        Damage damage = KINDS.get(random.nextInt(KINDS.size()));
        byte[] damaged = damage.apply(victim.content, other.content, random);
        if (Arrays.equals(damaged, victim.content)) {
            return;
        }
        write(victim.file, damaged);
        try {
            requireNoticed(victim);
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(damage + " in " + victim.file + ": " + e.getMessage(), e);
        }
        write(victim.file, victim.content);
        counts.merge(damage, 1, Integer::sum);
    }

    /** Over the old content: file systems flush a file that was cut to nothing and written again, which takes long. */
    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content));
            channel.truncate(content.length);
        }
    }

    private void requireNoticed(Victim victim) throws IOException {
        DirectoryVerification found = Checkpoints.verifyAll(root);
        assertThat(found.problems())
                .isNotEmpty()
                .anySatisfy(problem -> assertThat(problem).contains(victim.file.toString()));
        assertThat(found.groups().stream().flatMap(group -> group.files().stream()))
                .filteredOn(file -> file.state() == DirectoryVerification.State.DAMAGED)
                .allMatch(file -> file.path().equals(victim.file));
        assertThat(found.manifests()).hasSize(victim.isManifest() ? 1 : 0);
        String stream =
                victim.isManifest() ? checkpoints.get(random.nextInt(checkpoints.size())).stream : victim.stream;
        requireNewestGood(victim, stream);
        if (!victim.isManifest()) {
            requireRefused(victim.file);
        }
    }

    private void requireNewestGood(Victim victim, String stream) throws IOException {
        Victim best = checkpoints.stream()
                .filter(checkpoint -> checkpoint.stream.equals(stream))
                .filter(checkpoint -> checkpoint.group != victim.group)
                .reduce((older, newer) -> newer)
                .orElseThrow();
        Victim last = checkpoints.stream()
                .filter(checkpoint -> checkpoint.stream.equals(stream))
                .reduce((older, newer) -> newer)
                .orElseThrow();
        NewestCheckpoint newest = Checkpoints.newest(root, stream);
        assertThat(newest.file()).isEqualTo(last.group == victim.group ? best.file : last.file);
        assertThat(newest.skipped()).hasSize(last.group == victim.group ? 1 : 0);
    }

    private void requireRefused(Path file) {
        IOException refusal = null;
        try {
            Checkpoints.load(file, block, manager);
        } catch (IOException e) {
            refusal = e;
        }
        assertThat(refusal)
                .isInstanceOfAny(
                        DamagedFileException.class,
                        MalformedSafetensorsException.class,
                        MalformedTorchFileException.class);
        assertThat(weight.toFloatArray()).isEqualTo(filling());
    }

    private static float[] filling() {
        float[] nines = new float[600];
        Arrays.fill(nines, 9);
        return nines;
    }

    @Override
    public void close() {
        manager.close();
    }
}
