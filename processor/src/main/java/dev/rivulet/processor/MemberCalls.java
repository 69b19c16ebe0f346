package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Writes direct calls of a class's annotated members, and knows what each call throws and names. */
final class MemberCalls {
    private final Elements elements;
    private final Types types;
    private final TypeElement owner;
    private final RegistryNames names;
    private final Visibility access;

    MemberCalls(ProcessingEnvironment environment, TypeElement owner, RegistryNames names) {
        this.elements = environment.getElementUtils();
        this.types = environment.getTypeUtils();
        this.owner = owner;
        this.names = names;
        this.access = new Visibility(elements, owner);
    }

    /** The call of a transform: a method with one or two parameters, or the transform that a field holds. */
    CodeBlock transform(Element member) {
        if (member instanceof ExecutableElement method) {
            return method.getParameters().size() == 1 ? of(method, "weights") : of(method, "weights", "context");
        }
        return CodeBlock.of("$L.apply($N, $N)", field(member), names.parameter("weights"), names.parameter("context"));
    }

    /** A field whose type the registry cannot name is cast to the interface, whose method is reachable. */
    private CodeBlock field(Element field) {
        CodeBlock access = CodeBlock.of("$L.$N", module(), field.getSimpleName());
        return this.access.reaches(typeOf(field))
                ? access
                : CodeBlock.of("(($T) $L)", RuntimeTypes.STATEFUL_TRANSFORM, access);
    }

    /** The object whose members are called, as its own type. */
    CodeBlock module() {
        return OwnerType.mayBeAuxiliary(owner)
                ? CodeBlock.of("(($T) $N)", OwnerType.of(owner), names.parameter("module"))
                : CodeBlock.of("$N", names.parameter("module"));
    }

    /** The call of a method with parameters of the registry's own method, by role. */
    CodeBlock of(ExecutableElement method, String... roles) {
        CodeBlock receiver =
                method.getModifiers().contains(Modifier.STATIC) ? CodeBlock.of("$T", ClassName.get(owner)) : module();
        CodeBlock arguments = List.of(roles).stream()
                .map(role -> CodeBlock.of("$N", names.parameter(role)))
                .collect(CodeBlock.joining(", "));
        return CodeBlock.of("$L.$L($L)", receiver, method.getSimpleName(), arguments);
    }

    /** Whether a call of the member declares exceptions, of whatever type. */
    boolean declaresThrown(Element member) {
        return called(member).stream()
                .anyMatch(method -> !method.getThrownTypes().isEmpty());
    }

    /** The declarations that a call of the member names. */
    List<Element> namedBy(Element member) {
        List<Element> named = new ArrayList<>(called(member));
        if (!named.contains(member)) {
            named.add(member);
        }
        return named;
    }

    /** The keys of the warnings that naming the elements causes. */
    Set<String> deprecationWarnings(List<Element> named) {
        return new Deprecations(elements).warnings(named);
    }

    /** The method itself, or the {@code apply} of the field's type; several where it inherits more than one. */
    private List<ExecutableElement> called(Element member) {
        if (member instanceof ExecutableElement method) {
            return List.of(method);
        }
        TypeElement type = access.reaches(typeOf(member))
                ? typeOf(member)
                : elements.getTypeElement(RuntimeTypes.STATEFUL_TRANSFORM.canonicalName());
        return ElementFilter.methodsIn(elements.getAllMembers(type)).stream()
                .filter(method -> method.getSimpleName().contentEquals("apply"))
                .filter(method -> method.getParameters().size() == 2
                        && RuntimeTypes.is(method.getParameters().get(0).asType(), RuntimeTypes.STATE_DICT)
                        && RuntimeTypes.is(method.getParameters().get(1).asType(), RuntimeTypes.TRANSFORM_CONTEXT))
                .toList();
    }

    private TypeElement typeOf(Element field) {
        return (TypeElement) ((DeclaredType) types.erasure(field.asType())).asElement();
    }
}
