package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The parameters and gradients of {@code record_optim.py}, whose numbers come from Knuth's MMIX generator. */
final class TrainedParameters implements AutoCloseable {
    private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

    static {
        SHAPES.put("layer.weight", new Shape(5, 11));
        SHAPES.put("layer.bias", new Shape(3));
        SHAPES.put("scale", new Shape());
    }

    private final NDManager manager = NDManager.newBaseManager();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private long number = 1;
    private int steps;

    TrainedParameters() {
        SHAPES.forEach((name, shape) -> {
            Parameter parameter = Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.WEIGHT)
                    .build();
            parameter.setArray(next(manager, shape, 1));
            parameter.getArray().setRequiresGradient(true);
            parameters.put(name, parameter);
        });
    }

    Map<String, Parameter> parameters() {
        return parameters;
    }

    NDManager manager() {
        return manager;
    }

    Parameter parameter(String name) {
        return Objects.requireNonNull(parameters.get(name));
    }

    NDArray weight(String name) {
        return parameter(name).getArray();
    }

    /** Takes steps with the next gradients. */
    void train(ai.djl.training.optimizer.Optimizer optimizer, int count) {
        for (int i = 0; i < count; i++) {
            steps++;
            double scale = Math.scalb(1.0, steps % 7 - 5);
            parameters.forEach((name, parameter) -> {
                try (NDArray gradient = next(manager, parameter.getArray().getShape(), scale)) {
                    optimizer.update(name, parameter.getArray(), gradient);
                }
            });
        }
    }

    /** All weights' bits, by name. */
    Map<String, int[]> bits() {
        Map<String, int[]> bits = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            float[] values = parameter.getArray().toFloatArray();
            int[] raw = new int[values.length];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = Float.floatToRawIntBits(values[i]);
            }
            bits.put(name, raw);
        });
        return bits;
    }

    private NDArray next(NDManager owner, Shape shape, double scale) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            number = number * 6364136223846793005L + 1442695040888963407L;
            values[i] = (float) (((number >>> 40) - 0x1p23) / 0x1p23 * scale);
        }
        return owner.create(values, shape);
    }

    @Override
    public void close() {
        manager.close();
    }
}
