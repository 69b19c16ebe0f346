package dev.rivulet.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.SGD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Compares a step of Rivulet's optimizers with DJL's and PyTorch's. */
final class OptimizerSpeed {
    private static final int MATRICES = 6;
    private static final int WIDTH = 2048;
    private static final int WARM_UPS = 3;
    private static final int PAIRS = 15;
    private static final float RATE = 1e-3f;

    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> gradients = new ArrayList<>();

    private OptimizerSpeed(NDManager manager) {
        for (int i = 0; i < MATRICES; i++) {
            weights.add(manager.randomNormal(new Shape(WIDTH, WIDTH)));
            gradients.add(manager.randomNormal(new Shape(WIDTH, WIDTH)));
        }
    }

    /** Measures and returns the section in Markdown. */
    static String section(String python) throws Exception {
        String torch = python.isBlank()
                ? ""
                : PythonScript.run(
                        python,
                        "optimizer_steps.py",
                        List.of(String.valueOf(MATRICES), String.valueOf(WIDTH), String.valueOf(PAIRS)));
        GradientMode mode = GradientMode.off();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            return new OptimizerSpeed(manager).measure(torch);
        } finally {
            mode.restore();
        }
    }

    private String measure(String torch) throws Exception {
        Tracker rate = Tracker.fixed(RATE);
        String heading = String.format(
                Locale.ROOT,
                """
                One step for %.1f M parameters in %d matrices with given gradients. Rivulet's optimizers round like
                PyTorch's; DJL's do not. Medians of %d pairs%s.

                | | DJL's own, ms | Rivulet's, ms | ratio | PyTorch's, ms |
                |---|---|---|---|---|
                """,
                (double) MATRICES * WIDTH * WIDTH / 1e6,
                MATRICES,
                PAIRS,
                torch.isEmpty() ? "" : "; torch " + PythonScript.string(torch, "torch"));
        return heading
                + row(
                        "Adam",
                        Optimizer.adam().optLearningRateTracker(rate).build(),
                        Adam.builder().lr(RATE).build(),
                        torch)
                + row(
                        "AdamW",
                        Optimizer.adamW().optLearningRateTracker(rate).build(),
                        AdamW.builder().lr(RATE).build(),
                        torch)
                + row(
                        "SGD",
                        Optimizer.sgd()
                                .setLearningRateTracker(rate)
                                .optMomentum(0.9f)
                                .build(),
                        SGD.builder().lr(RATE).momentum(0.9).build(),
                        torch);
    }

    private String row(String name, Optimizer djl, Optimizer ours, String torch) throws Exception {
        AlternatingRuns turns = AlternatingRuns.of(() -> step(djl), () -> step(ours), WARM_UPS, PAIRS);
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | **%.2f** | %s |%n",
                name.equals("SGD") ? "SGD with momentum" : name,
                turns.referenceMillis(),
                turns.measuredMillis(),
                turns.ratio(),
                torchMillis(torch, name));
    }

    private static String torchMillis(String torch, String name) throws IOException {
        return torch.isEmpty() ? "–" : String.format(Locale.ROOT, "%.1f", PythonScript.number(torch, name));
    }

    private double step(Optimizer optimizer) {
        long start = System.nanoTime();
        for (int i = 0; i < MATRICES; i++) {
            optimizer.update("weight" + i, weights.get(i), gradients.get(i));
        }
        return System.nanoTime() - start;
    }
}
