package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.seed.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class TorchFuzzTest {
    private static final int COUNT = Seed.scaled(100_000);

    /** Fragments of pickles, so that random ones are not refused at once. */
    private static final String[] TOKENS = {
        "N",
        "\u0088",
        "\u0089",
        "K\1",
        "K\0",
        "M\0\1",
        "J\u00ff\u00ff\u00ff\u00ff",
        "\u008a\1\1",
        "G\0\0\0\0\0\0\0\0",
        "X\1\0\0\0a",
        "X\7\0\0\0storage",
        "X\1\0\0\0" + "0",
        "X\3\0\0\0cpu",
        "\u008c\1b",
        "C\1c",
        "(",
        "(",
        ")",
        "]",
        "}",
        "t",
        "\u0085",
        "\u0086",
        "\u0087",
        "a",
        "e",
        "s",
        "u",
        "l",
        "d",
        "\u008f",
        "\u0090",
        "\u0091",
        "0",
        "1",
        "2",
        "R",
        "b",
        "Q",
        "\u0081",
        "\u0093",
        "\u0094",
        "\u0094",
        "\u0094",
        "h\0",
        "h\1",
        "h\2",
        "ctorch\nFloatStorage\n",
        "ctorch\nSize\n",
        "ctorch.storage\nUntypedStorage\n",
        "ctorch\nfloat8_e5m2\n",
        "ccollections\nOrderedDict\n",
        "ccollections\nOrderedDict\n)R",
        "ctorch._utils\n_rebuild_tensor_v2\n(",
        "ctorch._utils\n_rebuild_parameter\n",
        "cargparse\nNamespace\n)\u0081",
        "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\4tQ",
        "K\0K\2\u0085K\1\u0085\u0089",
        "cos\nsystem\n"
    };

    @Test
    void anyInputIsReadOrRefusedWithAReason() throws IOException {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        List<byte[]> pickles = recordedPickles();
        Map<String, ArchiveRecord> storages =
                TorchFiles.storages(Files.readAllBytes(TorchFileTest.recorded("plain.pt")));
        byte[] small = TorchFiles.around(TorchFiles.ascii("\u0080\2]."));
        int accepted = 0;
        for (int i = 0; i < COUNT; i++) {
            int kind = random.nextInt(16);
            byte[] input = kind == 0
                    ? mutated(pickles.get(random.nextInt(pickles.size())), random)
                    : kind == 1
                            ? mutated(small, random)
                            : kind == 2 ? TorchFiles.around(stream(random)) : stream(random);
            try {
                if (kind == 1 || kind == 2) {
                    TorchArchive.read(TorchFiles.input(input));
                } else {
                    Unpickler.read("fuzzed", input, storages);
                }
                accepted++;
            } catch (MalformedTorchFileException e) {
                assertThat(e.position()).as("seed %s, input %s", Seed.VALUE, i).isLessThanOrEqualTo(Long.MAX_VALUE);
            } catch (DamagedFileException e) {
                assertThat(kind).as("seed %s, input %s", Seed.VALUE, i).isEqualTo(1);
            } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail(
                        "seed " + Seed.VALUE + ", input " + i + ": "
                                + HexFormat.of().formatHex(input),
                        e);
            }
        }
        assertThat(accepted).as("accepted inputs of seed " + Seed.VALUE).isBetween(1, COUNT);
    }

    private static List<byte[]> recordedPickles() throws IOException {
        List<byte[]> pickles = new ArrayList<>();
        for (String name : List.of("lightning-adamw.ckpt", "lightning-sgd.ckpt", "lightning-namespace.ckpt")) {
            ZipInput input = TorchFiles.input(Files.readAllBytes(TorchFileTest.recorded(name)));
            ArchiveRecord pickle =
                    ZipEntries.check(input, ZipDirectory.read(input)).get(0);
            pickles.add(input.readBytes(pickle.position(), pickle.byteCount()));
        }
        return pickles;
    }

    private static byte[] stream(SplittableRandom random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(TorchFiles.ascii("\u0080" + (char) (2 + random.nextInt(4))));
        for (int i = random.nextInt(40); i > 0; i--) {
            bytes.writeBytes(TorchFiles.ascii(TOKENS[random.nextInt(TOKENS.length)]));
        }
        bytes.write('.');
        return random.nextInt(3) == 0 ? mutated(bytes.toByteArray(), random) : bytes.toByteArray();
    }

    private static byte[] mutated(byte[] original, SplittableRandom random) {
        byte[] bytes = original.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) 0xff;
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(24), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        return random.nextInt(40) == 0 ? Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)) : bytes;
    }
}
