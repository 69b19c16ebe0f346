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
 * <p>Beside {@link WeightTransform} on the same method it is accepted and adds nothing: taking part in a save is what a
 * transform does anyway.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnSaveCheckpoint {

    /** Names of the streams whose checkpoints are meant; all streams when empty. */
    String[] value() default {};
}
