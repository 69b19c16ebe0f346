package dev.rivulet.registry;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.util.List;
import java.util.Map;

/**
 * The streams and callbacks that a class declares by annotations, as direct method calls.
 *
 * <p>For generated code only: the annotation processor writes the implementation, the runtime finds it in the package
 * of the class and calls it. Do not implement or call it elsewhere; it changes with the processor.
 *
 * <p>A method that takes a stream does nothing if the class declares nothing for that stream. All methods are called on
 * the training thread, except that static transforms are called on the writer thread.
 *
 * @param <M> the declaring class
 * @since 0.1
 */
public interface CallbackRegistry<M> {

    /** The streams that the class declares: untransformed ones first, then derived ones in source order. */
    List<StreamDeclaration> streams();

    /**
     * The transforms held in fields, in source order, by the names under which their state is saved, such as {@code
     * DigitsModule#average}. Each is notified of every optimizer step.
     *
     * @param module the object whose fields are read
     */
    default Map<String, StatefulTransform> statefulTransforms(M module) {
        return Map.of();
    }

    /**
     * Transforms the weights for a derived stream.
     *
     * @param stream name of the derived stream
     * @param module the object whose method or field is called; unused by static transforms
     * @param weights weights of the stream's source
     * @throws IllegalArgumentException if the class declares no such derived stream
     * @throws Throwable what the user's method throws
     */
    default StateDict transform(String stream, M module, StateDict weights, TransformContext context) throws Throwable {
        throw noTransform(stream);
    }

    /**
     * The exception of {@link #transform} for an unknown stream.
     *
     * @param stream name of the stream
     */
    static IllegalArgumentException noTransform(String stream) {
        return new IllegalArgumentException("No transform is declared for a stream named \"" + stream + "\".");
    }

    /**
     * Whether to carry out a due save of a stream.
     *
     * @throws Throwable what the user's method throws
     */
    default boolean saves(String stream, M module, TransformContext context) throws Throwable {
        return true;
    }

    /**
     * Adds the entries of the class to a checkpoint of a stream before it is written.
     *
     * @throws Throwable what the user's method throws
     */
    default void onSaveCheckpoint(String stream, M module, Checkpoint checkpoint) throws Throwable {}

    /**
     * Reads the entries of the class from a loaded checkpoint of a stream.
     *
     * @throws Throwable what the user's method throws
     */
    default void onLoadCheckpoint(String stream, M module, Checkpoint checkpoint) throws Throwable {}
}
