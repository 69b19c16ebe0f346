package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.fixture.ResumableModule;
import org.junit.jupiter.api.Test;

/** What a proof cannot be made of is refused, with what to do. */
class RefusedVerificationTest extends ResumeVerifierCase {

    @Test
    void refusesAnOptimizerThatKeepsItsStateToItself() {
        ResumeVerifier proof =
                proof(() -> new ResumableModule(() -> Optimizer.adam().build()));

        assertThatThrownBy(proof::run)
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("use one of dev.rivulet.optim");
    }

    @Test
    void refusesAModuleThatHasBeenUsed() {
        LineModule module = new LineModule();

        assertThatThrownBy(() -> proof(() -> module).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gave the same object twice");
    }

    @Test
    void refusesStopsOutsideOfTheRun() {
        ResumeVerifier proof = proof(LineModule::new);

        assertThatThrownBy(() -> proof.stopAt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("after 1 at the earliest");
        assertThatThrownBy(() -> proof.stopAt(12).run())
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
