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
import java.util.Locale;
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
                + "The annotation processor did not run when the class was compiled. " + remedy(owner);
    }

    private static String remedy(Class<?> owner) {
        if (owner.getName().startsWith("REPL.")) {
            return "JShell runs none: compile the class with javac, Maven or Gradle, and start jshell with"
                    + " --class-path and the folder or jar that it is in.";
        }
        String processor = "dev.rivulet:rivulet-processor:" + RuntimeVersion.current();
        boolean isKotlin = Stream.of(owner.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().getName().equals("kotlin.Metadata"));
        if (isKotlin) {
            return "Kotlin runs it through kapt (KSP cannot). With Gradle: apply the plugin kotlin(\"kapt\"), and add"
                    + " kapt(\"" + processor + "\") to the dependencies. With Maven: add the goal kapt of"
                    + " kotlin-maven-plugin before the goal compile, with\n\n" + processorPaths();
        }
        return "JDK 23 and later run only explicitly configured processors, and \"java File.java\" runs none."
                + " With Maven:\n\n"
                + "  <plugin>\n"
                + "    <artifactId>maven-compiler-plugin</artifactId>\n"
                + processorPaths().indent(4)
                + "  </plugin>\n\n"
                + "With Gradle: annotationProcessor(\"" + processor + "\")."
                + " With javac: --processor-path and the jar of the processor.";
    }

    private static String processorPaths() {
        return String.format(Locale.ROOT, """
            <configuration>
              <annotationProcessorPaths>
                <path>
                  <groupId>dev.rivulet</groupId>
                  <artifactId>rivulet-processor</artifactId>
                  <version>%s</version>
                </path>
              </annotationProcessorPaths>
            </configuration>
            """, RuntimeVersion.current());
    }

    private static String unusable(Class<?> owner, String registry, Exception cause) {
        return registry + " was found, but cannot be created: " + cause + ".\n"
                + "In a named module, the package must be open to the framework: add \"opens "
                + owner.getPackageName() + " to dev.rivulet;\" to module-info.java."
                + " If the class was renamed or moved, recompile it.";
    }
}
