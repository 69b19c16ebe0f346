package dev.rivulet.processor;

import dev.rivulet.policy.RegistryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Checks that a class can have a registry: that code in its package can name it, and that the registry's name is free.
 */
final class OwnerCheck {
    /** More underscores than this in one name are not tried for collisions: the tries double with each. */
    private static final int TRIED_UNDERSCORES = 8;

    private final SourceVersion source;
    private final Elements elements;
    private final TypeElement owner;
    private final ErrorReporter reporter;

    OwnerCheck(ProcessingEnvironment environment, TypeElement owner, ErrorReporter reporter) {
        this.source = environment.getSourceVersion();
        this.elements = environment.getElementUtils();
        this.owner = owner;
        this.reporter = reporter;
    }

    /** Whether a registry can be written. */
    boolean check() {
        return isJava17() && isSupported() && isReachable() && seesRuntime() && hasFreeName();
    }

    private boolean isJava17() {
        if (source.compareTo(SourceVersion.RELEASE_17) >= 0) {
            return true;
        }
        reporter.add(
                Diagnostic.SOURCE_LEVEL,
                Position.at(owner),
                MemberName.of(owner),
                source.name().replace("RELEASE_", ""));
        return false;
    }

    private boolean isSupported() {
        if (owner.getKind() == ElementKind.ANNOTATION_TYPE) {
            reporter.add(Diagnostic.UNSUPPORTED_OWNER, Position.at(owner), MemberName.of(owner));
            return false;
        }
        return true;
    }

    private boolean isReachable() {
        for (Element type = owner; type instanceof TypeElement; type = type.getEnclosingElement()) {
            if (type.getModifiers().contains(Modifier.PRIVATE)) {
                reporter.add(
                        Diagnostic.PRIVATE_CLASS,
                        Position.at(type),
                        MemberName.of(type),
                        MemberName.of(owner),
                        ShapeCheck.visibleRemedy(type));
                return false;
            }
        }
        return true;
    }

    private boolean seesRuntime() {
        if (Visibility.visibleType(elements, owner, RuntimeTypes.CALLBACK_REGISTRY.canonicalName())
                .isPresent()) {
            return true;
        }
        reporter.add(Diagnostic.RUNTIME_MISSING, Position.at(owner), MemberName.of(owner));
        return false;
    }

    /** Joining nested names by underscores can give one name twice, and a class of the user may have it too. */
    private boolean hasFreeName() {
        String registry = RegistryName.of(elements.getBinaryName(owner).toString());
        Optional<TypeElement> holder = type(registry)
                .filter(type -> !isRegistry(type))
                .or(() -> classesWithRegistry(registry).stream()
                        .filter(type -> !type.equals(owner))
                        .findFirst());
        holder.ifPresent(type -> reporter.add(
                Diagnostic.REGISTRY_NAME_TAKEN,
                Position.at(owner),
                MemberName.of(owner),
                registry.substring(registry.lastIndexOf('.') + 1),
                type.getQualifiedName() + (isNamed(type, registry) ? "" : " too")));
        return holder.isEmpty();
    }

    private static boolean isNamed(TypeElement type, String name) {
        return type.getQualifiedName().contentEquals(name);
    }

    /** Whether an earlier build generated the type. */
    private static boolean isRegistry(TypeElement type) {
        return type.getAnnotationMirrors().stream()
                .anyMatch(mirror -> RuntimeTypes.is(mirror.getAnnotationType(), RuntimeTypes.REGISTRY_GENERATED));
    }

    /** The classes whose registry would have this name, such as {@code A_B} and the {@code B} nested in {@code A}. */
    private List<TypeElement> classesWithRegistry(String registry) {
        String base =
                registry.substring(0, registry.length() - RegistryName.of("").length());
        int simpleName = base.lastIndexOf('.') + 1;
        List<String> names = new ArrayList<>(List.of(""));
        for (char c : base.substring(simpleName).toCharArray()) {
            List<String> longer = new ArrayList<>();
            for (String name : names) {
                longer.add(name + c);
                if (c == '_' && names.size() < 1 << TRIED_UNDERSCORES) {
                    longer.add(name + '.');
                }
            }
            names = longer;
        }
        return names.stream()
                .map(name -> base.substring(0, simpleName) + name)
                .filter(SourceVersion::isName)
                .flatMap(name -> type(name).stream())
                .filter(type ->
                        !DeclarationReader.read(type, new ErrorReporter()).isEmpty())
                .toList();
    }

    /** A type of the owner's own module. */
    private Optional<TypeElement> type(String name) {
        return Visibility.visibleType(elements, owner, name);
    }
}
