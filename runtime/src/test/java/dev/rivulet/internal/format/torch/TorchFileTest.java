package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import dev.rivulet.internal.format.Tensors;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.seed.Seed;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plain.pt", "lightning-adamw.ckpt", "lightning-sgd.ckpt", "lightning-namespace.ckpt"})
    void readsFilesOfPythonBitForBit(String name) throws IOException {
        try (TorchReader reader = TorchReader.open(recorded(name))) {
            assertThat(TorchListing.of(reader)).isEqualTo(listing(name));
            reader.verify();
            assertThat(reader.isFullyVerifiable()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.pt", "lightning-adamw.ckpt", "rezipped.pt"})
    void readsAWholeFileInOnePass(String name) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(recorded(name)));
        try (TorchReader reader = TorchReader.open(recorded(name))) {
            assertThat(reader.readAll(Map.of())).isEqualTo(crc.getValue());
            Map<TorchTensor, List<ByteBuffer>> memory = new LinkedHashMap<>();
            tensors(reader.content())
                    .forEach(tensor -> memory.put(tensor, List.of(ByteBuffer.allocate((int) tensor.byteCount()))));

            assertThat(reader.readAll(memory)).isEqualTo(crc.getValue());

            assertThat(memory).isNotEmpty();
            for (Map.Entry<TorchTensor, List<ByteBuffer>> read : memory.entrySet()) {
                Tensor tensor = Tensor.of(read.getKey().dtype(), read.getKey().shape(), read.getValue());
                assertThat(tensor.contentEquals(reader.read(read.getKey()))).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.pt", "lightning-adamw.ckpt", "rezipped.pt"})
    void readsAWholeFileInSeveralSteps(String name) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(recorded(name)));
        try (TorchReader reader = TorchReader.open(recorded(name))) {
            List<TorchTensor> tensors = tensors(reader.content());
            TorchPass pass = reader.pass(TorchPass.Verification.OF_ENTRIES);
            Map<TorchTensor, List<ByteBuffer>> memory = new LinkedHashMap<>();
            // Backwards, including views of storages that were read before.
            for (int i = tensors.size() - 1; i >= 0; i -= 2) {
                TorchTensor tensor = tensors.get(i);
                List<ByteBuffer> buffers = List.of(ByteBuffer.allocate((int) tensor.byteCount()));
                memory.put(tensor, buffers);
                pass.read(Map.of(tensor, buffers));
            }
            Map<TorchTensor, List<ByteBuffer>> rest = new LinkedHashMap<>();
            for (int i = tensors.size() - 2; i >= 0; i -= 2) {
                rest.put(tensors.get(i), List.of(ByteBuffer.allocate((int)
                        tensors.get(i).byteCount())));
            }
            assertThat(pass.finish(rest)).isEqualTo(crc.getValue());
            memory.putAll(rest);
            for (Map.Entry<TorchTensor, List<ByteBuffer>> read : memory.entrySet()) {
                Tensor tensor = Tensor.of(read.getKey().dtype(), read.getKey().shape(), read.getValue());
                assertThat(tensor.contentEquals(reader.read(read.getKey()))).isTrue();
            }
        }
    }

    @Test
    void leavesVerificationToACallerThatKnowsTheChecksum(@TempDir Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(recorded("plain.pt"));
        Path damaged = folder.resolve("damaged.pt");
        try (TorchReader reader = TorchReader.open(recorded("plain.pt"))) {
            TorchStorage.InFile storage =
                    (TorchStorage.InFile) tensors(reader.content()).get(0).storage();
            bytes[(int) storage.record().position()] ^= 1;
        }
        Files.write(damaged, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        try (TorchReader reader = TorchReader.open(damaged)) {
            assertThat(reader.pass(TorchPass.Verification.BY_CALLER).finish(Map.of()))
                    .isEqualTo(crc.getValue());
            assertThatThrownBy(
                            () -> reader.pass(TorchPass.Verification.OF_ENTRIES).finish(Map.of()))
                    .isInstanceOf(DamagedFileException.class)
                    .hasMessageContaining("data/0");
        }
    }

    private static List<TorchTensor> tensors(TorchValue value) {
        List<TorchTensor> tensors = new ArrayList<>();
        if (value instanceof TorchTensor tensor) {
            tensors.add(tensor);
        } else if (value instanceof TorchValue.Dict dict) {
            dict.entries().values().forEach(entry -> tensors.addAll(tensors(entry)));
        } else if (value instanceof TorchValue.Items items) {
            items.values().forEach(item -> tensors.addAll(tensors(item)));
        }
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol5.pt", "rezipped.pt"})
    void readsFilesOfOtherWriters(String name) throws IOException {
        try (TorchReader reader = TorchReader.open(recorded(name))) {
            assertThat(TorchListing.of(reader)).isEqualTo(listing("plain.pt"));
            reader.verify();
        }
    }

    @Test
    void keepsTheStateOfObjectsKnownByName() throws IOException {
        try (TorchReader reader = TorchReader.open(recorded("lightning-namespace.ckpt"))) {
            TorchValue.Dict checkpoint = (TorchValue.Dict) reader.content();
            TorchValue.Dict hyperParameters =
                    (TorchValue.Dict) checkpoint.get("hyper_parameters").orElseThrow();

            assertThat(hyperParameters.get("options"))
                    .contains(new TorchValue.PythonObject(
                            "argparse.Namespace",
                            false,
                            List.of(),
                            Map.of(),
                            TorchValue.Dict.of(orderedMap("a", TorchValue.of(1), "b", TorchValue.of("c")))));
        }
    }

    @Test
    void refusesTheOldFormatWithARemedy() {
        assertThatThrownBy(() -> TorchReader.open(recorded("legacy.pt")))
                .isInstanceOfSatisfying(
                        MalformedTorchFileException.class,
                        e -> assertThat(e.rule()).isEqualTo(TorchRule.LEGACY_FORMAT))
                .hasMessageContaining("save it again with torch.save");
    }

    /** Excludes files in which Lightning refers to one tuple several times: this writer repeats such values. */
    @ParameterizedTest
    @ValueSource(strings = {"plain.pt", "lightning-sgd.ckpt"})
    void picklesAndLaysOutLikePython(String name) throws IOException {
        byte[] theirs = Files.readAllBytes(recorded(name));
        try (TorchReader reader = TorchReader.open(recorded(name))) {
            byte[] pickle = TorchPickler.pickle(reader.content()).bytes();
            ZipInput input = TorchFiles.input(theirs);
            ZipDirectory directory = ZipDirectory.read(input);
            ArchiveRecord first = ZipEntries.check(input, directory).get(0);
            long[] sizes = directory.entries().stream()
                    .mapToLong(ZipDirectory.Entry::size)
                    .toArray();
            ZipLayout layout = new ZipLayout(
                    directory.entries().stream().map(ZipDirectory.Entry::name).toList(), sizes);

            byte[] pickled = input.readBytes(first.position(), first.byteCount());
            TorchValue again = Unpickler.read(name, pickle, TorchFiles.storages(theirs));
            assertThat(layout.byteCount()).isEqualTo(theirs.length);
            assertThat(layout.data(sizes.length - 1))
                    .isEqualTo(ZipEntries.check(input, directory)
                            .get(sizes.length - 1)
                            .position());
            assertThat(TorchPickler.pickle(again).bytes()).isEqualTo(pickle);
            assertThat(TorchFiles.withoutMemo(pickle)).isEqualTo(TorchFiles.withoutMemo(pickled));
        }
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < 200; i++) {
            TorchValue content = RandomValues.value(random, 4);
            byte[] bytes = TorchFiles.bytes(content);
            Path file = Files.write(folder.resolve("random.pt"), bytes);
            try (TorchReader reader = TorchReader.open(file)) {
                reader.verify();
                assertThat(reader.isFullyVerifiable()).isTrue();
                assertThat(TorchFiles.bytes(reader.load()))
                        .as("seed %s, iteration %s", Seed.VALUE, i)
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void storesTiedTensorsOnce() throws IOException {
        TorchStorage shared = TorchStorage.of(Tensors.pattern(Dtype.F32, 1000));
        TorchTensor all = TorchTensor.of(shared, Dtype.F32, TensorShape.of(10, 100));
        TorchTensor transposed = TorchTensor.view(shared, Dtype.F32, 0, TensorShape.of(100, 10), 1, 100);
        TorchTensor row = TorchTensor.view(shared, Dtype.F32, 100, TensorShape.of(100), 1);
        byte[] bytes =
                TorchFiles.bytes(TorchValue.Dict.of(orderedMap("all", all, "transposed", transposed, "row", row)));
        Path file = Files.write(folder.resolve("tied.pt"), bytes);

        assertThat(bytes.length).isLessThan(2 * 4000);
        try (TorchReader reader = TorchReader.open(file)) {
            TorchTensor readAll = tensor(reader.content(), "all");
            TorchTensor readTransposed = tensor(reader.content(), "transposed");
            assertThat(readTransposed.storage()).isSameAs(readAll.storage());
            ByteBuffer elements = ByteBuffer.wrap(TorchListing.bytes(reader.read(readAll)));
            ByteBuffer transposedElements = ByteBuffer.wrap(TorchListing.bytes(reader.read(readTransposed)));
            for (int i = 0; i < 1000; i++) {
                assertThat(transposedElements.getInt(4 * (i % 100 * 10 + i / 100)))
                        .isEqualTo(elements.getInt(4 * i));
            }
            assertThat(TorchListing.bytes(reader.read(tensor(reader.content(), "row"))))
                    .isEqualTo(java.util.Arrays.copyOfRange(elements.array(), 400, 800));
            assertThat(tensor(reader.load(), "row").inMemory().byteCount()).isEqualTo(400);
        }
    }

    @Test
    void readsIntoTheCallersMemory() throws IOException {
        Tensor weight = Tensors.pattern(Dtype.BF16, 300, 7);
        Path file = Files.write(
                folder.resolve("chosen.pt"),
                TorchFiles.bytes(TorchValue.Dict.of(Map.of("weight", TorchTensor.of(weight)))));
        try (TorchReader reader = TorchReader.open(file)) {
            TorchTensor stored = tensor(reader.content(), "weight");
            ByteBuffer first = ByteBuffer.allocateDirect(1000);
            ByteBuffer second = ByteBuffer.allocate(3200);
            reader.read(Map.of(stored, List.of(first, second)));

            assertThat(Tensor.of(Dtype.BF16, weight.shape(), List.of(first, second))
                            .contentEquals(weight))
                    .isTrue();
            assertThatThrownBy(() -> reader.read(Map.of(stored, List.of(first))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot fill memory of 1000");
        }
    }

    @Test
    void reportsItsSizeBeforeAndItsChecksumAfterWriting() throws IOException {
        TorchWriter writer = TorchWriter.of(RandomValues.value(new SplittableRandom(Seed.VALUE), 5));
        Path file = folder.resolve("sized.pt");
        WrittenFile written;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            written = writer.writeTo(channel);
        }
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(file));
        assertThat(written).isEqualTo(new WrittenFile(Files.size(file), crc.getValue()));
        assertThat(writer.byteCount()).isEqualTo(Files.size(file));
    }

    @Test
    void refusesValuesThatItCouldNotReadAgain() {
        TorchStorage storage = TorchStorage.of(Tensors.pattern(Dtype.F32, 6));
        TorchValue nested = TorchValue.of(1);
        for (int i = 0; i < 200; i++) {
            nested = TorchValue.Items.list(List.of(nested));
        }
        TorchValue deep = nested;
        assertThatThrownBy(() -> TorchWriter.of(deep)).hasMessageContaining("128");
        assertThatThrownBy(() -> TorchWriter.of(TorchValue.of("\ud800"))).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> TorchWriter.of(new TorchValue.Global("os.system")))
                .hasMessageContaining("os.system");
        assertThatThrownBy(() -> TorchWriter.of(new TorchValue.Int(BigInteger.ONE.shiftLeft(100_000))))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> TorchWriter.of(TorchValue.Items.tuple(
                        TorchTensor.of(storage, Dtype.F32, TensorShape.of(6)),
                        TorchTensor.of(storage, Dtype.I32, TensorShape.of(6)))))
                .hasMessageContaining("IntStorage");
        assertThatThrownBy(() -> TorchTensor.of(Tensors.pattern(Dtype.F4, 2))).hasMessageContaining("F4");
        assertThatThrownBy(() -> TorchTensor.view(storage, Dtype.F32, 1, TensorShape.of(6), 1))
                .hasMessageContaining("ends at element 6 of 6");
    }

    @Test
    void writesTheRecordsOfPythonBeyondFourGibibytes() throws IOException {
        try (InputStream resource = TorchFileTest.class.getResourceAsStream("beyond-4-gib.bin")) {
            long size = (1L << 32) + 5;
            List<String> names = new ArrayList<>();
            for (String name : List.of(
                    "data.pkl",
                    ".format_version",
                    ".storage_alignment",
                    "byteorder",
                    "data/0",
                    "data/1",
                    "data/2",
                    "version",
                    ".data/serialization_id")) {
                names.add("big/" + name);
            }
            ZipLayout layout = new ZipLayout(names, new long[] {286, 1, 2, 6, 100, size, 7, 2, 40});
            long[] crcs = {
                0xab77bc94L,
                0x83dcefb7L,
                0xe971773fL,
                0x19e33d85L,
                0x9988c6caL,
                0xb1c2a1a3L,
                0x9d6cdf7eL,
                0x55679ed1L,
                0xbd79d117L
            };
            ByteArrayOutputStream ours = new ByteArrayOutputStream();
            ours.writeBytes(layout.header(5));
            for (int i = 5; i < 9; i++) {
                ours.writeBytes(layout.descriptor(i, crcs[i]));
                ours.writeBytes(i < 8 ? layout.header(i + 1) : layout.ending(crcs));
            }
            assertThat(ours.toByteArray()).isEqualTo(resource.readAllBytes());
        }
    }

    static TorchTensor tensor(TorchValue dict, String key) {
        return (TorchTensor) ((TorchValue.Dict) dict).get(key).orElseThrow();
    }

    static Path recorded(String name) {
        return Path.of("src/test/resources/dev/rivulet/internal/format/torch", name);
    }

    private static List<String> listing(String name) throws IOException {
        return Files.readAllLines(recorded(name + ".txt"));
    }

    private static Map<String, TorchValue> orderedMap(Object... keysAndValues) {
        Map<String, TorchValue> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], (TorchValue) keysAndValues[i + 1]);
        }
        return map;
    }
}
