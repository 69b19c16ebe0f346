package dev.rivulet.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class SharedLoopTest {
    @Test
    void takesEachTurnOnceAndEndsAfterAll() {
        for (int count = 0; count < 500; count++) {
            AtomicIntegerArray turns = new AtomicIntegerArray(count);

            SharedLoop.run(count, turns::incrementAndGet);

            for (int i = 0; i < count; i++) {
                assertThat(turns.get(i)).as("turn %s of %s", i, count).isEqualTo(1);
            }
        }
    }

    @Test
    void endsWithTheFailureOfATurn() {
        assertThatThrownBy(() -> SharedLoop.run(100, i -> {
                    if (i == 50) {
                        throw new IllegalStateException("turn 50");
                    }
                }))
                .hasMessage("turn 50");
        assertThatThrownBy(() -> SharedLoop.run(1, i -> {
                    throw new AssertionError("turn " + i);
                }))
                .isExactlyInstanceOf(AssertionError.class);
    }
}
