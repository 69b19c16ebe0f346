package dev.rivulet.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a derived checkpoint stream: at each save the weights of its source, transformed by the annotated method or
 * field.
 *
 * <pre>{@code
 * @WeightTransform("transformed")
 * static StateDict halve(StateDict weights) {
 *     return weights.map((name, weight) -> weight.mul(0.5f));
 * }
 *
 * @WeightTransform("averaged")
 * final ExponentialMovingAverage average = new ExponentialMovingAverage(0.99);
 *
 * @WeightTransform(value = "half", from = "averaged")
 * static StateDict half(StateDict weights, TransformContext context) {
 *     return weights.to(Dtype.BF16);
 * }
 * }</pre>
 *
 * <p>A method takes {@code StateDict} or {@code StateDict, TransformContext} and returns {@code StateDict}. A static
 * method is a pure function of its arguments; it is recorded as such, and may run on another thread than training. An
 * instance method sees the module and runs on the training thread. Neither may change its arguments. A field holds a
 * {@code StatefulTransform}, which is updated after every optimizer step. Methods and fields must be reachable from
 * their own package, that is, not private.
 *
 * <p>The annotation is repeatable: one method may serve several streams, each with its own {@link CheckpointStream}
 * policy; {@code TransformContext.stream()} is the one being saved.
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.FIELD})
@Repeatable(WeightTransform.List.class)
public @interface WeightTransform {

    /** Name of the derived stream, unique in the class and its superclasses: letters, digits, {@code . _ -}. */
    String value();

    /** Name of the stream whose weights are transformed: the original's, or another transform's. */
    String from() default CheckpointStream.ORIGINAL;

    /**
     * Whether the result must have exactly the names and shapes of the source, so that a tensor that was forgotten is
     * an error; dtypes may differ in any case.
     */
    boolean strict() default true;

    /** Holds repeated {@link WeightTransform} annotations; written by the compiler. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.FIELD})
    @interface List {

        /** The repeated annotations, in source order. */
        WeightTransform[] value();
    }
}
