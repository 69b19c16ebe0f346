package dev.rivulet.internal.derive;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.engine.TorchEngine;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Memory for one call of user code, which may hand arrays to other threads. Closing it ends the use of the arrays that
 * the code was given at once, for every thread, with DJL's exception. Their memory is freed a moment later, because
 * another thread may be inside a native operation on one of them.
 */
public final class CallMemory implements AutoCloseable {
    /** Longer than a native operation on one array takes. */
    private static final Executor AFTER_OPERATIONS = CompletableFuture.delayedExecutor(250, TimeUnit.MILLISECONDS);

    private static final Shape EMPTY = new Shape(0);

    private final NDManager manager;
    private final List<NDManager> owned = new ArrayList<>(3);
    private final NDManager hidden = newManager();
    private final List<StateDict> arguments = new ArrayList<>(1);

    private CallMemory(NDManager manager) {
        this.manager = manager;
        owned.add(hidden);
    }

    /** Memory for a call whose arrays end with it. */
    public static CallMemory create() {
        CallMemory memory = new CallMemory(newManager());
        memory.owned.add(memory.manager);
        return memory;
    }

    /**
     * Memory for a call that may create arrays for later calls.
     *
     * @param manager owns the arrays that the call creates; not closed by this
     */
    public static CallMemory of(NDManager manager) {
        return new CallMemory(manager);
    }

    /** Without a parent, which user code could close. */
    private static NDManager newManager() {
        return TorchEngine.get().newBaseManager(Device.cpu());
    }

    /**
     * The context of a call whose arrays end with it.
     *
     * @param source the stream that the weights come from
     */
    public TransformContext context(SaveContext at, String stream, String source) {
        TransformContext context = at.transformContext(stream, source, manager);
        owned.add(context.manager());
        return context;
    }

    /** Owns arrays that user code cannot reach. */
    NDManager hidden() {
        return hidden;
    }

    /**
     * Weights as an argument of user code, which gets copies of them.
     *
     * @param weights tensors that are valid until this is closed
     */
    public StateDict argument(Map<String, Tensor> weights) {
        StateDict argument = StateDict.ofTensors(weights, manager, hidden);
        arguments.add(argument);
        return argument;
    }

    /**
     * Refuses user code that has changed its argument.
     *
     * @param who named in the message
     * @throws TransformException if it has
     */
    public void requireArgumentsUnchanged(String who) {
        arguments.stream()
                .flatMap(argument -> argument.firstChanged().stream())
                .findFirst()
                .ifPresent(name -> {
                    throw new TransformException(who + " changed its argument \"" + name
                            + "\" in place. Use operations that return a new array, such as mul instead of muli.");
                });
    }

    @Override
    public void close() {
        NDManager retired = newManager();
        arguments.forEach(argument -> retire(argument.copies(), retired));
        owned.forEach(CallMemory::cap);
        owned.forEach(ended -> retire(ended.getManagedArrays(), retired));
        owned.forEach(NDManager::close); // Which also closes managers below it.
        AFTER_OPERATIONS.execute(retired::close);
    }

    /** Lets the manager refuse further arrays. It adds arrays while it holds its lock. */
    private static void cap(NDManager manager) {
        synchronized (manager) {
            manager.cap();
        }
    }

    /** Moves the native memory of arrays to others that nobody knows. */
    private static void retire(List<NDArray> arrays, NDManager retired) {
        arrays.forEach(array -> retired.create(EMPTY).intern(array));
    }
}
