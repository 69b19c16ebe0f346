package dev.rivulet.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import dev.rivulet.policy.RegistryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Writes the registry of a class from its checked declarations:
 *
 * <pre>{@code
 * public final class DigitsModuleCallbackRegistry implements CallbackRegistry<DigitsModule> {
 *   public static final String TRANSFORMED = "transformed";
 *
 *   private static final List<StreamDeclaration> STREAMS = List.of(
 *       StreamDeclaration.derived(TRANSFORMED, CheckpointStream.ORIGINAL, Execution.STATIC, "DigitsModule#halve", …));
 *
 *   public StateDict transform(String stream, DigitsModule module, StateDict weights, TransformContext context) {
 *     return switch (stream) {
 *       case TRANSFORMED -> DigitsModule.halve(weights);
 *       default -> throw CallbackRegistry.noTransform(stream);
 *     };
 *   }
 * }
 * }</pre>
 */
final class RegistryWriter {
    private final ProcessingEnvironment environment;
    private final Elements elements;

    RegistryWriter(ProcessingEnvironment environment) {
        this.environment = environment;
        this.elements = environment.getElementUtils();
    }

    /** Name of the registry of a class. */
    ClassName nameFor(TypeElement owner) {
        String binaryName = RegistryName.of(elements.getBinaryName(owner).toString());
        String packageName = elements.getPackageOf(owner).getQualifiedName().toString();
        return ClassName.get(packageName, binaryName.substring(binaryName.lastIndexOf('.') + 1));
    }

    JavaFile write(Declarations declarations) {
        TypeElement owner = declarations.owner();
        ClassName name = nameFor(owner);
        RegistryNames names = new RegistryNames(declarations);
        TypeSpec.Builder type = TypeSpec.classBuilder(name)
                .addOriginatingElement(owner)
                .addJavadoc("The checkpoint streams of {@link $T}.\n", ClassName.get(owner))
                .addModifiers(visibility(owner))
                .addModifiers(Modifier.FINAL)
                .addSuperinterface(
                        ParameterizedTypeName.get(RuntimeTypes.CALLBACK_REGISTRY, OwnerType.inSignatures(owner)));
        new GeneratedMarker(elements).on(owner).ifPresent(type::addAnnotation);
        type.addAnnotation(RuntimeTypes.REGISTRY_GENERATED);
        Set<String> ownersWarnings = new Deprecations(elements).warnings(enclosingTypes(owner));
        if (OwnerType.mayBeAuxiliary(owner)) {
            // The Eclipse compiler warns of a key that it does not know, unless all are suppressed.
            ownersWarnings.addAll(List.of("all", "auxiliaryclass"));
        }
        Deprecations.suppressing(ownersWarnings).ifPresent(type::addAnnotation);

        for (DeclaredStream stream : declarations.streams()) {
            type.addField(constant(stream, names));
        }
        if (!declarations.streams().isEmpty()) {
            type.addField(StreamsField.of(declarations.streams(), names));
        }
        if (visibility(owner).length > 0) {
            type.addMethod(constructor());
        }
        type.addMethod(streams(declarations, names));
        type.addMethods(new RegistryMethods(environment, declarations, names, ownersWarnings).write());
        return JavaFile.builder(name.packageName(), type.build())
                .skipJavaLangImports(!hidesJavaLang(name.packageName()))
                .build();
    }

    /** As visible as the class, whose type is in the signatures: a wider registry would leak it from a module. */
    private static Modifier[] visibility(TypeElement owner) {
        return enclosingTypes(owner).stream()
                        .allMatch(type -> type.getModifiers().contains(Modifier.PUBLIC))
                ? new Modifier[] {Modifier.PUBLIC}
                : new Modifier[0];
    }

    private static List<TypeElement> enclosingTypes(TypeElement innermost) {
        List<TypeElement> types = new ArrayList<>();
        for (Element element = innermost; element instanceof TypeElement type; element = type.getEnclosingElement()) {
            types.add(type);
        }
        return types;
    }

    private static FieldSpec constant(DeclaredStream stream, RegistryNames names) {
        return FieldSpec.builder(String.class, names.constant(stream.name()))
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc(
                        stream.isDerived() ? "{@link $L}\n" : "The untransformed weights of {@link $L}.\n",
                        JavadocLink.to(stream.element()))
                .initializer("$S", stream.name())
                .build();
    }

    /** Written out, for javac warns of default constructors in exported packages. */
    private static MethodSpec constructor() {
        return MethodSpec.constructorBuilder()
                .addJavadoc("For the runtime, which finds the class by its name.\n")
                .addModifiers(Modifier.PUBLIC)
                .build();
    }

    private static MethodSpec streams(Declarations declarations, RegistryNames names) {
        MethodSpec.Builder method = MethodSpec.methodBuilder("streams")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(StreamsField.TYPE);
        return declarations.streams().isEmpty()
                ? method.addStatement("return $T.of()", List.class).build()
                : method.addStatement("return $N", names.streams()).build();
    }

    /** Whether a class of the package hides one of java.lang that registries name, so that it must be imported. */
    private boolean hidesJavaLang(String packageName) {
        return List.of("Object", "String", "Override", "Throwable", "SuppressWarnings").stream()
                .anyMatch(name ->
                        elements.getTypeElement(packageName.isEmpty() ? name : packageName + "." + name) != null);
    }
}
