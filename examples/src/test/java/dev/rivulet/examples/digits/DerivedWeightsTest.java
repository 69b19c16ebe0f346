package dev.rivulet.examples.digits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.FitResult;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the example's derived weights bit for bit, in a run that keeps every checkpoint so that streams can be
 * compared.
 */
@Tag("slow")
class DerivedWeightsTest {
    @TempDir
    static Path directory;

    private static FitResult result;

    @BeforeAll
    static void train() throws IOException {
        try (DigitsModule module = new DigitsModule()) {
            result = TrainDigits.trainer(directory).maxEpochs(4).stream("original", policy -> policy.saveTopK(-1))
                    .stream("transformed", policy -> policy.saveTopK(-1))
                    .stream("averaged", policy -> policy.saveTopK(-1))
                    .build()
                    .fit(module, TrainDigits.training(), DigitsDataset.validation());
        }
    }

    @Test
    void transformedIsHalfOfTheOriginal() throws IOException {
        for (SavedCheckpoint transformed : kept("transformed")) {
            Map<String, Tensor> actual = read(transformed.path());
            Map<String, Tensor> original = read(atStep("original", transformed.globalStep()));

            assertThat(actual.keySet()).isEqualTo(original.keySet());
            original.forEach((name, tensor) -> {
                List<Integer> halved = new ArrayList<>();
                for (int bits : floatBits(tensor)) {
                    halved.add(Float.floatToRawIntBits(Float.intBitsToFloat(bits) * 0.5f));
                }
                assertThat(actual).hasEntrySatisfying(name, half -> {
                    assertThat(half.shape()).isEqualTo(tensor.shape());
                    assertThat(floatBits(half)).isEqualTo(halved);
                });
            });
        }
    }

    @Test
    void halfIsTheCorrectlyRoundedAverage() throws IOException {
        for (SavedCheckpoint half : kept("half")) {
            Map<String, Tensor> actual = read(half.path());
            Map<String, Tensor> averaged = read(atStep("averaged", half.globalStep()));

            assertThat(actual.keySet()).isEqualTo(averaged.keySet());
            averaged.forEach((name, tensor) -> {
                List<Short> rounded = new ArrayList<>();
                for (int bits : floatBits(tensor)) {
                    rounded.add(nearestBfloat16(Float.intBitsToFloat(bits)));
                }
                assertThat(actual).hasEntrySatisfying(name, bfloat16 -> {
                    assertThat(bfloat16.shape()).isEqualTo(tensor.shape());
                    assertThat(bfloat16Bits(bfloat16)).isEqualTo(rounded);
                });
            });
        }
    }

    @Test
    void averagedIsNeitherTheOriginalNorConstant() throws IOException {
        Set<List<Integer>> values = new HashSet<>();
        for (SavedCheckpoint averaged : kept("averaged")) {
            values.add(floatBits(read(averaged.path()).values().iterator().next()));
        }
        values.add(floatBits(read(atStep("original", 180)).values().iterator().next()));

        assertThat(values).hasSize(kept("averaged").size() + 1);
    }

    /** Rounds to the nearer of the two adjacent bf16 numbers, or to the even one in a tie. */
    private static short nearestBfloat16(float number) {
        int towardsZero = Float.floatToRawIntBits(number) & 0xffff0000;
        int awayFromZero = towardsZero + 0x10000;
        double below = Math.abs((double) number - Float.intBitsToFloat(towardsZero));
        double above = Math.abs((double) number - Float.intBitsToFloat(awayFromZero));
        boolean evenTowardsZero = (towardsZero & 0x10000) == 0;
        boolean nearerToZero = below < above || (below == above && evenTowardsZero);
        return (short) ((nearerToZero ? towardsZero : awayFromZero) >>> 16);
    }

    private static List<SavedCheckpoint> kept(String stream) {
        List<SavedCheckpoint> kept = result.stream(stream).kept();
        assertThat(kept).as(stream).hasSizeGreaterThanOrEqualTo(2);
        return kept;
    }

    private static Path atStep(String stream, long globalStep) {
        return kept(stream).stream()
                .filter(checkpoint -> checkpoint.globalStep() == globalStep)
                .findFirst()
                .orElseThrow()
                .path();
    }

    /** The weights of a file of either format, by name in alphabetical order. */
    private static Map<String, Tensor> read(Path file) throws IOException {
        if (file.toString().endsWith(".safetensors")) {
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                return new TreeMap<>(reader.readAll());
            }
        }
        Map<String, Tensor> weights = new TreeMap<>();
        try (TorchReader reader = TorchReader.open(file)) {
            TorchValue.Dict checkpoint = (TorchValue.Dict) reader.load();
            TorchValue.Dict stateDict =
                    (TorchValue.Dict) checkpoint.get("state_dict").orElseThrow();
            stateDict
                    .entries()
                    .forEach((name, weight) ->
                            weights.put(((TorchValue.Str) name).value(), ((TorchTensor) weight).inMemory()));
        }
        return weights;
    }

    private static List<Integer> floatBits(Tensor tensor) {
        assertThat(tensor.dtype()).isEqualTo(Dtype.F32);
        List<Integer> bits = new ArrayList<>();
        for (ByteBuffer chunk : tensor.chunks()) {
            while (chunk.hasRemaining()) {
                bits.add(chunk.getInt());
            }
        }
        return bits;
    }

    private static List<Short> bfloat16Bits(Tensor tensor) {
        assertThat(tensor.dtype()).isEqualTo(Dtype.BF16);
        List<Short> bits = new ArrayList<>();
        for (ByteBuffer chunk : tensor.chunks()) {
            while (chunk.hasRemaining()) {
                bits.add(chunk.getShort());
            }
        }
        return bits;
    }
}
