package dev.rivulet.internal.save;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ThrowablesTest {
    @Test
    void throwsTheFirstWithTheOthersSuppressed() {
        IOException first = new IOException("first");
        AssertionError second = new AssertionError("second");
        Throwables thrown = new Throwables();
        thrown.add(first);
        thrown.add(second);
        thrown.add(first);

        assertThatThrownBy(thrown::throwFirst).isSameAs(first).hasSuppressedException(second);
        assertThat(first.getSuppressed()).hasSize(1);
    }

    @Test
    void throwsAnErrorUnchanged() {
        AssertionError error = new AssertionError("broken");
        Throwables thrown = new Throwables();
        thrown.add(error);

        assertThatThrownBy(thrown::throwFirst).isSameAs(error);
    }

    @Test
    void throwsNothingWhenNothingFailed() {
        assertThatCode(new Throwables()::throwFirst).doesNotThrowAnyException();
        assertThat(new Throwables().first()).isEmpty();
    }
}
