package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * Binds JSON objects to records of one type: each member maps to the component of its name, which {@link
 * SerializedName} may change. Gson's own binding reads a missing member as zero or null, skips unknown members and
 * reads {@code "7"} as 7. That is too lax for data that decides which files are deleted; here each member must be
 * known, present and of the right type.
 *
 * <p>A component that is itself a record groups members that the JSON object lists among the others. An {@link
 * Optional} is empty where its member is missing.
 */
final class RecordReader<R> implements ManifestReader.Value<R> {
    private static final Map<Class<?>, Object> MISSING = Map.of(
            Optional.class, Optional.empty(),
            OptionalLong.class, OptionalLong.empty(),
            OptionalDouble.class, OptionalDouble.empty());

    /** Members that earlier versions did not write, and that are written only if they have another value. */
    private static final Map<String, Object> ADDED = Map.of("weights_only", false, "rolled_back", GroupSet.EMPTY);

    private final Constructor<R> constructor;
    private final List<Function<Map<String, Object>, Object>> arguments = new ArrayList<>();
    private final Map<String, ManifestReader.Value<?>> members = new HashMap<>();
    private final Set<String> required = new HashSet<>();

    RecordReader(Class<R> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            constructor = type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type + " has no canonical constructor.", e);
        }
        for (RecordComponent component : components) {
            if (component.getType().isRecord()) {
                addGroup(new RecordReader<>(component.getType()));
            } else {
                addMember(component);
            }
        }
    }

    private void addGroup(RecordReader<?> group) {
        members.putAll(group.members);
        required.addAll(group.required);
        arguments.add(group::create);
    }

    private void addMember(RecordComponent component) {
        SerializedName name = component.getAccessor().getAnnotation(SerializedName.class);
        String key = name == null ? component.getName() : name.value();
        members.put(key, ManifestReader.value(key, component.getGenericType()));
        Object missing = ADDED.containsKey(key) ? ADDED.get(key) : MISSING.get(component.getType());
        if (missing == null) {
            required.add(key);
            arguments.add(found -> Objects.requireNonNull(found.get(key), key));
        } else {
            arguments.add(found -> found.getOrDefault(key, missing));
        }
    }

    @Override
    public R read(ManifestReader json) throws IOException {
        Map<String, Object> found = new HashMap<>();
        json.expect(JsonToken.BEGIN_OBJECT, "an object");
        json.beginObject();
        while (json.hasNext()) {
            String key = json.nextName();
            ManifestReader.Value<?> value = members.get(key);
            if (value == null) {
                throw json.violation(ManifestRule.UNKNOWN_KEY, json.getPath(), "\"" + key + "\" is unknown");
            }
            if (found.containsKey(key)) {
                throw json.violation(ManifestRule.DUPLICATE_KEY, json.getPath(), "\"" + key + "\" occurs twice");
            }
            found.put(key, value.read(json));
        }
        json.endObject();
        for (String key : required) {
            if (!found.containsKey(key)) {
                String location = json.getPreviousPath() + "." + key;
                throw json.violation(ManifestRule.MISSING_KEY, location, "\"" + key + "\" is missing");
            }
        }
        return create(found);
    }

    private R create(Map<String, Object> found) {
        Object[] values =
                arguments.stream().map(argument -> argument.apply(found)).toArray();
        try {
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(constructor + " does not take members of its own types.", e);
        }
    }
}
