package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.fixture.ResumableModule;
import org.junit.jupiter.api.Test;

/** Invalid arguments of a verifier are refused with a remedy. */
class RefusedVerificationTest extends ResumeVerifierCase {

    @Test
    void refusesAnOptimizerThatHidesItsState() {
        ResumeVerifier verifier =
                verifier(() -> new ResumableModule(() -> Optimizer.adam().build()));

        assertThatThrownBy(verifier::run)
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("use one of dev.rivulet.optim");
    }

    @Test
    void refusesAModuleThatHasBeenUsed() {
        LineModule module = new LineModule();

        assertThatThrownBy(() -> verifier(() -> module).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("returned the same object twice");
    }

    @Test
    void refusesStopsOutsideOfTheRun() {
        ResumeVerifier verifier = verifier(LineModule::new);

        assertThatThrownBy(() -> verifier.stopAt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("after 1 at the earliest");
        assertThatThrownBy(() -> verifier.stopAt(12).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is 11.");
    }

    @Test
    void refusesARunOfOneStep() {
        assertThatThrownBy(
                        () -> ResumeVerifier.of(LineModule::new, () -> trainer().maxSteps(1), this::points)
                                .run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The run has 1 optimizer steps");
    }
}
