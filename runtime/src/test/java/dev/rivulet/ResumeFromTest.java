package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ResumeFromTest {
    @Test
    void refusesWhatCannotBeAPath() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResumeFrom.resumeFrom("a\0b.ckpt"))
                .withMessageContaining("to resume from cannot be a path")
                .withMessageContaining("LC_ALL=C.UTF-8");
    }
}
