package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What {@link Adam} and {@link AdamW} share: all but how weights decay. */
final class AdamStep {
    private static final String MEAN = "exp_avg";
    private static final String SQUARES = "exp_avg_sq";
    private static final String MAXIMUM = "max_exp_avg_sq";

    private AdamStep() {}

    static List<String> arrayKeys(ParamGroup group) {
        return group.is("amsgrad") ? List.of(MEAN, SQUARES, MAXIMUM) : List.of(MEAN, SQUARES);
    }

    static void take(Arithmetic math, ParameterState state, NDArray weight, NDArray gradient) {
        ParamGroup group = state.group();
        double beta1 = group.beta(0);
        double beta2 = group.beta(1);
        NDArray mean = state.array(MEAN);
        NDArray squares = state.array(SQUARES);
        math.lerp(mean, gradient, 1 - beta1);
        math.scale(squares, beta2);
        math.addSquare(squares, gradient, 1 - beta2);
        NDArray spread = squares;
        if (group.is("amsgrad")) {
            spread = state.array(MAXIMUM);
            math.maximize(spread, squares);
        }
        double correction1 = 1 - StrictMath.pow(beta1, (double) state.steps());
        double correction2 = 1 - StrictMath.pow(beta2, (double) state.steps());
        try (NDArray divisor = spread.sqrt()) {
            math.divide(divisor, Math.sqrt(correction2));
            math.shift(divisor, group.get("eps"));
            math.addQuotient(weight, mean, divisor, -(group.learningRate() / correction1));
        }
    }
}
