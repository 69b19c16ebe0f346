package dev.rivulet.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UninterruptiblyTest {
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void waitsAlthoughTheThreadIsInterrupted() {
        CountDownLatch end = new CountDownLatch(1);
        Thread waiting = Thread.currentThread();
        Thread other = new Thread(() -> {
            waiting.interrupt();
            end.countDown();
        });
        waiting.interrupt();
        other.start();

        Uninterruptibly.await(end::await);
        Uninterruptibly.await(other::join);

        assertThat(end.getCount()).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void doesNotInterruptAThreadThatWasNotInterrupted() {
        Uninterruptibly.await(() -> {});

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void rethrowsTheFailureOfTheWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Uninterruptibly.await(() -> {
                    throw new IOException("gone");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("gone");
        assertThat(Thread.interrupted()).isTrue();
    }
}
