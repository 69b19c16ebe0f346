package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code @CheckpointStream} sets: the attributes that differ from their defaults, in the annotation's order.
 * Each is named like the method of {@link StreamPolicy.Builder} that takes it.
 */
record DeclaredPolicy(List<Setting> settings) {
    /** The attribute that is not part of the policy: the stream's name. */
    private static final String NAME = "value";

    /** An attribute and its value: a String, Integer, Boolean or enum constant. */
    record Setting(String attribute, Object value) {}

    /**
     * Reads the policy of a stream; empty settings if it declares none.
     *
     * @throws UnresolvedTypeException if a value cannot be read in this round
     */
    static DeclaredPolicy of(Optional<AnnotationUse> policy) {
        return new DeclaredPolicy(policy.map(DeclaredPolicy::settings).orElse(List.of()));
    }

    private static List<Setting> settings(AnnotationUse policy) {
        return policy.attributes().stream()
                .filter(attribute -> !attribute.equals(NAME))
                .flatMap(attribute ->
                        policy
                                .changed(attribute)
                                .map(value -> new Setting(attribute, constant(type(attribute), value)))
                                .stream())
                .toList();
    }

    /** The value itself, or the enum constant of that name. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // The class of an enum that is not known here.
    private static Object constant(Class<?> type, Object value) {
        return type.isEnum() ? Enum.valueOf((Class) type, value.toString()) : value;
    }

    /** The builder with all settings, which says what is wrong with them. */
    StreamPolicy.Builder toBuilder() {
        StreamPolicy.Builder builder = StreamPolicy.builder();
        for (Setting setting : settings) {
            try {
                setter(setting.attribute()).invoke(builder, setting.value());
            } catch (ReflectiveOperationException mismatch) {
                throw new IllegalStateException(mismatch);
            }
        }
        return builder;
    }

    static Method setter(String attribute) {
        try {
            return StreamPolicy.Builder.class.getMethod(attribute, type(attribute));
        } catch (NoSuchMethodException mismatch) {
            throw new IllegalStateException("The builder of policies does not take " + attribute + ".", mismatch);
        }
    }

    private static Class<?> type(String attribute) {
        try {
            return CheckpointStream.class.getMethod(attribute).getReturnType();
        } catch (NoSuchMethodException mismatch) {
            throw new IllegalStateException("@CheckpointStream has another version than the processor.", mismatch);
        }
    }
}
