package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.policy.RegistryName;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StatefulTransform;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares registries of random classes with what reflection finds in the same classes. */
@NullUnmarked // Registries are called with nulls: the random members log their calls and look at nothing.
@Tag("slow")
class RegistryOracleTest {
    private static final int PACKAGES = 120;

    @Test
    void registriesListAndCallWhatReflectionFinds() throws Throwable {
        RandomGenerator random = Seed.generator("oracle");
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < PACKAGES; i++) {
            sources.add(Source.named("p" + i + "/Log", RandomDeclarations.write("p" + i, random)));
        }
        Compiled compiled =
                Compilation.javac().options("-Xlint:-auxiliaryclass").compile(sources);
        assertThat(compiled.messages()).as(Seed.hint()).isEmpty();
        ClassLoader loader = compiled.load();
        int checked = 0;
        for (String name : compiled.classes().keySet()) {
            Class<?> type = Class.forName(name, true, loader);
            boolean declares = !streams(type).isEmpty() || !hooks(type).isEmpty();
            assertThat(compiled.classes().containsKey(RegistryName.of(name)))
                    .as("%s: registry of %s", Seed.hint(), name)
                    .isEqualTo(declares);
            if (declares) {
                check(type, registry(type));
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(PACKAGES / 2);
    }

    @SuppressWarnings("unchecked") // The registry of a class takes its instances.
    private static CallbackRegistry<Object> registry(Class<?> type) throws ReflectiveOperationException {
        return (CallbackRegistry<Object>)
                newInstance(Class.forName(RegistryName.of(type.getName()), true, type.getClassLoader()));
    }

    private static Object newInstance(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static void check(Class<?> type, CallbackRegistry<Object> registry) throws Throwable {
        Object module = newInstance(type);
        List<String> calls = calls(type);
        Map<String, StreamDeclaration> expected = streams(type);
        assertThat(registry.streams())
                .as("%s: streams of %s", Seed.hint(), type)
                .containsExactlyInAnyOrderElementsOf(expected.values());
        assertThatThrownBy(() -> registry.transform("unknown", module, null, null))
                .isInstanceOf(IllegalArgumentException.class);

        Map<String, Member> transforms = transforms(type);
        for (String stream : streamsToTry(expected)) {
            if (transforms.containsKey(stream)) {
                registry.transform(stream, module, null, null);
                assertThat(calls).as(Seed.hint()).containsExactly(call(transforms.get(stream)));
                calls.clear();
            }
            boolean saves = registry.saves(stream, module, null);
            List<String> conditions = callsFor(type, TransformWhen.class, TransformWhen::value, stream);
            assertThat(calls).as(Seed.hint()).isEqualTo(conditions);
            assertThat(saves).isEqualTo(conditions.isEmpty());
            calls.clear();

            registry.onSaveCheckpoint(stream, module, null);
            assertThat(calls)
                    .as(Seed.hint())
                    .containsExactlyInAnyOrderElementsOf(
                            callsFor(type, OnSaveCheckpoint.class, OnSaveCheckpoint::value, stream));
            calls.clear();

            registry.onLoadCheckpoint(stream, module, null);
            assertThat(calls)
                    .as(Seed.hint())
                    .containsExactlyInAnyOrderElementsOf(
                            callsFor(type, OnLoadCheckpoint.class, OnLoadCheckpoint::value, stream));
            calls.clear();
        }
        assertThat(registry.statefulTransforms(module).values())
                .as(Seed.hint())
                .containsExactlyInAnyOrderElementsOf(fieldValues(type, module));
    }

    private static Set<String> streamsToTry(Map<String, StreamDeclaration> declared) {
        Set<String> streams = new TreeSet<>(declared.keySet());
        streams.add("original");
        return streams;
    }

    // The oracle: what reflection finds.

    private static Map<String, StreamDeclaration> streams(Class<?> type) {
        Map<String, StreamDeclaration> streams = new HashMap<>();
        for (CheckpointStream policy : type.getDeclaredAnnotationsByType(CheckpointStream.class)) {
            String name = policy.value().isEmpty() ? "original" : policy.value();
            streams.put(name, StreamDeclaration.untransformed(name, policy(policy)));
        }
        for (Member member : members(type)) {
            AnnotatedElement element = (AnnotatedElement) member;
            for (WeightTransform transform : element.getDeclaredAnnotationsByType(WeightTransform.class)) {
                StreamPolicy policy = Arrays.stream(element.getDeclaredAnnotationsByType(CheckpointStream.class))
                        .filter(candidate -> candidate.value().equals(transform.value()))
                        .findFirst()
                        .map(RegistryOracleTest::policy)
                        .orElseGet(() -> StreamPolicy.builder().build());
                Execution execution = Modifier.isStatic(member.getModifiers()) ? Execution.STATIC : Execution.INSTANCE;
                String name = (type.getEnclosingClass() == null
                                ? ""
                                : type.getEnclosingClass().getSimpleName() + ".") + type.getSimpleName() + "#"
                        + member.getName();
                StreamDeclaration strict =
                        StreamDeclaration.derived(transform.value(), transform.from(), execution, name, policy);
                streams.put(transform.value(), transform.strict() ? strict : strict.lenient());
            }
        }
        return streams;
    }

    private static StreamPolicy policy(CheckpointStream policy) {
        return StreamPolicy.builder()
                .saveTopK(policy.saveTopK())
                .monitor(policy.monitor())
                .dirpath(policy.dirpath())
                .everyNEpochs(policy.everyNEpochs())
                .build();
    }

    private static Map<String, Member> transforms(Class<?> type) {
        Map<String, Member> transforms = new HashMap<>();
        for (Member member : members(type)) {
            for (WeightTransform transform :
                    ((AnnotatedElement) member).getDeclaredAnnotationsByType(WeightTransform.class)) {
                transforms.put(transform.value(), member);
            }
        }
        return transforms;
    }

    private static List<Method> hooks(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getAnnotations().length > 0)
                .toList();
    }

    /** The calls due for a stream; {@code @OnSaveCheckpoint} on a transform causes none. */
    private static <A extends Annotation> List<String> callsFor(
            Class<?> type, Class<A> annotation, Function<A, String[]> streams, String stream) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(annotation))
                .filter(method -> method.getDeclaredAnnotationsByType(WeightTransform.class).length == 0)
                .filter(method -> {
                    List<String> named = List.of(streams.apply(method.getAnnotation(annotation)));
                    return named.isEmpty() || named.contains(stream);
                })
                .map(RegistryOracleTest::call)
                .toList();
    }

    private static List<StatefulTransform> fieldValues(Class<?> type, Object module) throws IllegalAccessException {
        List<StatefulTransform> values = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (field.getDeclaredAnnotationsByType(WeightTransform.class).length > 0) {
                field.setAccessible(true);
                values.add((StatefulTransform) field.get(module));
            }
        }
        return values;
    }

    private static List<Member> members(Class<?> type) {
        List<Member> members = new ArrayList<>(List.of(type.getDeclaredFields()));
        members.addAll(List.of(type.getDeclaredMethods()));
        return members;
    }

    /** What a member logs when it is called with nulls. */
    private static String call(Member member) {
        int arguments = member instanceof Method method ? method.getParameterCount() : 2;
        return member.getName() + (arguments == 1 ? "[null]" : "[null, null]");
    }

    @SuppressWarnings("unchecked") // Log.CALLS is a list of strings.
    private static List<String> calls(Class<?> type) throws ReflectiveOperationException {
        Field calls = Class.forName(type.getPackageName() + ".Log", true, type.getClassLoader())
                .getDeclaredField("CALLS");
        calls.setAccessible(true);
        return (List<String>) calls.get(null);
    }
}
