package kotlin;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The annotation that Kotlin's compiler adds to each class. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Metadata {}
