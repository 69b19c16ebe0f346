package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchRandomTest {
    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(42);
    }

    @Test
    void givesTheStateWhereItIsKnownToWork() {
        boolean known = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");

        assertThat(TorchRandom.method() == RandomMethod.GENERATOR_STATE)
                .as(TorchRandom.finding())
                .isEqualTo(known);
    }

    @Test
    void restoresTheState() {
        assumeStateIsReached();
        Draws.torch();
        TorchState state = TorchRandom.capture();
        String expected = Draws.torch();
        String later = Draws.torch();

        TorchRandom.restore(state);

        assertThat(TorchRandom.capture()).isEqualTo(state).hasSameHashCodeAs(state);
        assertThat(Draws.torch()).isEqualTo(expected).isNotEqualTo(later);
        assertThat(Draws.torch()).isEqualTo(later);
    }

    @Test
    void capturingLeavesNoTrace() {
        assumeStateIsReached();
        String expected = Draws.torch();
        seed();

        for (int i = 0; i < 1000; i++) {
            TorchRandom.restore(TorchRandom.capture());
        }

        assertThat(Draws.torch()).isEqualTo(expected);
    }

    @Test
    void tryingItOutLeavesNoTrace() {
        String expected = Draws.torch();
        seed();

        TorchProbe.run();

        assertThat(Draws.torch()).isEqualTo(expected);
    }

    @Test
    void isKeptOffByAProperty() {
        System.setProperty(TorchProbe.PROPERTY, "reseed");
        try {
            assertThat(TorchProbe.run().generator()).isNull();
            assertThat(TorchProbe.run().finding()).contains("-Drivulet.random.torch=reseed");
        } finally {
            System.clearProperty(TorchProbe.PROPERTY);
        }
    }

    @Test
    void seedsAStepByItsNumber() {
        TorchRandom.reseed(42, 7);
        String expected = Draws.torch();
        TorchRandom.reseed(42, 8);
        String other = Draws.torch();
        TorchRandom.reseed(42, 7);

        assertThat(Draws.torch()).isEqualTo(expected).isNotEqualTo(other);
    }

    /** libtorch would end the process. */
    @Test
    void refusesStatesThatLibtorchWouldRefuse() {
        assumeStateIsReached();
        byte[] good = TorchRandom.capture().bytes();

        assertThat(TorchState.of(good)).isEqualTo(TorchRandom.capture());
        assertRefused(new byte[100], "100 bytes");
        assertRefused(new byte[TorchState.BYTE_COUNT], "0 of its 624 words are left");
        assertRefused(changed(good, 10, 1), "words are left");
        assertRefused(changed(good, 12, 0), "never seeded");
        assertRefused(changed(good, 18, 1), "its next word is");
        assertRefused(changed(good, 23, 0x80), "its next word is -");
        assertRefused(changed(good, 24 + 8 * 100 + 4, 1), "word 100 has more than 32 bits");
        assertRefused(changed(good, 5052, 2), "neither 0 nor 1");
    }

    private static byte[] changed(byte[] good, int at, int value) {
        byte[] changed = good.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void assertRefused(byte[] bytes, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchState.of(bytes))
                .withMessageContaining(reason)
                .withMessageContaining("damaged");
    }

    private static void assumeStateIsReached() {
        assumeTrue(TorchRandom.method() == RandomMethod.GENERATOR_STATE, TorchRandom.finding());
    }
}
