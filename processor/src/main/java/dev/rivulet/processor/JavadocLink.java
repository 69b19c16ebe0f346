package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.TypeName;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** Writes the target of a {@code link} tag, so that one click leads from generated code to the source. */
final class JavadocLink {
    private JavadocLink() {}

    static CodeBlock to(Element element) {
        if (element instanceof TypeElement type) {
            return CodeBlock.of("$T", ClassName.get(type));
        }
        ClassName owner = ClassName.get((TypeElement) element.getEnclosingElement());
        if (element instanceof ExecutableElement method) {
            CodeBlock parameters = method.getParameters().stream()
                    .map(parameter -> CodeBlock.of("$T", TypeName.get(parameter.asType())))
                    .collect(CodeBlock.joining(", "));
            return CodeBlock.of("$T#$L($L)", owner, method.getSimpleName(), parameters);
        }
        return CodeBlock.of("$T#$L", owner, element.getSimpleName());
    }
}
