package dev.rivulet.random;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
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

    private final Function getState;
    private final Function setState;
    private final Function allocate;
    private final Function dataPointer;
    private final Function delete;

    /** The {@code at::CPUGeneratorImpl}; it lives as long as the process. */
    private final Pointer generator;

    /**
     * Finds the generator.
     *
     * @throws UnsatisfiedLinkError if the library is not loaded or lacks one of the functions
     */
    TorchGenerator(Path libtorchCpu) {
        NativeLibrary library =
                NativeLibrary.getInstance(libtorchCpu.toString(), Map.of(Library.OPTION_OPEN_FLAGS, LOADED_ONLY));
        getState = library.getFunction("_ZNK2at16CPUGeneratorImpl9get_stateEv");
        setState = library.getFunction("_ZN2at16CPUGeneratorImpl9set_stateERKN3c1010TensorImplE");
        allocate = library.getFunction("_Znwm");
        dataPointer = library.getFunction("aoti_torch_get_data_ptr");
        delete = library.getFunction("aoti_torch_delete_tensor_object");
        generator = library.getFunction("_ZN2at6detail22getDefaultCPUGeneratorEv")
                .invokePointer(new Object[0])
                .getPointer(0);
    }

    /** The generator's state. */
    TorchState state() {
        Pointer tensor = stateTensor();
        try {
            return TorchState.checked(data(tensor).getByteArray(0, TorchState.BYTE_COUNT));
        } finally {
            delete.invokeInt(new Object[] {tensor});
        }
    }

    /** Sets the generator's state. */
    void setState(TorchState state) {
        Pointer tensor = stateTensor();
        try {
            data(tensor).write(0, state.shared(), 0, TorchState.BYTE_COUNT);
            Pointer tensorImpl = tensor.getPointer(0);
            setState.invokeVoid(new Object[] {generator, tensorImpl});
        } finally {
            delete.invokeInt(new Object[] {tensor});
        }
    }

    /** An {@code at::Tensor} on the C++ heap; a tensor consists of a single pointer to its contents. */
    private Pointer stateTensor() {
        Pointer tensor = allocate.invokePointer(new Object[] {(long) Long.BYTES});
        getState.invokePointer(new Object[] {tensor, generator});
        return tensor;
    }

    private Pointer data(Pointer tensor) {
        PointerByReference address = new PointerByReference();
        dataPointer.invokeInt(new Object[] {tensor, address});
        return address.getValue();
    }
}
