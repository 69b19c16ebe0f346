package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchRandomTest {
    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(42);
    }

    @Test
    void reachesTheStateOnSupportedPlatforms() {
        boolean known = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");

        assertThat(TorchRandom.method() == RandomMethod.GENERATOR_STATE)
                .as(TorchRandom.explanation())
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

    /** Recorded with torch 2.13.0: {@code manual_seed(42); rand(700); randn(3); get_rng_state()}. */
    @Test
    void hasTheSameStateAsPython() throws Exception {
        assumeStateIsReached();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
            manager.randomUniform(0, 1, new Shape(700));
            manager.randomNormal(new Shape(3));
        }
        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest(TorchRandom.capture().bytes());

        assertThat(HexFormat.of().formatHex(digest))
                .isEqualTo("b9bedcf66c14063e45fc5d58e37adcb360d88e7b2b44d1f7873395f68c362c67");
    }

    @Test
    void capturingDoesNotChangeTheState() {
        assumeStateIsReached();
        String expected = Draws.torch();
        seed();

        for (int i = 0; i < 1000; i++) {
            TorchRandom.restore(TorchRandom.capture());
        }

        assertThat(Draws.torch()).isEqualTo(expected);
    }

    @Test
    void probingDoesNotChangeTheState() {
        String expected = Draws.torch();
        seed();

        TorchProbe.run();

        assertThat(Draws.torch()).isEqualTo(expected);
    }

    @Test
    void canBeDisabledByAProperty() {
        System.setProperty(TorchProbe.PROPERTY, "reseed");
        try {
            assertThat(TorchProbe.run().generator()).isNull();
            assertThat(TorchProbe.run().explanation()).contains("-Drivulet.random.torch=reseed");
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

    /** libtorch would abort the process. */
    @Test
    void refusesStatesThatLibtorchWouldRefuse() {
        assumeStateIsReached();
        byte[] good = TorchRandom.capture().bytes();

        assertThat(TorchState.of(good)).isEqualTo(TorchRandom.capture());
        assertRefused(new byte[100], "100 bytes");
        assertRefused(new byte[TorchState.BYTE_COUNT], "0 of its 624 words remain");
        assertRefused(changed(good, 10, 1), "words remain");
        assertRefused(changed(good, 12, 0), "never seeded");
        assertRefused(changed(good, 18, 1), "its next word is");
        assertRefused(changed(good, 23, 0x80), "its next word is -");
        byte[] unused = changed(changed(good, 8, 624 & 0xff), 9, 624 >> 8);
        assertRefused(changed(changed(unused, 16, 2), 17, 0), "its next word is 2, but 624 of 624 remain");
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
        assumeTrue(TorchRandom.method() == RandomMethod.GENERATOR_STATE, TorchRandom.explanation());
    }
}
