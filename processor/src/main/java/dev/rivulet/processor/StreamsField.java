package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import dev.rivulet.policy.StreamPolicy;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes the constant that lists a registry's streams with their policies. */
final class StreamsField {
    static final ParameterizedTypeName TYPE =
            ParameterizedTypeName.get(ClassName.get(List.class), RuntimeTypes.STREAM_DECLARATION);

    private StreamsField() {}

    static FieldSpec of(List<DeclaredStream> streams, RegistryNames names) {
        CodeBlock elements =
                streams.stream().map(stream -> declaration(stream, names)).collect(CodeBlock.joining(",\n", "", ""));
        return FieldSpec.builder(TYPE, names.streams(), Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("$T.of(\n$>$>$L$<$<)", List.class, elements)
                .build();
    }

    private static CodeBlock declaration(DeclaredStream stream, RegistryNames names) {
        CodeBlock.Builder code = CodeBlock.builder();
        code.add("$T.$N(\n$>$>", RuntimeTypes.STREAM_DECLARATION, stream.isDerived() ? "derived" : "untransformed");
        code.add("$N,", names.constant(stream.name()));
        stream.from()
                .ifPresent(from -> code.add(
                        "$W$L,$W$T.$N,$W$S,",
                        names.reference(from),
                        RuntimeTypes.EXECUTION,
                        isStatic(stream) ? "STATIC" : "INSTANCE",
                        MemberName.of(stream.element())));
        code.add("\n$L)$<$<", policy(DeclaredPolicy.of(stream.policy())));
        return code.add(stream.isLenient() ? ".lenient()" : "").build();
    }

    private static boolean isStatic(DeclaredStream stream) {
        return stream.element().getModifiers().contains(Modifier.STATIC);
    }

    private static CodeBlock policy(DeclaredPolicy policy) {
        CodeBlock.Builder code = CodeBlock.builder();
        code.add("$T.builder()", StreamPolicy.class);
        String separator = policy.settings().size() > 1 ? "\n" : "";
        code.add("$>$>");
        for (DeclaredPolicy.Setting setting : policy.settings()) {
            code.add(separator + ".$N($L)", setting.attribute(), literal(setting.value()));
        }
        return code.add(separator + ".build()$<$<").build();
    }

    private static CodeBlock literal(Object value) {
        if (value instanceof String) {
            return CodeBlock.of("$S", value);
        }
        return value instanceof Enum<?> constant
                ? CodeBlock.of("$T.$N", constant.getDeclaringClass(), constant.name())
                : CodeBlock.of("$L", value);
    }
}
