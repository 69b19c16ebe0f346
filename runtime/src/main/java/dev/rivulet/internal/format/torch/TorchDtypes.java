package dev.rivulet.internal.format.torch;

import static java.util.Map.entry;

import dev.rivulet.tensor.Dtype;
import java.util.Map;
import java.util.stream.Collectors;

/** PyTorch's names of dtypes, and of the typed storages that some had before PyTorch 2. */
final class TorchDtypes {
    /** The storage of dtypes without a typed one; its size is in bytes. */
    static final String UNTYPED_STORAGE = "torch.storage.UntypedStorage";

    /** Typed storages by dtype. A tensor of any other dtype names its dtype in addition. */
    static final Map<Dtype, String> STORAGES = Map.ofEntries(
            entry(Dtype.BOOL, "torch.BoolStorage"),
            entry(Dtype.U8, "torch.ByteStorage"),
            entry(Dtype.I8, "torch.CharStorage"),
            entry(Dtype.I16, "torch.ShortStorage"),
            entry(Dtype.F16, "torch.HalfStorage"),
            entry(Dtype.BF16, "torch.BFloat16Storage"),
            entry(Dtype.I32, "torch.IntStorage"),
            entry(Dtype.F32, "torch.FloatStorage"),
            entry(Dtype.C64, "torch.ComplexFloatStorage"),
            entry(Dtype.F64, "torch.DoubleStorage"),
            entry(Dtype.I64, "torch.LongStorage"));

    static final Map<Dtype, String> NAMES = Map.ofEntries(
            entry(Dtype.BOOL, "torch.bool"),
            entry(Dtype.U8, "torch.uint8"),
            entry(Dtype.I8, "torch.int8"),
            entry(Dtype.F8_E5M2, "torch.float8_e5m2"),
            entry(Dtype.F8_E4M3, "torch.float8_e4m3fn"),
            entry(Dtype.F8_E8M0, "torch.float8_e8m0fnu"),
            entry(Dtype.F8_E4M3FNUZ, "torch.float8_e4m3fnuz"),
            entry(Dtype.F8_E5M2FNUZ, "torch.float8_e5m2fnuz"),
            entry(Dtype.I16, "torch.int16"),
            entry(Dtype.U16, "torch.uint16"),
            entry(Dtype.F16, "torch.float16"),
            entry(Dtype.BF16, "torch.bfloat16"),
            entry(Dtype.I32, "torch.int32"),
            entry(Dtype.U32, "torch.uint32"),
            entry(Dtype.F32, "torch.float32"),
            entry(Dtype.C64, "torch.complex64"),
            entry(Dtype.F64, "torch.float64"),
            entry(Dtype.I64, "torch.int64"),
            entry(Dtype.U64, "torch.uint64"));

    static final Map<String, Dtype> BY_NAME = inverse(NAMES);
    static final Map<String, Dtype> BY_STORAGE = inverse(STORAGES);

    private TorchDtypes() {}

    /**
     * PyTorch's name of a dtype.
     *
     * @throws IllegalArgumentException if PyTorch does not support it
     */
    static String name(Dtype dtype) {
        String name = NAMES.get(dtype);
        if (name == null) {
            throw new IllegalArgumentException("PyTorch has no tensors of " + dtype + ". Convert it to another dtype.");
        }
        return name;
    }

    private static Map<String, Dtype> inverse(Map<Dtype, String> names) {
        return names.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    }
}
