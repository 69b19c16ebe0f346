package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import java.util.Locale;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeKind;

/** What an annotated method that is not a transform is called for. */
enum HookKind {
    /** To decide whether a due save is carried out. */
    CONDITION(TransformWhen.class, TypeKind.BOOLEAN),

    /** To add entries to a checkpoint. */
    SAVE(OnSaveCheckpoint.class, TypeKind.VOID),

    /** To read entries of a checkpoint. */
    LOAD(OnLoadCheckpoint.class, TypeKind.VOID);

    private final Class<?> annotation;
    private final TypeKind result;

    HookKind(Class<?> annotation, TypeKind result) {
        this.annotation = annotation;
        this.result = result;
    }

    Class<?> annotation() {
        return annotation;
    }

    /** The required return type. */
    TypeKind result() {
        return result;
    }

    /** The required type of the one parameter. */
    ClassName parameter() {
        return this == CONDITION ? RuntimeTypes.TRANSFORM_CONTEXT : RuntimeTypes.CHECKPOINT;
    }

    /** The required signature, such as {@code void describe(Checkpoint)}, in the language of the method. */
    String signature(ExecutableElement method) {
        String parameter = parameter().simpleName();
        if (Kotlin.isLanguageOf(method)) {
            String type = this == CONDITION ? "context: " + parameter + "): Boolean" : "checkpoint: " + parameter + ")";
            return "fun " + method.getSimpleName() + "(" + type;
        }
        return result.name().toLowerCase(Locale.ROOT) + " " + method.getSimpleName() + "(" + parameter + ")";
    }
}
