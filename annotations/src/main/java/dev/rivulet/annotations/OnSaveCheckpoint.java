package dev.rivulet.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a method that adds entries to a checkpoint before it is written: {@code void m(Checkpoint)}.
 *
 * <pre>{@code
 * @OnSaveCheckpoint
 * void describe(Checkpoint checkpoint) {
 *     checkpoint.put("class_names", CLASS_NAMES);
 * }
 * }</pre>
 *
 * <p>On a method with {@link WeightTransform} it is accepted and has no effect: a transform takes part in saves anyway.
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnSaveCheckpoint {

    /** Names of the streams whose checkpoints the method adds to; empty for all streams. */
    String[] value() default {};
}
