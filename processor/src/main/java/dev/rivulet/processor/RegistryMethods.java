package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;

/** Writes the methods of a registry that call the user's members, each only if it has something to call. */
final class RegistryMethods {
    private final Declarations declarations;
    private final RegistryNames names;
    private final MemberCalls calls;
    private final Set<String> suppressed;

    /**
     * Prepares the methods.
     *
     * @param suppressed the warnings that the class suppresses as a whole
     */
    RegistryMethods(
            ProcessingEnvironment environment, Declarations declarations, RegistryNames names, Set<String> suppressed) {
        this.declarations = declarations;
        this.names = names;
        this.calls = new MemberCalls(environment, declarations.owner(), names);
        this.suppressed = suppressed;
    }

    List<MethodSpec> write() {
        List<MethodSpec> methods = new ArrayList<>();
        Map<Element, List<String>> transforms = new LinkedHashMap<>();
        for (DeclaredStream stream : declarations.derived()) {
            transforms
                    .computeIfAbsent(stream.element(), element -> new ArrayList<>())
                    .add(stream.name());
        }
        List<Element> fields = transforms.keySet().stream()
                .filter(member -> !(member instanceof ExecutableElement))
                .toList();
        if (!fields.isEmpty()) {
            methods.add(statefulTransforms(fields));
        }
        if (!transforms.isEmpty()) {
            methods.add(transform(transforms));
        }
        List<Hook> conditions = declarations.hooks(HookKind.CONDITION);
        if (!conditions.isEmpty()) {
            methods.add(saves(conditions));
        }
        for (HookKind kind : List.of(HookKind.SAVE, HookKind.LOAD)) {
            List<Hook> hooks = declarations.hooks(kind);
            if (!hooks.isEmpty()) {
                methods.add(hook(kind == HookKind.SAVE ? "onSaveCheckpoint" : "onLoadCheckpoint", hooks));
            }
        }
        return methods;
    }

    private MethodSpec statefulTransforms(List<Element> fields) {
        TypeName type = ParameterizedTypeName.get(
                ClassName.get(Map.class), ClassName.get(String.class), RuntimeTypes.STATEFUL_TRANSFORM);
        MethodSpec.Builder method = MethodSpec.methodBuilder("statefulTransforms")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(type)
                .addParameter(OwnerType.inSignatures(declarations.owner()), names.parameter("module"))
                .addStatement("$T $N = new $T<>()", type, names.parameter("transforms"), LinkedHashMap.class);
        for (Element field : fields) {
            method.addStatement(
                    "$1N.put($2S, $3T.requireNonNull($4L.$5N, $2S))",
                    names.parameter("transforms"),
                    MemberName.of(field),
                    Objects.class,
                    calls.module(),
                    field.getSimpleName());
        }
        method.addStatement("return $N", names.parameter("transforms"));
        suppress(method, fields);
        return method.build();
    }

    private MethodSpec transform(Map<Element, List<String>> streams) {
        MethodSpec.Builder method = calling("transform", streams.keySet())
                .returns(RuntimeTypes.STATE_DICT)
                .addParameter(RuntimeTypes.STATE_DICT, names.parameter("weights"))
                .addParameter(RuntimeTypes.TRANSFORM_CONTEXT, names.parameter("context"));
        beginSwitch(method);
        streams.forEach((member, cases) -> addCase(method, cases, calls.transform(member)));
        method.addStatement(
                "default -> throw $T.noTransform($N)", RuntimeTypes.CALLBACK_REGISTRY, names.parameter("stream"));
        return endSwitch(method);
    }

    private MethodSpec saves(List<Hook> conditions) {
        MethodSpec.Builder method = calling("saves", members(conditions))
                .addJavadoc("Asks $L.\n", links(conditions))
                .returns(boolean.class)
                .addParameter(RuntimeTypes.TRANSFORM_CONTEXT, names.parameter("context"));
        beginSwitch(method);
        for (Hook condition : conditions) {
            addCase(method, condition.streamNames(), calls.of(condition.method(), "context"));
        }
        method.addStatement("default -> true");
        return endSwitch(method);
    }

    private MethodSpec hook(String name, List<Hook> hooks) {
        MethodSpec.Builder method = calling(name, members(hooks))
                .addJavadoc("Calls $L.\n", links(hooks))
                .addParameter(RuntimeTypes.CHECKPOINT, names.parameter("checkpoint"));
        for (Hook hook : hooks) {
            CodeBlock call = calls.of(hook.method(), "checkpoint");
            if (hook.streams().isEmpty()) {
                method.addStatement(call);
            } else {
                CodeBlock named = hook.streamNames().stream()
                        .map(stream ->
                                CodeBlock.of("$N.equals($L)", names.parameter("stream"), names.reference(stream)))
                        .collect(CodeBlock.joining("$W|| "));
                method.beginControlFlow("if ($L)", named).addStatement(call).endControlFlow();
            }
        }
        return method.build();
    }

    private static CodeBlock links(List<Hook> hooks) {
        return hooks.stream()
                .map(hook -> CodeBlock.of("{@link $L}", JavadocLink.to(hook.method())))
                .collect(CodeBlock.joining(",\n"));
    }

    /** A method that calls members: it may throw what they throw, and suppresses the warnings that they cause. */
    private MethodSpec.Builder calling(String name, Collection<? extends Element> members) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(String.class, names.parameter("stream"))
                .addParameter(OwnerType.inSignatures(declarations.owner()), names.parameter("module"));
        if (members.stream().anyMatch(calls::declaresThrown)) {
            // As the interface does: the types themselves may be private, deprecated, not exported or type variables.
            method.addException(Throwable.class);
        }
        List<Element> named = new ArrayList<>();
        members.forEach(member -> named.addAll(calls.namedBy(member)));
        suppress(method, named);
        return method;
    }

    private static List<Element> members(List<Hook> hooks) {
        return hooks.stream().map(hook -> (Element) hook.method()).toList();
    }

    private void suppress(MethodSpec.Builder method, List<Element> named) {
        Set<String> warnings = new TreeSet<>(calls.deprecationWarnings(named));
        warnings.removeAll(suppressed);
        Deprecations.suppressing(warnings).ifPresent(method::addAnnotation);
    }

    private void beginSwitch(MethodSpec.Builder method) {
        method.addCode("return switch ($N) {\n$>", names.parameter("stream"));
    }

    private void addCase(MethodSpec.Builder method, Collection<String> streams, CodeBlock call) {
        CodeBlock labels = streams.stream().map(names::reference).collect(CodeBlock.joining(", "));
        method.addStatement("case $L -> $L", labels, call);
    }

    private static MethodSpec endSwitch(MethodSpec.Builder method) {
        return method.addCode("$<};\n").build();
    }
}
