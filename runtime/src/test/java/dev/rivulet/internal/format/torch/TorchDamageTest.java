package dev.rivulet.internal.format.torch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.internal.format.Tensors;
import dev.rivulet.seed.Seed;
import dev.rivulet.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class TorchDamageTest {
    private static final int COUNT = Seed.scaled(1_000);

    @TempDir
    Path folder;

    private Path file;
    private byte[] intact;

    @BeforeEach
    void writeFile() throws IOException {
        Map<String, TorchValue> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            tensors.put("block." + i, TorchTensor.of(Tensors.pattern(Dtype.F32, 3, 3L * i)));
        }
        intact = TorchFiles.bytes(TorchValue.Dict.of(tensors));
        file = folder.resolve("model.ckpt");
    }

    private boolean isDetected(byte[] content) throws IOException {
        Files.write(file, content);
        try (TorchReader reader = TorchReader.open(file)) {
            reader.verify();
            return false;
        } catch (MalformedTorchFileException | DamagedFileException e) {
            return true;
        }
    }

    @Test
    void isNotReportedForIntactFiles() throws IOException {
        assertThat(isDetected(intact)).isFalse();
    }

    @Test
    void isAlwaysDetected() throws IOException {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < COUNT; i++) {
            byte[] damaged = damaged(random);
            if (!Arrays.equals(damaged, intact) && !isDetected(damaged)) {
                fail("seed %s, damage %s, first difference at %s", Seed.VALUE, i, Arrays.mismatch(damaged, intact));
            }
        }
    }

    @Test
    void isDetectedInEachByte() throws IOException {
        for (int at = 0; at < intact.length; at++) {
            byte[] damaged = intact.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            assertThat(isDetected(damaged)).as("bit %s of byte %s", at % 8, at).isTrue();
        }
    }

    @Test
    void isReportedWhenTheTensorIsRead() throws IOException {
        intact[
                Math.toIntExact(
                        requireNonNull(TorchFiles.storages(intact).get("11")).position())] ^= 1;
        Files.write(file, intact);
        try (TorchReader reader = TorchReader.open(file)) {
            TorchTensor damaged = TorchFileTest.tensor(reader.content(), "block.11");

            assertThatThrownBy(() -> reader.read(damaged))
                    .isInstanceOf(DamagedFileException.class)
                    .hasMessageContaining("the checksum of \"archive/data/11\" should be");
            assertThat(reader.read(TorchFileTest.tensor(reader.content(), "block.10"))
                            .byteCount())
                    .isEqualTo(12 * 30);
        }
    }

    private byte[] damaged(SplittableRandom random) {
        byte[] content = intact.clone();
        int at = random.nextInt(content.length);
        switch (random.nextInt(5)) {
            case 0 -> content[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                byte[] burst = new byte[Math.min(content.length - at, 1 + random.nextInt(64))];
                random.nextBytes(burst);
                System.arraycopy(burst, 0, content, at, burst.length);
            }
            case 2 -> {
                return Arrays.copyOf(content, at);
            }
            case 3 -> swap(content, 64, random);
            default -> swap(content, 512, random);
        }
        return content;
    }

    private static void swap(byte[] content, int size, SplittableRandom random) {
        int one = size * random.nextInt(content.length / size);
        int other = size * random.nextInt(content.length / size);
        byte[] block = Arrays.copyOfRange(content, one, one + size);
        System.arraycopy(content, other, content, one, size);
        System.arraycopy(block, 0, content, other, size);
    }
}
