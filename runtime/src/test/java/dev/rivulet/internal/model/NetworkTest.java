package dev.rivulet.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import dev.rivulet.internal.engine.GradientMode;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    /** With AVX-512, libtorch 2.7.1 alone gives different results for 8, 48 and 100. */
    @ParameterizedTest
    @ValueSource(ints = {8, 32, 48, 100})
    void computesAnLstmWithoutGradientsAsWithThem(int units) {
        Block block = new SequentialBlock()
                .add(LSTM.builder().setStateSize(units).setNumLayers(2).build());
        try (Network network = new Network(block, List.of(new Shape(2, 3, 5)), UnaryOperator.identity())) {
            NDArray input = network.manager().ones(new Shape(2, 3, 5));

            NDArray with = forward(network, input, GradientMode.on());
            NDArray without = forward(network, input, GradientMode.off());

            assertThat(without.sub(with).abs().max().getFloat()).isLessThan(1e-5f);
        }
    }

    static Stream<RecurrentBlock> bidirectionalWithBiases() {
        return Stream.of(
                GRU.builder()
                        .setStateSize(3)
                        .setNumLayers(1)
                        .optBidirectional(true)
                        .build(),
                LSTM.builder()
                        .setStateSize(3)
                        .setNumLayers(2)
                        .optBidirectional(true)
                        .build(),
                RNN.builder()
                        .setStateSize(3)
                        .setNumLayers(1)
                        .setActivation(RNN.Activation.TANH)
                        .optBidirectional(true)
                        .optHasBiases(true)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("bidirectionalWithBiases")
    void refusesABidirectionalBlockWithBiases(RecurrentBlock recurrent) {
        String name = recurrent.getClass().getSimpleName();
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(2).build())
                .add(new SequentialBlock().add(recurrent));

        assertThatThrownBy(() -> new Network(block, List.of(new Shape(2, 3, 5)), UnaryOperator.identity()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "The " + name + " \"02SequentialBlock/01" + name + "\" is bidirectional and has biases.")
                .hasMessageContaining("optHasBiases(false)");
    }

    @Test
    void computesABidirectionalBlockWithoutBiases() {
        Block block = GRU.builder()
                .setStateSize(3)
                .setNumLayers(1)
                .optBidirectional(true)
                .optHasBiases(false)
                .build();
        try (Network network = new Network(block, List.of(new Shape(2, 3, 5)), UnaryOperator.identity())) {
            assertThat(network.trained()).hasSize(4);
        }
    }

    private static NDArray forward(Network network, NDArray input, GradientMode mode) {
        try {
            return network.forward(new NDList(input), false).head();
        } finally {
            mode.restore();
        }
    }
}
