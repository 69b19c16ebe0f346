package dev.rivulet.internal.declaration;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.policy.RegistryName;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.MissingRegistryException;
import dev.rivulet.registry.RuntimeVersion;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the generated registries of a class and its supertypes, once, before training starts. */
public final class RegistryLookup {
    private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(
            WeightTransform.class,
            WeightTransform.List.class,
            CheckpointStream.class,
            CheckpointStream.List.class,
            TransformWhen.class,
            OnSaveCheckpoint.class,
            OnLoadCheckpoint.class);

    private RegistryLookup() {}

    /**
     * One registry for each type in the class's hierarchy that has annotations, supertypes first.
     *
     * @throws MissingRegistryException if a type has annotations but no registry; the message contains the remedy
     */
    public static List<CallbackRegistry<?>> find(Class<?> owner) {
        Set<Class<?>> types = new LinkedHashSet<>();
        collectSupertypesFirst(owner, types);
        List<CallbackRegistry<?>> registries = new ArrayList<>();
        for (Class<?> type : types) {
            if (isAnnotated(type)) {
                registries.add(create(type));
            }
        }
        return registries;
    }

    private static void collectSupertypesFirst(Class<?> type, Set<Class<?>> types) {
        if (type.getSuperclass() != null) {
            collectSupertypesFirst(type.getSuperclass(), types);
        }
        for (Class<?> superinterface : type.getInterfaces()) {
            collectSupertypesFirst(superinterface, types);
        }
        types.add(type);
    }

    private static boolean isAnnotated(Class<?> type) {
        return Stream.of(
                        Stream.of(type),
                        Arrays.stream(type.getDeclaredMethods()),
                        Arrays.stream(type.getDeclaredFields()))
                .<AnnotatedElement>flatMap(elements -> elements)
                .anyMatch(element -> ANNOTATIONS.stream().anyMatch(element::isAnnotationPresent));
    }

    private static CallbackRegistry<?> create(Class<?> owner) {
        String name = RegistryName.of(owner.getName());
        try {
            Constructor<?> constructor =
                    Class.forName(name, true, owner.getClassLoader()).getDeclaredConstructor();
            // A registry is as visible as its class, which need not be public.
            constructor.setAccessible(true);
            return (CallbackRegistry<?>) constructor.newInstance();
        } catch (ClassNotFoundException e) {
            throw new MissingRegistryException(notFound(owner, name), e);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new MissingRegistryException(unusable(owner, name, e), e);
        }
    }

    private static String notFound(Class<?> owner, String registry) {
        if (owner.isLocalClass() || owner.isAnonymousClass()) {
            return owner.getName() + " is a local or anonymous class, which annotation processors do not process."
                    + " Make it a top-level or member class.";
        }
        return owner.getName() + " has Rivulet's annotations, but " + registry + " was not generated from them.\n"
                + "The annotation processor did not run when the class was compiled. JDK 23 and later run"
                + " only explicitly configured processors. With Maven:\n\n"
                + "  <plugin>\n"
                + "    <artifactId>maven-compiler-plugin</artifactId>\n"
                + "    <configuration>\n"
                + "      <annotationProcessorPaths>\n"
                + "        <path>\n"
                + "          <groupId>dev.rivulet</groupId>\n"
                + "          <artifactId>rivulet-processor</artifactId>\n"
                + "          <version>" + RuntimeVersion.current() + "</version>\n"
                + "        </path>\n"
                + "      </annotationProcessorPaths>\n"
                + "    </configuration>\n"
                + "  </plugin>\n\n"
                + "With Gradle: annotationProcessor(\"dev.rivulet:rivulet-processor:"
                + RuntimeVersion.current() + "\").";
    }

    private static String unusable(Class<?> owner, String registry, Exception cause) {
        return registry + " was found, but cannot be created: " + cause + ".\n"
                + "In a named module, the package must be open to the framework: add \"opens "
                + owner.getPackageName() + " to dev.rivulet;\" to module-info.java."
                + " If the class was renamed or moved, recompile it.";
    }
}
