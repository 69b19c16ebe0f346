package dev.rivulet.internal.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.internal.format.Tensors;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    @TempDir
    Path folder;

    @Test
    void readsBackWhatWasWritten() throws IOException {
        Map<String, Tensor> tensors = Tensors.ofEveryDtype();
        tensors.put("scalar", Tensors.pattern(Dtype.F32));
        tensors.put("empty", Tensors.pattern(Dtype.I64, 0, 5));
        Path file = folder.resolve("model.safetensors");

        WrittenFile written = write(file, SafetensorsWriter.of(tensors, Map.of("b", "é\n", "a", "")));

        assertThat(written.byteCount()).isEqualTo(Files.size(file));
        assertThat(written.crc32c()).isEqualTo(crc32c(Files.readAllBytes(file)));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.header().metadata()).isEqualTo(Map.of("a", "", "b", "é\n"));
            assertThat(reader.crc32c()).isEqualTo(written.crc32c());
            Map<String, Tensor> read = reader.readAll();
            assertThat(read).containsOnlyKeys(tensors.keySet());
            assertSameContent(read, tensors);
        }
    }

    @Test
    void writesTheSameAsTheRustLibraryExceptForPaddingAndChecksums() throws IOException {
        byte[] theirs = resource("all-dtypes.safetensors");
        Path file = Files.write(folder.resolve("theirs"), theirs);
        Map<String, Tensor> tensors;
        Map<String, String> metadata;
        long dataStart;
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            tensors = reader.readAll();
            metadata = reader.header().metadata();
            dataStart = reader.header().dataStart();
        }
        assertThat(tensors).hasSize(25).containsKey("quote \" slash \\ line \n bell \u0007 delete \u007f é 😀");
        tensors.forEach((name, tensor) -> assertThat(tensor.contentEquals(
                        Tensors.pattern(tensor.dtype(), tensor.shape().dimensions())))
                .as(name)
                .isTrue());

        byte[] ours = bytes(SafetensorsWriter.of(shuffled(tensors), metadata));

        int ourDataStart = ours.length - (theirs.length - (int) dataStart);
        assertThat(ourDataStart % 64).isZero();
        assertThat(json(ours, ourDataStart).replaceAll(",?\"rivulet.crc32c.\\w+\":\"\\w{8}\"", ""))
                .isEqualTo(json(theirs, (int) dataStart));
        assertThat(Arrays.copyOfRange(ours, ourDataStart, ours.length))
                .isEqualTo(Arrays.copyOfRange(theirs, (int) dataStart, theirs.length));
    }

    @Test
    void writesTheSameBytesForAnyOrderOfTheMaps() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1");
        metadata.put("a", "2");
        Map<String, Tensor> tensors = Tensors.ofEveryDtype();

        byte[] bytes = bytes(SafetensorsWriter.of(tensors, metadata));

        assertThat(bytes(SafetensorsWriter.of(shuffled(tensors), Map.of("a", "2", "z", "1"))))
                .isEqualTo(bytes);
        assertThat(new String(bytes, 8, 120, StandardCharsets.UTF_8))
                .matches("\\{\"__metadata__\":\\{\"a\":\"2\",\"rivulet.crc32c.data\":\"\\w{8}\","
                        + "\"rivulet.crc32c.header\":\"\\w{8}\",\"z\":\"1\"},\"layer.*");
    }

    @Test
    void writesAnEmptyFile() throws IOException {
        byte[] bytes = bytes(SafetensorsWriter.of(Map.of(), Map.of()));

        assertThat(bytes).hasSize(128);
        assertThat(SafetensorsHeader.read("empty", 128, SafetensorsFuzzTest.source(bytes))
                        .entries())
                .isEmpty();
    }

    @Test
    void writesToAChannelThatAcceptsFewBytesAtATime() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.of(Tensors.ofEveryDtype(), Map.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        WrittenFile written = writer.writeTo(new SlowChannel(Channels.newChannel(bytes)));

        assertThat(bytes.toByteArray()).isEqualTo(bytes(writer));
        assertThat(written.crc32c()).isEqualTo(crc32c(bytes.toByteArray()));
    }

    @Test
    void writesTheSameToSeekableAndOtherChannels() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.of(Tensors.ofEveryDtype(), Map.of("a", "b"));
        Path file = folder.resolve("model.safetensors");
        write(file, writer);

        assertThat(Files.readAllBytes(file)).isEqualTo(bytes(writer));
    }

    @Test
    void startsAtTheChannelPositionAndLeavesItAtTheEnd() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.of(Tensors.ofEveryDtype(), Map.of());
        Path file = folder.resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            channel.write(ByteBuffer.wrap(new byte[10]));

            writer.writeTo(channel);

            assertThat(channel.position()).isEqualTo(10 + writer.byteCount());
        }
        byte[] all = Files.readAllBytes(file);
        assertThat(Arrays.copyOfRange(all, 10, all.length)).isEqualTo(bytes(writer));
    }

    @Test
    void refusesAChannelOpenedForAppending() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.of(Tensors.ofEveryDtype(), Map.of());
        Path file = Files.write(folder.resolve("model.safetensors"), new byte[10]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            assertThatThrownBy(() -> writer.writeTo(channel)).hasMessageContaining("without StandardOpenOption.APPEND");
        }
    }

    @Test
    void joinsSmallAndLargeTensorsInOrder() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 400; i++) {
            tensors.put("t%03d".formatted(i), Tensors.pattern(Dtype.U8, i % 10 == 0 ? 30_000 + i : 20L * i));
        }
        Path file = folder.resolve("mixed");

        write(file, SafetensorsWriter.of(tensors, Map.of()));

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertSameContent(reader.readAll(), tensors);
        }
    }

    @Test
    void writesMoreBuffersThanOneSystemCallAccepts() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 5000; i++) {
            tensors.put("t" + i, Tensors.pattern(Dtype.U8, 1 + i % 7));
        }
        Path file = folder.resolve("many");

        WrittenFile written = write(file, SafetensorsWriter.of(tensors, Map.of()));

        assertThat(written.crc32c()).isEqualTo(crc32c(Files.readAllBytes(file)));
    }

    @Test
    void writesTensorsBeyondTwoGibibytes() throws IOException {
        ByteBuffer mebibyte = ByteBuffer.allocateDirect(1 << 20);
        Tensor large = Tensor.of(Dtype.U8, TensorShape.of(2500, 1 << 20), Collections.nCopies(2500, mebibyte));
        SafetensorsWriter writer = SafetensorsWriter.of(Map.of("large", large), Map.of());
        CountingChannel channel = new CountingChannel();

        WrittenFile written = writer.writeTo(channel);

        assertThat(written).isEqualTo(new WrittenFile(writer.byteCount(), channel.crc.getValue()));
        assertThat(channel.byteCount).isEqualTo(written.byteCount()).isGreaterThan(2500L << 20);
    }

    @Test
    void readsIntoTheCallersMemoryInOnePassAndReturnsTheFileChecksum() throws IOException {
        Map<String, Tensor> tensors = Tensors.ofEveryDtype();
        Path file = folder.resolve("model.safetensors");
        WrittenFile written = write(file, SafetensorsWriter.of(tensors, Map.of()));
        Map<String, Tensor> read = new LinkedHashMap<>();

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            long crc32c = reader.readAll(entry -> {
                DirectMemory memory = DirectMemory.allocate(entry.byteCount());
                read.put(entry.name(), memory.asTensor(entry.dtype(), entry.shape()));
                return memory.chunks();
            });
            assertThat(crc32c).isEqualTo(written.crc32c());
        }

        assertSameContent(read, tensors);
    }

    @Test
    void readsASingleTensorIntoChunkedHeapMemory() throws IOException {
        Tensor tensor = Tensors.pattern(Dtype.F32, 5);
        Path file = folder.resolve("model.safetensors");
        write(file, SafetensorsWriter.of(Map.of("w", tensor), Map.of()));
        ByteBuffer memory = ByteBuffer.allocate(20);

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            long crc32c = reader.read("w", List.of(memory.slice(0, 8), memory.slice(8, 12)));
            assertThat(crc32c).isEqualTo(tensor.crc32c());
            assertThatThrownBy(() -> reader.read("w", List.of(ByteBuffer.allocate(19))))
                    .hasMessageContaining("20 bytes and cannot fill memory of 19");
            assertThatThrownBy(() -> reader.read("v"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("no tensor \"v\"");
        }

        assertThat(Tensor.of(Dtype.F32, TensorShape.of(5), memory).contentEquals(tensor))
                .isTrue();
    }

    @Test
    void detectsThatTheFileWasTruncatedAfterOpening() throws IOException {
        Path file = folder.resolve("model.safetensors");
        write(file, SafetensorsWriter.of(Map.of("w", Tensors.pattern(Dtype.F32, 500)), Map.of()));

        try (SafetensorsReader reader = SafetensorsReader.open(file);
                FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            other.truncate(1000);
            assertThatThrownBy(() -> reader.read("w"))
                    .isInstanceOf(MalformedSafetensorsException.class)
                    .hasMessageContaining("at byte 1000");
        }
    }

    @Test
    void refusesContentThatAFileCannotHold() {
        Tensor tensor = Tensors.pattern(Dtype.U8, 1);
        Tensor deep = Tensor.of(Dtype.U8, TensorShape.of(new long[65]), List.of());

        assertThatThrownBy(() -> SafetensorsWriter.of(Map.of("__metadata__", tensor), Map.of()))
                .hasMessageContaining("Rename the parameter");
        assertThatThrownBy(() -> SafetensorsWriter.of(Map.of("\ud800", tensor), Map.of()))
                .hasMessageContaining("half of a surrogate pair");
        assertThatThrownBy(() -> SafetensorsWriter.of(Map.of(), Map.of("rivulet.crc32c.data", "00000000")))
                .hasMessageContaining("Choose another key");
        assertThatThrownBy(() -> SafetensorsWriter.of(Map.of("deep", deep), Map.of()))
                .hasMessageContaining("65 dimensions");
        assertThatThrownBy(() -> SafetensorsWriter.of(Map.of(), Map.of("long", "x".repeat(100_000_000))))
                .hasMessageContaining("the format allows 100000000");
    }

    private static void assertSameContent(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        expected.forEach((name, tensor) -> assertThat(actual.get(name)).as(name).matches(tensor::contentEquals));
    }

    private static WrittenFile write(Path file, SafetensorsWriter writer) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            return writer.writeTo(channel);
        }
    }

    private static byte[] bytes(SafetensorsWriter writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private static Map<String, Tensor> shuffled(Map<String, Tensor> tensors) {
        List<String> names = new ArrayList<>(tensors.keySet());
        Collections.reverse(names);
        Map<String, Tensor> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, Objects.requireNonNull(tensors.get(name))));
        return shuffled;
    }

    private static String json(byte[] file, int dataStart) {
        return new String(file, 8, dataStart - 8, StandardCharsets.UTF_8).stripTrailing();
    }

    private static long crc32c(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    private static byte[] resource(String name) throws IOException {
        try (var stream = SafetensorsFileTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(stream).readAllBytes();
        }
    }

    /** Accepts one, two, three and no bytes in turn. */
    private static final class SlowChannel implements WritableByteChannel {
        private final WritableByteChannel target;
        private int turn;

        SlowChannel(WritableByteChannel target) {
            this.target = target;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int count = Math.min(source.remaining(), turn++ % 4);
            ByteBuffer part = source.slice(source.position(), count);
            source.position(source.position() + count);
            return target.write(part);
        }

        @Override
        public boolean isOpen() {
            return target.isOpen();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }
    }

    /** Keeps only the size and checksum. */
    private static final class CountingChannel implements WritableByteChannel {
        private final CRC32C crc = new CRC32C();
        private long byteCount;

        @Override
        public int write(ByteBuffer source) {
            int count = source.remaining();
            byteCount += count;
            crc.update(source);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
