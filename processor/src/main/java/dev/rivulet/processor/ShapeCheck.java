package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Checks that a registry can call a member: its signature or type, and whether it can be reached. */
final class ShapeCheck {
    private final Elements elements;
    private final Types types;
    private final ErrorReporter reporter;

    /** The results for members with several annotations, so that nothing is reported twice. */
    private final Map<Element, Boolean> transforms = new HashMap<>();

    ShapeCheck(Elements elements, Types types, ErrorReporter reporter) {
        this.elements = elements;
        this.types = types;
        this.reporter = reporter;
    }

    /** Whether a stream's transform can be called; a stream of untransformed weights has none. */
    boolean isCallable(DeclaredStream stream) {
        Element member = stream.element();
        if (!stream.isDerived()) {
            return true;
        }
        Boolean known = transforms.get(member);
        if (known == null) {
            known = member instanceof ExecutableElement method ? isTransform(method) : isTransformField(member);
            transforms.put(member, known);
        }
        return known;
    }

    boolean isCallable(Hook hook) {
        ExecutableElement method = hook.method();
        boolean fits = method.getReturnType().getKind() == hook.kind().result()
                && parametersAre(method, hook.kind().parameter());
        String remedy = "\"" + hook.kind().signature(method) + "\"";
        return hasSignature(method, fits, hook.kind().annotation().getSimpleName(), remedy) && isReachable(method);
    }

    private boolean isTransform(ExecutableElement method) {
        boolean fits = RuntimeTypes.is(method.getReturnType(), RuntimeTypes.STATE_DICT)
                && (parametersAre(method, RuntimeTypes.STATE_DICT)
                        || parametersAre(method, RuntimeTypes.STATE_DICT, RuntimeTypes.TRANSFORM_CONTEXT));
        String name = method.getSimpleName().toString();
        String remedy = Kotlin.isLanguageOf(method)
                ? "\"fun %1$s(weights: StateDict): StateDict\""
                        + " or \"fun %1$s(weights: StateDict, context: TransformContext): StateDict\""
                : "\"StateDict %1$s(StateDict)\" or \"StateDict %1$s(StateDict, TransformContext)\"";
        return hasSignature(method, fits, "WeightTransform", String.format(Locale.ROOT, remedy, name))
                && isReachable(method);
    }

    private boolean hasSignature(ExecutableElement method, boolean fits, String annotation, String remedy) {
        if (fits) {
            return true;
        }
        Optional<TypeMirror> variable = Stream.concat(
                        Stream.of(method.getReturnType()),
                        method.getParameters().stream().map(VariableElement::asType))
                .filter(type -> type.getKind() == TypeKind.TYPEVAR)
                .findFirst();
        String name = MemberName.of(method);
        if (variable.isPresent()) {
            reporter.add(Diagnostic.GENERIC_SIGNATURE, Position.at(method), name, variable.get(), remedy);
        } else {
            reporter.add(Diagnostic.WRONG_SIGNATURE, Position.at(method), name, annotation, remedy);
        }
        return false;
    }

    private static boolean parametersAre(ExecutableElement method, ClassName... expected) {
        List<? extends VariableElement> parameters = method.getParameters();
        boolean same = parameters.size() == expected.length;
        for (int i = 0; same && i < expected.length; i++) {
            same = RuntimeTypes.is(parameters.get(i).asType(), expected[i]);
        }
        return same;
    }

    private boolean isTransformField(Element field) {
        TypeElement contract = elements.getTypeElement(RuntimeTypes.STATEFUL_TRANSFORM.canonicalName());
        if (contract == null || !types.isAssignable(types.erasure(field.asType()), contract.asType())) {
            reporter.add(Diagnostic.FIELD_NOT_TRANSFORM, Position.at(field), MemberName.of(field), field.asType());
            return false;
        }
        if (field.getModifiers().contains(Modifier.STATIC)) {
            String remedy = Kotlin.isLanguageOf(field)
                    ? "Move the property out of the companion object, and annotate it with @JvmField."
                    : "Make it an instance field.";
            reporter.add(Diagnostic.STATIC_TRANSFORM_FIELD, Position.at(field), MemberName.of(field), remedy);
            return false;
        }
        return isReachable(field);
    }

    private boolean isReachable(Element member) {
        if (member.getModifiers().contains(Modifier.PRIVATE)) {
            reporter.add(Diagnostic.PRIVATE_MEMBER, Position.at(member), MemberName.of(member), visibleRemedy(member));
            return false;
        }
        return true;
    }

    /** What makes a private member or class visible to the registry. */
    static String visibleRemedy(Element element) {
        if (!Kotlin.isLanguageOf(element)) {
            return "Remove \"private\": the registry lives in the same package.";
        }
        return element.getKind() == ElementKind.FIELD
                ? "Annotate the property with @JvmField, and do not make it private."
                : "Make it internal or public.";
    }
}
