package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.WildcardTypeName;
import java.util.Collections;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** The type of a class as generated code names it: never raw, with {@code ?} for each type parameter. */
final class OwnerType {
    private OwnerType() {}

    static TypeName of(TypeElement type) {
        List<TypeName> wildcards = Collections.nCopies(
                type.getTypeParameters().size(), (TypeName) WildcardTypeName.subtypeOf(Object.class));
        if (!type.getModifiers().contains(Modifier.STATIC)
                && type.getEnclosingElement() instanceof TypeElement enclosing
                && of(enclosing) instanceof ParameterizedTypeName outer) {
            return outer.nestedClass(type.getSimpleName().toString(), wildcards);
        }
        ClassName name = ClassName.get(type);
        return wildcards.isEmpty() ? name : ParameterizedTypeName.get(name, wildcards.toArray(TypeName[]::new));
    }
}
