package dev.rivulet.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.optim.Adagrad;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.RMSprop;
import dev.rivulet.optim.SGD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compares a step of Rivulet's optimizers with DJL's and PyTorch's. */
final class OptimizerSpeed {
    private static final int WARM_UPS = 5;
    private static final int PAIRS = 25;
    private static final float RATE = 1e-3f;
    private static final Tracker TRACKER = Tracker.fixed(RATE);

    /** Tensors of equal size. */
    private record Tensors(int count, int size) {
        static final Tensors LARGE = new Tensors(6, 1 << 22);
        static final Tensors RESNET = new Tensors(161, 150_000);
        static final Tensors SMALL = new Tensors(400, 1_000);

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d × %,d", count, size);
        }
    }

    private final String python;
    private final Tensors tensors;
    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> gradients = new ArrayList<>();

    private OptimizerSpeed(String python, Tensors tensors, NDManager manager) {
        this.python = python;
        this.tensors = tensors;
        for (int i = 0; i < tensors.count(); i++) {
            weights.add(manager.randomNormal(new Shape(tensors.size())));
            gradients.add(manager.randomNormal(new Shape(tensors.size())));
        }
    }

    /** Measures and returns the section in Markdown. */
    static String section(String python) throws Exception {
        String heading = String.format(Locale.ROOT, """
                One step for given gradients: of 25.2 M parameters in 6 tensors, of about as many as in ResNet-50, and of many
                small ones. Rivulet rounds like PyTorch's default, which takes one operation after the other; PyTorch's
                `fused=True` and DJL's optimizers round differently. Medians of %d pairs with DJL's, where DJL has the optimizer.

                | | tensors | DJL's, ms | PyTorch's, ms | `fused=True`, ms | Rivulet's, ms | / PyTorch's | / `fused=True` |
                |---|---|---|---|---|---|---|---|
                """, PAIRS);
        GradientMode mode = GradientMode.off();
        try {
            return heading
                    + measure(python, Tensors.LARGE, "Adam", "AdamW", "SGD", "RMSprop", "Adagrad")
                    + measure(python, Tensors.RESNET, "Adam", "SGD")
                    + measure(python, Tensors.SMALL, "Adam", "SGD");
        } finally {
            mode.restore();
        }
    }

    private static String measure(String python, Tensors tensors, String... names) throws Exception {
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            OptimizerSpeed speed = new OptimizerSpeed(python, tensors, manager);
            StringBuilder rows = new StringBuilder();
            for (String name : names) {
                rows.append(speed.row(name));
            }
            return rows.toString();
        }
    }

    private String row(String name) throws Exception {
        double torch = torchMillis(name);
        double fused = name.equals("RMSprop") ? Double.NaN : torchMillis(name + " fused");
        Optimizer ours = ours(name);
        Optional<Optimizer> djl = djl(name);
        AlternatingRuns turns =
                AlternatingRuns.of(() -> djl.isPresent() ? step(djl.get()) : 1, () -> step(ours), WARM_UPS, PAIRS);
        double millis = turns.measuredMillis();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | **%s** | **%s** |%n",
                name.equals("SGD") ? "SGD with momentum" : name,
                tensors,
                djl.isPresent() ? text(turns.referenceMillis()) : "–",
                text(torch),
                text(fused),
                text(millis),
                text(millis / torch),
                text(millis / fused));
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    private static Optimizer ours(String name) {
        return switch (name) {
            case "Adam" -> Adam.builder().lr(RATE).build();
            case "AdamW" -> AdamW.builder().lr(RATE).build();
            case "SGD" -> SGD.builder().lr(RATE).momentum(0.9).build();
            case "RMSprop" -> RMSprop.builder().lr(RATE).build();
            default -> Adagrad.builder().lr(RATE).build();
        };
    }

    /** DJL has no other optimizers for the PyTorch engine. */
    private static Optional<Optimizer> djl(String name) {
        return switch (name) {
            case "Adam" ->
                Optional.of(Optimizer.adam().optLearningRateTracker(TRACKER).build());
            case "AdamW" ->
                Optional.of(Optimizer.adamW().optLearningRateTracker(TRACKER).build());
            case "SGD" ->
                Optional.of(Optimizer.sgd()
                        .setLearningRateTracker(TRACKER)
                        .optMomentum(0.9f)
                        .build());
            default -> Optional.empty();
        };
    }

    /** NaN without a Python that has torch. */
    private double torchMillis(String name) throws IOException, InterruptedException {
        if (python.isBlank()) {
            return Double.NaN;
        }
        String json = PythonScript.run(
                python,
                "optimizer_steps.py",
                List.of(String.valueOf(tensors.count()), String.valueOf(tensors.size()), String.valueOf(PAIRS), name));
        return PythonScript.number(json, name);
    }

    private double step(Optimizer optimizer) {
        long start = System.nanoTime();
        for (int i = 0; i < weights.size(); i++) {
            optimizer.update("weight" + i, weights.get(i), gradients.get(i));
        }
        return System.nanoTime() - start;
    }
}
