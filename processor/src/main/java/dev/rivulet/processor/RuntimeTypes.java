package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/**
 * The types of the runtime that declarations and registries name. They are named here and nowhere else in the
 * processor, and never loaded: it does not depend on the runtime.
 */
final class RuntimeTypes {
    static final ClassName LIGHTNING_MODULE = ClassName.get("dev.rivulet", "LightningModule");
    static final ClassName STATE_DICT = ClassName.get("dev.rivulet.transform", "StateDict");
    static final ClassName TRANSFORM_CONTEXT = ClassName.get("dev.rivulet.transform", "TransformContext");
    static final ClassName CHECKPOINT = ClassName.get("dev.rivulet.checkpoint", "Checkpoint");
    static final ClassName STATEFUL_TRANSFORM = ClassName.get("dev.rivulet.transform", "StatefulTransform");
    static final ClassName CALLBACK_REGISTRY = ClassName.get("dev.rivulet.registry", "CallbackRegistry");
    static final ClassName STREAM_DECLARATION = ClassName.get("dev.rivulet.registry", "StreamDeclaration");
    static final ClassName EXECUTION = ClassName.get("dev.rivulet.registry", "Execution");
    static final ClassName REGISTRY_GENERATED = ClassName.get("dev.rivulet.registry", "RegistryGenerated");

    private RuntimeTypes() {}

    /** Whether a type is the named class. */
    static boolean is(TypeMirror type, ClassName name) {
        return type instanceof DeclaredType declared
                && ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(name.canonicalName());
    }
}
