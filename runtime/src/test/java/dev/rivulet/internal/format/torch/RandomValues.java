package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.format.Tensors;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Random values of the kinds that occur in checkpoints. */
final class RandomValues {
    private static final List<Dtype> DTYPES =
            TorchDtypes.NAMES.keySet().stream().sorted().toList();

    private RandomValues() {}

    static TorchValue value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 8)) {
            case 0 -> TorchValue.of(random.nextLong() >> random.nextInt(64));
            case 1 -> TorchValue.of(Double.longBitsToDouble(random.nextLong()));
            case 2 -> TorchValue.of(random.nextBoolean());
            case 3 -> TorchValue.None.NONE;
            case 4 -> string(random);
            case 5 -> new TorchValue.Int(BigInteger.valueOf(random.nextLong()).pow(1 + random.nextInt(8)));
            case 6, 7 -> tensor(random);
            case 8 -> new TorchValue.Bytes(bytes(random));
            case 9, 10 -> TorchValue.Items.list(values(random, depth));
            case 11 -> new TorchValue.Items(TorchValue.Sequence.TUPLE, values(random, depth));
            case 12 -> new TorchValue.Dict(true, entries(random, depth), attributes(random));
            default -> new TorchValue.Dict(false, entries(random, depth), Map.of());
        };
    }

    private static List<TorchValue> values(SplittableRandom random, int depth) {
        List<TorchValue> values = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            values.add(value(random, depth - 1));
        }
        return values;
    }

    private static Map<TorchValue, TorchValue> entries(SplittableRandom random, int depth) {
        Map<TorchValue, TorchValue> entries = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            TorchValue key = random.nextBoolean() ? string(random) : TorchValue.of(random.nextInt());
            entries.put(key, value(random, depth - 1));
        }
        return entries;
    }

    private static Map<String, TorchValue> attributes(SplittableRandom random) {
        return random.nextBoolean() ? Map.of() : Map.of("_metadata", TorchValue.Dict.ordered(Map.of()));
    }

    private static TorchTensor tensor(SplittableRandom random) {
        Dtype dtype = DTYPES.get(random.nextInt(DTYPES.size()));
        int rows = random.nextInt(5);
        int columns = random.nextInt(70);
        TorchStorage storage = TorchStorage.of(Tensors.pattern(dtype, (long) rows * columns));
        TorchTensor tensor = random.nextBoolean()
                ? TorchTensor.of(storage, dtype, TensorShape.of(rows, columns))
                : TorchTensor.view(storage, dtype, 0, TensorShape.of(columns, rows), 1, columns);
        return random.nextBoolean() ? tensor : tensor.asParameter(random.nextBoolean());
    }

    private static TorchValue.Str string(SplittableRandom random) {
        StringBuilder string = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            string.appendCodePoint(random.nextInt(4) == 0 ? 0x1f600 + random.nextInt(64) : random.nextInt(0xd800));
        }
        return TorchValue.of(string.toString());
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }
}
