package dev.rivulet.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class SharedLoopTest {
    @Test
    void runsEachIterationOnceAndWaitsForAll() {
        for (int count = 0; count < 500; count++) {
            AtomicIntegerArray iterations = new AtomicIntegerArray(count);

            SharedLoop.run(count, iterations::incrementAndGet);

            for (int i = 0; i < count; i++) {
                assertThat(iterations.get(i)).as("iteration %s of %s", i, count).isEqualTo(1);
            }
        }
    }

    @Test
    void rethrowsTheFailureOfAnIteration() {
        assertThatThrownBy(() -> SharedLoop.run(100, i -> {
                    if (i == 50) {
                        throw new IllegalStateException("iteration 50");
                    }
                }))
                .hasMessage("iteration 50");
        assertThatThrownBy(() -> SharedLoop.run(1, i -> {
                    throw new AssertionError("iteration " + i);
                }))
                .isExactlyInstanceOf(AssertionError.class);
    }
}
