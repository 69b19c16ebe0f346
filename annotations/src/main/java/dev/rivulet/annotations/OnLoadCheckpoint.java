package dev.rivulet.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a method that reads entries of a checkpoint when it is loaded into the module: {@code void m(Checkpoint)}.
 *
 * <pre>{@code
 * @OnLoadCheckpoint
 * void readBack(Checkpoint checkpoint) {
 *     classNames = checkpoint.get("class_names", List.class);
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnLoadCheckpoint {

    /** Names of the streams whose checkpoints the method reads; empty for all streams. */
    String[] value() default {};
}
