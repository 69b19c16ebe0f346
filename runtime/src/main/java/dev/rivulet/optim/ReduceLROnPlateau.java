package dev.rivulet.optim;

import dev.rivulet.annotations.Mode;
import dev.rivulet.internal.format.DictReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the learning rate when a metric stops improving: {@code torch.optim.lr_scheduler.ReduceLROnPlateau}.
 *
 * <pre>{@code
 * optimizer.schedule(LrSchedule.of(ReduceLROnPlateau.builder().patience(3).build()).monitor("val_loss"));
 * }</pre>
 *
 * @since 0.1
 */
public final class ReduceLROnPlateau extends LrScheduler {
    private double factor;
    private @Nullable Double defaultMinLr;
    private List<Double> minLrs = List.of();
    private long patience;
    private long cooldown;
    private double eps;
    private Mode mode;
    private double threshold;
    private boolean relative;
    private double best;
    private long lastEpoch;
    private long cooldownCounter;
    private long badEpochs;

    private ReduceLROnPlateau(Builder builder) {
        factor = builder.factor;
        defaultMinLr = builder.minLr;
        patience = builder.patience;
        cooldown = builder.cooldown;
        eps = builder.eps;
        mode = builder.mode;
        threshold = builder.threshold;
        relative = builder.relative;
        best = worst(mode);
    }

    /**
     * A builder with PyTorch's defaults: a metric to minimize, an improvement of at least 1e-4 of the best value, and a
     * tenth of the learning rate after more than 10 epochs without improvement; no cooldown, no lower bound.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Always fails, because this scheduler needs a metric. */
    @Override
    public void step() {
        throw new IllegalStateException("ReduceLROnPlateau needs a metric; call step(metric).");
    }

    /** Advances by one epoch or step with the metric's value. */
    public void step(double metric) {
        lastEpoch++;
        if (isBetter(metric)) {
            best = metric;
            badEpochs = 0;
        } else {
            badEpochs++;
        }
        if (cooldownCounter > 0) {
            cooldownCounter--;
            badEpochs = 0;
        }
        if (badEpochs > patience) {
            reduce();
            cooldownCounter = cooldown;
            badEpochs = 0;
        }
        setLastLr(learningRates());
    }

    @Override
    public Map<String, @Nullable Object> stateDict() {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("factor", factor);
        state.put("default_min_lr", defaultMinLr);
        state.put("min_lrs", minLrs);
        state.put("patience", patience);
        state.put("cooldown", cooldown);
        state.put("eps", eps);
        state.put("last_epoch", lastEpoch);
        state.put("_last_lr", lastLr());
        state.put("mode_worse", worst(mode));
        state.put("mode", mode.name().toLowerCase(Locale.ROOT));
        state.put("threshold", threshold);
        state.put("threshold_mode", relative ? "rel" : "abs");
        state.put("best", best);
        state.put("cooldown_counter", cooldownCounter);
        state.put("num_bad_epochs", badEpochs);
        return state;
    }

    @Override
    public void loadStateDict(Map<String, ?> state) {
        DictReader saved = saved(state);
        ReduceLROnPlateau loaded = new ReduceLROnPlateau(builder());
        loaded.factor = saved.number("factor");
        loaded.minLrs = List.copyOf(saved.numbers("min_lrs"));
        loaded.patience = saved.integer("patience");
        loaded.cooldown = saved.integer("cooldown");
        loaded.eps = saved.number("eps");
        loaded.lastEpoch = saved.integer("last_epoch");
        loaded.threshold = saved.number("threshold");
        loaded.best = saved.number("best");
        loaded.cooldownCounter = saved.integer("cooldown_counter");
        loaded.badEpochs = saved.integer("num_bad_epochs");
        setLastLr(saved.numbers("_last_lr"));
        mode = "max".equals(state.get("mode")) ? Mode.MAX : Mode.MIN;
        relative = !"abs".equals(state.get("threshold_mode"));
        defaultMinLr = saved.optional("default_min_lr", DictReader::number).orElse(null);
        factor = loaded.factor;
        minLrs = loaded.minLrs;
        patience = loaded.patience;
        cooldown = loaded.cooldown;
        eps = loaded.eps;
        lastEpoch = loaded.lastEpoch;
        threshold = loaded.threshold;
        best = loaded.best;
        cooldownCounter = loaded.cooldownCounter;
        badEpochs = loaded.badEpochs;
    }

    @Override
    List<String> listsByGroup() {
        return List.of("min_lrs", "_last_lr");
    }

    @Override
    void start() {
        List<Double> bounds = new ArrayList<>();
        groups().forEach(group -> bounds.add(defaultMinLr == null ? 0 : defaultMinLr));
        minLrs = List.copyOf(bounds);
        setLastLr(learningRates());
    }

    private void reduce() {
        for (int i = 0; i < minLrs.size(); i++) {
            ParamGroup group = groups().get(i);
            double reduced = Math.max(group.learningRate() * factor, minLrs.get(i));
            if (group.learningRate() - reduced > eps) {
                group.setLearningRate(reduced);
            }
        }
    }

    private boolean isBetter(double metric) {
        if (mode == Mode.MIN) {
            return metric < (relative ? best * (1.0 - threshold) : best - threshold);
        }
        return metric > (relative ? best * (threshold + 1.0) : best + threshold);
    }

    private static double worst(Mode mode) {
        return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    /**
     * The arguments of PyTorch's constructor.
     *
     * @since 0.1
     */
    public static final class Builder {
        private double factor = 0.1;
        private double minLr;
        private int patience = 10;
        private int cooldown;
        private double eps = 1e-8;
        private Mode mode = Mode.MIN;
        private double threshold = 1e-4;
        private boolean relative = true;

        private Builder() {}

        /** Sets whether the metric is minimized or maximized; minimized by default. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Sets the factor of a reduction; below 1. */
        public Builder factor(double value) {
            if (!(value < 1)) {
                throw new IllegalArgumentException("factor is " + value + "; give a number below 1.");
            }
            factor = value;
            return this;
        }

        /** Sets how many epochs without improvement are tolerated. */
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        /** Sets the least improvement, as a fraction of the best value. */
        public Builder relativeThreshold(double value) {
            threshold = value;
            relative = true;
            return this;
        }

        /** Sets the least improvement, in the unit of the metric. */
        public Builder absoluteThreshold(double value) {
            threshold = value;
            relative = false;
            return this;
        }

        /** Sets how many epochs to wait after a reduction before counting again. */
        public Builder cooldown(int value) {
            cooldown = value;
            return this;
        }

        /** Sets the lower bound of the learning rate. */
        public Builder minLr(double value) {
            minLr = value;
            return this;
        }

        /** Sets the least change of the learning rate; smaller reductions are ignored. */
        public Builder eps(double value) {
            eps = value;
            return this;
        }

        /** Builds the scheduler. */
        public ReduceLROnPlateau build() {
            return new ReduceLROnPlateau(this);
        }
    }
}
