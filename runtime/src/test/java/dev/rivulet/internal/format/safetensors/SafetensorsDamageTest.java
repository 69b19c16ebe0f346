package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.internal.format.Tensors;
import dev.rivulet.seed.Seed;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
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
class SafetensorsDamageTest {
    private static final int COUNT = Seed.scaled(2_000);

    @TempDir
    Path folder;

    private Path file;
    private byte[] intact;
    private int dataStart;

    /** Writes a header of about 20 KB and data of about 60 KB, so that both have several blocks to swap. */
    @BeforeEach
    void writeFile() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(Tensors.ofEveryDtype());
        for (int i = 0; i < 250; i++) {
            tensors.put("block.%d.weight".formatted(i), Tensors.pattern(Dtype.F32, 3, 1 + i % 40));
        }
        intact = bytes(tensors, Map.of("rivulet.stream", "original", "note", "é 😀"));
        file = folder.resolve("model.safetensors");
        Files.write(file, intact);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            dataStart = (int) reader.header().dataStart();
        }
    }

    private static byte[] bytes(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SafetensorsWriter.of(tensors, metadata).writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private void openAndVerify(byte[] content) throws IOException {
        Files.write(file, content);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            reader.verify();
        }
    }

    @Test
    void isAlwaysDetected() throws IOException {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < COUNT; i++) {
            byte[] damaged = damaged(random);
            if (Arrays.equals(damaged, intact)) {
                continue;
            }
            try {
                openAndVerify(damaged);
            } catch (MalformedSafetensorsException | DamagedFileException e) {
                continue;
            }
            fail("seed %s, damage %s, first difference at %s", Seed.VALUE, i, Arrays.mismatch(damaged, intact));
        }
    }

    private byte[] damaged(SplittableRandom random) {
        byte[] content = intact.clone();
        int at = random.nextBoolean() ? random.nextInt(dataStart) : random.nextInt(content.length);
        switch (random.nextInt(6)) {
            case 0, 1 -> content[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                byte[] burst = new byte[Math.min(content.length - at, 1 + random.nextInt(64))];
                random.nextBytes(burst);
                System.arraycopy(burst, 0, content, at, burst.length);
            }
            case 3 -> {
                return Arrays.copyOf(content, at);
            }
            case 4 -> swap(content, 512, random);
            default -> swap(content, 4096, random);
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

    @Test
    void isNotReportedForIntactFiles() throws IOException {
        openAndVerify(intact);

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.carriesChecksums()).isTrue();
            assertThat(reader.header().metadata()).isEqualTo(Map.of("rivulet.stream", "original", "note", "é 😀"));
        }
    }

    @Test
    void isDetectedForEachBitOfTheHeader() {
        for (int bit = 0; bit < 8 * 250; bit++) {
            byte[] content = intact.clone();
            content[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> openAndVerify(content))
                    .as("bit %s", bit)
                    .isInstanceOfAny(MalformedSafetensorsException.class, DamagedFileException.class);
        }
    }

    @Test
    void isReportedWithFileAndRemedy() throws IOException {
        intact[intact.length - 1] ^= 1;

        assertThatThrownBy(() -> openAndVerify(intact))
                .isInstanceOfSatisfying(DamagedFileException.class, damage -> {
                    assertThat(damage.file()).isEqualTo(file.toString());
                    assertThat(damage.damage()).isEqualTo("the checksum of its data");
                    assertThat(damage.expected()).matches("[0-9a-f]{8}").isNotEqualTo(damage.found());
                })
                .hasMessageContaining("newest good checkpoint")
                .hasMessageContaining("copy the file again");
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThatThrownBy(reader::readAll).isInstanceOf(DamagedFileException.class);
        }
    }

    private byte[] withHeader(String header) {
        byte[] changed = header.getBytes(StandardCharsets.UTF_8);
        byte[] beginning = SafetensorsFuzzTest.file(header, 0);
        byte[] content = Arrays.copyOf(beginning, 8 + changed.length + intact.length - dataStart);
        System.arraycopy(intact, dataStart, content, 8 + changed.length, intact.length - dataStart);
        return content;
    }

    @Test
    void includesAMissingChecksum() {
        assertDamaged("rivulet.crc32c.data", "rivulet.crc32c.date", "nothing");
        assertDamaged("rivulet.crc32c.header", "rivulet.crc32c.heading", "nothing");
        assertDamaged("\"rivulet.crc32c.header\":\"", "\"rivulet.crc32c.header\":\"X", "X");
        assertDamaged("\"rivulet.crc32c.header\":", "\"rivulet.crc32c.header\" :", "another spelling");
    }

    /** Replaces a string in the header, and adapts the header length. */
    private void assertDamaged(String original, String replacement, String found) {
        String header = new String(intact, 8, dataStart - 8, StandardCharsets.UTF_8).replace(original, replacement);

        assertThatThrownBy(() -> openAndVerify(withHeader(header)))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("but is " + found);
    }

    /** Python's save_file(tensors, path, metadata=…) writes entries in another order. */
    @Test
    void namesAnotherProgramThatKeptTheChecksums() throws IOException {
        String header = new String(intact, 8, dataStart - 8, StandardCharsets.UTF_8).strip();
        String stream = "\"rivulet.stream\":\"original\"";
        String saved =
                header.replace("," + stream, "").replace("{\"__metadata__\":{", "{\"__metadata__\":{" + stream + ",");

        assertThatThrownBy(() -> openAndVerify(withHeader(saved)))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContainingAll("another program", "that start with \"rivulet.\"");
        openAndVerify(withHeader(
                saved.replaceAll("\"rivulet[^\"]*\":\"[^\"]*\",?", "").replace(",}", "}")));
        intact[100] ^= 1;
        assertThatThrownBy(() -> openAndVerify(intact)).hasMessageNotContaining("another program");
    }

    @Test
    void isNotCheckedInExternalFiles() throws IOException {
        openAndVerify(SafetensorsFuzzTest.file(
                "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                8));

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.carriesChecksums()).isFalse();
            assertThat(reader.readAll()).containsOnlyKeys("w");
        }
    }
}
