package dev.rivulet.registry;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.policy.RegistryName;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the generated registries of a class and of its supertypes, once, before training begins. */
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
     * @param contract the interface that registries implement
     * @throws MissingRegistryException if a type has annotations but no registry; the message says what to do
     */
    public static <T> List<T> find(Class<?> owner, Class<T> contract) {
        Set<Class<?>> types = new LinkedHashSet<>();
        collectSupertypesFirst(owner, types);
        return types.stream()
                .filter(RegistryLookup::isAnnotated)
                .map(type -> contract.cast(create(type)))
                .toList();
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

    private static Object create(Class<?> owner) {
        String name = RegistryName.of(owner.getName());
        try {
            Constructor<?> constructor =
                    Class.forName(name, true, owner.getClassLoader()).getDeclaredConstructor();
            // A registry is as visible as its class, which need not be public.
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ClassNotFoundException e) {
            throw MissingRegistryException.notFound(owner, name, e);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw MissingRegistryException.unusable(owner, name, e);
        }
    }
}
