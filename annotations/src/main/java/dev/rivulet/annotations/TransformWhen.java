package dev.rivulet.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares the condition of derived streams: a due save is carried out only if the method returns true.
 *
 * <pre>{@code
 * @TransformWhen("transformed")
 * boolean afterWarmUp(TransformContext context) {
 *     return context.epoch() >= 3;
 * }
 * }</pre>
 *
 * <p>The method is {@code boolean m(TransformContext)} and runs on the training thread, before the snapshot is taken:
 * it may read the module, but not change it.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface TransformWhen {

    /** Names of the derived streams whose saves depend on the method; at least one. */
    String[] value();
}
