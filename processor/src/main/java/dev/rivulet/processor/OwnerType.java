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

    /**
     * The type of a class in the signatures of its registry. It is {@code Object} if the class may be an auxiliary one,
     * that is, share a file with another: javac warns of each use in another file, and heeds
     * {@code @SuppressWarnings("auxiliaryclass")} in the bodies of methods only.
     */
    static TypeName inSignatures(TypeElement type) {
        return mayBeAuxiliary(type) ? ClassName.OBJECT : of(type);
    }

    /** Whether the outermost class need not have a file of its own; processors cannot see which file it has. */
    static boolean mayBeAuxiliary(TypeElement type) {
        return type.getEnclosingElement() instanceof TypeElement enclosing
                ? mayBeAuxiliary(enclosing)
                : !type.getModifiers().contains(Modifier.PUBLIC);
    }

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
