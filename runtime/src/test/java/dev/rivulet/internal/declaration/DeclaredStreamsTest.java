package dev.rivulet.internal.declaration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.lang.reflect.UndeclaredThrowableException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // The members that are called look at nothing.
class DeclaredStreamsTest {
    static class Odd extends Throwable {
        private static final long serialVersionUID = 1L;
    }

    static class ThrowingModule extends PlaneModule {
        @WeightTransform("thrown")
        StateDict thrown(StateDict weights) throws Throwable {
            throw new Odd();
        }

        @TransformWhen("thrown")
        boolean asked(TransformContext context) throws Odd {
            throw new Odd();
        }

        @OnSaveCheckpoint
        void saving(Checkpoint checkpoint) throws Odd {
            throw new Odd();
        }

        @OnLoadCheckpoint
        <E extends Throwable> void loading(Checkpoint checkpoint) throws E {
            throw new IllegalStateException();
        }
    }

    private final DeclaredStreams streams = new DeclaredStreams(new ThrowingModule());

    @Test
    void throwablesThatAreNoExceptionsAreTheCauseOfOne() {
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> streams.transform("thrown", null, null),
            () -> streams.saves("thrown", null),
            () -> streams.onSaveCheckpoint("thrown", null),
        }) {
            assertThatThrownBy(call)
                    .isInstanceOf(UndeclaredThrowableException.class)
                    .hasCauseInstanceOf(Odd.class)
                    .hasMessageContaining("Odd");
        }
    }
}
