package dev.rivulet.random;

import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Map;

/**
 * libtorch's default CPU random generator, accessed by native calls.
 *
 * <p>The calls are C++ methods, called by the System V ABI of x86-64: an object that is not trivially copyable is
 * returned in memory whose address is passed first, before {@code this}. Other platforms pass that address differently
 * and the process would crash, so a generator is created only after {@link TorchProbe} has checked the platform.
 *
 * <p>Every call gets a new tensor from {@code get_state} and frees it immediately.
 */
final class TorchGenerator {
    /** {@code RTLD_LAZY | RTLD_NOLOAD}: the library that DJL has loaded, never a second one. */
    private static final int LOADED_ONLY = 1 | 4;

    private static final Map<String, String> SYMBOLS = Map.of(
            "defaultGenerator", "_ZN2at6detail22getDefaultCPUGeneratorEv",
            "getState", "_ZNK2at16CPUGeneratorImpl9get_stateEv",
            "setState", "_ZN2at16CPUGeneratorImpl9set_stateERKN3c1010TensorImplE",
            "allocate", "_Znwm",
            "dataPointer", "aoti_torch_get_data_ptr",
            "delete", "aoti_torch_delete_tensor_object");

    /**
     * The functions that {@link #SYMBOLS} names; addresses are numbers. JNA binds them once: a save, for which training
     * waits, calls several, and {@link com.sun.jna.Function} would take a hundred times as long for each.
     */
    private static final class Torch {
        static native long defaultGenerator();

        static native long getState(long result, long generator);

        static native void setState(long generator, long tensorImpl);

        static native long allocate(long byteCount);

        static native int dataPointer(long tensor, long[] result);

        static native int delete(long tensor);
    }

    /** The {@code at::CPUGeneratorImpl}; it lives as long as the process. */
    private final long generator;

    /**
     * Finds the generator.
     *
     * @throws UnsatisfiedLinkError if the library is not loaded or lacks one of the functions
     */
    TorchGenerator(Path libtorchCpu) {
        FunctionMapper symbols = (library, method) -> SYMBOLS.get(method.getName());
        Native.register(
                Torch.class,
                NativeLibrary.getInstance(
                        libtorchCpu.toString(),
                        Map.of(
                                Library.OPTION_OPEN_FLAGS, LOADED_ONLY,
                                Library.OPTION_FUNCTION_MAPPER, symbols)));
        generator = new Pointer(Torch.defaultGenerator()).getLong(0);
    }

    /** The generator's state, not checked. */
    TorchState state() {
        long tensor = stateTensor();
        try {
            return TorchState.unchecked(data(tensor).getByteArray(0, TorchState.BYTE_COUNT));
        } finally {
            Torch.delete(tensor);
        }
    }

    /** Sets the generator's state. */
    void setState(TorchState state) {
        long tensor = stateTensor();
        try {
            data(tensor).write(0, state.shared(), 0, TorchState.BYTE_COUNT);
            long tensorImpl = new Pointer(tensor).getLong(0);
            Torch.setState(generator, tensorImpl);
        } finally {
            Torch.delete(tensor);
        }
    }

    /** An {@code at::Tensor} on the C++ heap; a tensor consists of a single pointer to its contents. */
    private long stateTensor() {
        long tensor = Torch.allocate(Long.BYTES);
        Torch.getState(tensor, generator);
        return tensor;
    }

    private static Pointer data(long tensor) {
        long[] address = new long[1];
        Torch.dataPointer(tensor, address);
        return new Pointer(address[0]);
    }
}
