package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.hook.ModelHooks;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallbackHooksTest {

    /** A hook that is missing here still compiles, because {@link ModelHooks} has defaults, and is never called. */
    @Test
    void passesEveryHookOnToTheCallback() {
        assertThat(names(CallbackHooks.class)).containsAll(names(ModelHooks.class));
        assertThat(names(Callback.class)).containsAll(names(ModelHooks.class));
    }

    private static Iterable<String> names(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .toList();
    }
}
