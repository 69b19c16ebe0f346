package dev.rivulet.internal.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether libtorch computes LSTMs correctly while no gradients are recorded.
 *
 * <p>libtorch then uses another oneDNN implementation. On processors with AVX-512, that of libtorch 2.7.1 silently
 * gives wrong numbers if the units fill an odd number of registers of 16: for example 1 to 16 units, 33 to 48, or 100.
 */
public final class LstmProbe {
    private static final Logger LOG = LoggerFactory.getLogger(LstmProbe.class);
    private static final Shape INPUT = new Shape(1, 2, 4);
    private static final double TOLERANCE = 1e-4;

    private LstmProbe() {}

    /**
     * Whether the block is computed correctly without gradients. If it contains an LSTM, this is tested once, on the
     * CPU.
     */
    public static boolean isAccurate(Block block) {
        return !holdsLstm(block) || Finding.IS_RIGHT;
    }

    private static boolean holdsLstm(Block block) {
        return block instanceof LSTM || block.getChildren().values().stream().anyMatch(LstmProbe::holdsLstm);
    }

    /** Tested on first use. */
    private static final class Finding {
        static final boolean IS_RIGHT = isRight();

        private static boolean isRight() {
            try (NDManager manager = TorchEngine.get().newBaseManager(Device.cpu())) {
                Block lstm = LSTM.builder().setStateSize(8).setNumLayers(1).build();
                // Without random numbers, because a run depends on the state of its generator.
                lstm.setInitializer(
                        (memory, shape, type) -> memory.arange(Math.toIntExact(shape.size()))
                                .toType(type, false)
                                .sin()
                                .reshape(shape),
                        (Parameter parameter) -> true);
                lstm.initialize(manager, DataType.FLOAT32, INPUT);
                NDArray input = manager.ones(INPUT);
                NDArray difference =
                        output(lstm, input, GradientMode.on()).sub(output(lstm, input, GradientMode.off()));
                boolean right = difference.abs().max().getFloat() < TOLERANCE;
                if (!right) {
                    LOG.warn("libtorch computes LSTMs incorrectly on this processor while no gradients are recorded."
                            + " Therefore they are also recorded in validations and predictions, which takes memory for"
                            + " the activations of a batch. To avoid this, set ONEDNN_MAX_CPU_ISA=AVX2 in the"
                            + " environment.");
                }
                return right;
            }
        }

        private static NDArray output(Block lstm, NDArray input, GradientMode mode) {
            try {
                return lstm.forward(new ParameterStore(input.getManager(), false), new NDList(input), false)
                        .head();
            } finally {
                mode.restore();
            }
        }
    }
}
