package dev.rivulet.internal.format.torch;

import java.util.Map;
import java.util.Set;

/**
 * The classes and functions that a pickle may name. They are never looked up or called: a name only decides which value
 * the arguments become.
 */
final class TorchGlobals {
    static final String ORDERED_DICT = "collections.OrderedDict";
    static final String TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
    static final String TENSOR_V3 = "torch._utils._rebuild_tensor_v3";
    static final String PARAMETER = "torch._utils._rebuild_parameter";
    static final String SIZE = "torch.Size";
    static final String ENCODE = "_codecs.encode";
    static final String BYTES = "builtins.bytes";
    static final String SET = "builtins.set";
    static final String FROZEN_SET = "builtins.frozenset";

    /** Names that turn arguments into values. */
    private static final Set<String> UNDERSTOOD = Set.of(
            ORDERED_DICT,
            TENSOR_V2,
            TENSOR_V3,
            PARAMETER,
            SIZE,
            ENCODE,
            BYTES,
            SET,
            FROZEN_SET,
            TorchDtypes.UNTYPED_STORAGE);

    /** Classes whose objects are kept as a name with arguments, items and state. */
    private static final Set<String> OPAQUE = Set.of(
            "torch.device",
            "builtins.complex",
            "builtins.bytearray",
            "builtins.slice",
            "builtins.range",
            "collections.Counter",
            "collections.defaultdict",
            "argparse.Namespace",
            "datetime.date",
            "datetime.datetime",
            "datetime.timedelta",
            "decimal.Decimal",
            "fractions.Fraction",
            "uuid.UUID",
            "pathlib.Path",
            "pathlib.PosixPath",
            "pathlib.WindowsPath",
            "pathlib.PurePosixPath",
            "pathlib.PureWindowsPath",
            "pathlib._local.PosixPath",
            "pathlib._local.WindowsPath",
            "numpy.dtype",
            "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar",
            "pytorch_lightning.utilities.parsing.AttributeDict",
            "lightning.pytorch.utilities.parsing.AttributeDict",
            "lightning_fabric.utilities.data.AttributeDict",
            "lightning.fabric.utilities.data.AttributeDict");

    /** Names that are values themselves, in addition to dtypes. */
    private static final Set<String> CONSTANTS = Set.of(
            "builtins.int",
            "builtins.float",
            "builtins.bool",
            "builtins.str",
            "builtins.list",
            "builtins.tuple",
            "builtins.dict",
            "torch.strided",
            "torch.contiguous_format",
            "torch.complex128",
            "torch.complex32",
            "torch.bits8",
            "torch.float4_e2m1fn_x2");

    /** Python 3 names by the Python 2 names that protocol 2 writes. */
    private static final Map<String, String> MODULES = Map.of("__builtin__", "builtins");

    private static final Map<String, String> BUILTINS = Map.of("long", "int", "unicode", "str", "xrange", "range");

    private TorchGlobals() {}

    static String name(String module, String name) {
        String renamed = MODULES.containsKey(module) ? BUILTINS.getOrDefault(name, name) : name;
        return MODULES.getOrDefault(module, module) + "." + renamed;
    }

    static boolean isAllowed(String name) {
        return UNDERSTOOD.contains(name)
                || OPAQUE.contains(name)
                || CONSTANTS.contains(name)
                || TorchDtypes.BY_NAME.containsKey(name)
                || TorchDtypes.BY_STORAGE.containsKey(name);
    }

    static boolean isOpaque(String name) {
        return OPAQUE.contains(name);
    }

    /** Module and name as protocol 2 writes them. */
    static String written(String name) {
        int dot = name.lastIndexOf('.');
        String module = name.substring(0, dot);
        return (module.equals("builtins") ? "__builtin__" : module) + "\n" + name.substring(dot + 1) + "\n";
    }
}
