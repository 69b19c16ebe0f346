package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Raises the learning rate to a maximum and lowers it to near 0, while momentum or Adam's beta1 moves the opposite way:
 * {@code torch.optim.lr_scheduler.OneCycleLR}. Schedule it with {@link LrInterval#STEP}. L. Smith, N. Topin,
 * <i>Super-Convergence</i>, 2019.
 *
 * @since 0.1
 */
public final class OneCycleLR extends ChainableScheduler {
    private final Builder builder;

    private OneCycleLR(Builder builder) {
        super(named(
                "total_steps",
                builder.totalSteps,
                "_schedule_phases",
                builder.phases(),
                "_anneal_func_type",
                builder.linear ? "linear" : "cos",
                "cycle_momentum",
                builder.cycleMomentum));
        this.builder = builder;
    }

    /**
     * Rises to {@code maxLr} and falls again within {@code totalSteps} steps, along cosines.
     *
     * @throws IllegalArgumentException when scheduled, if the optimizer has no momentum
     */
    public OneCycleLR(double maxLr, int totalSteps) {
        this(builder(maxLr, totalSteps));
    }

    /** A cycle up to {@code maxLr} within {@code totalSteps} steps, with PyTorch's defaults for the rest. */
    public static Builder builder(double maxLr, int totalSteps) {
        return new Builder(maxLr, totalSteps);
    }

    @Override
    void start() {
        if (builder.cycleMomentum) {
            set("use_beta1", groups().get(0).hasBetas());
        }
        for (ParamGroup group : groups()) {
            group.set("initial_lr", builder.maxLr / builder.divFactor);
            group.set("max_lr", builder.maxLr);
            group.set("min_lr", group.get("initial_lr") / builder.finalDivFactor);
            if (builder.cycleMomentum) {
                if (!group.hasBetas() && !group.has("momentum")) {
                    throw new IllegalArgumentException("OneCycleLR cycles the momentum, but the optimizer has no"
                            + " momentum; build it with cycleMomentum(false).");
                }
                group.setMomentum(builder.maxMomentum);
                group.set("max_momentum", builder.maxMomentum);
                group.set("base_momentum", builder.baseMomentum);
            }
        }
        super.start();
    }

    @Override
    OptionalLong length() {
        return OptionalLong.of(integer("total_steps"));
    }

    /** A cycle cannot become longer in the middle. */
    @Override
    void check(DictReader saved) {
        if (saved.integer("total_steps") < builder.totalSteps) {
            throw new MismatchedStateException(saved.name() + " is of a cycle of " + saved.integer("total_steps")
                    + " steps, after which the run would fail, and this one has " + builder.totalSteps
                    + "; set the total steps of the saved run, or load only its weights and start a new cycle.");
        }
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        long step = lastEpoch();
        long total = integer("total_steps");
        if (step > total) {
            throw new IllegalStateException("OneCycleLR is configured for " + total + " steps and cannot take step "
                    + step + "; set totalSteps to the steps of all epochs, and schedule it with LrInterval.STEP.");
        }
        double start = 0;
        List<DictReader> phases = settings().dicts("_schedule_phases");
        int i = 0;
        while (step > phases.get(i).number("end_step") && i < phases.size() - 1) {
            start = phases.get(i).number("end_step");
            i++;
        }
        DictReader phase = phases.get(i);
        double share = (step - start) / (phase.number("end_step") - start);
        if (Boolean.TRUE.equals(settings().values().get("cycle_momentum"))) {
            group.setMomentum(between(group, phase.string("start_momentum"), phase.string("end_momentum"), share));
        }
        return between(group, phase.string("start_lr"), phase.string("end_lr"), share);
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return next(group, baseLr);
    }

    private double between(ParamGroup group, String from, String to, double share) {
        double start = group.get(from);
        double end = group.get(to);
        if ("linear".equals(settings().values().get("_anneal_func_type"))) {
            return (end - start) * share + start;
        }
        return end + (start - end) / 2.0 * (StrictMath.cos(Math.PI * share) + 1);
    }

    /**
     * The arguments of PyTorch's constructor.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final double maxLr;
        private final long totalSteps;
        private double pctStart = 0.3;
        private boolean linear;
        private boolean cycleMomentum = true;
        private double baseMomentum = 0.85;
        private double maxMomentum = 0.95;
        private double divFactor = 25;
        private double finalDivFactor = 1e4;
        private boolean threePhase;

        private Builder(double maxLr, int totalSteps) {
            this.maxLr = maxLr;
            this.totalSteps = positive("totalSteps", totalSteps);
        }

        /** Sets the fraction of the steps in which the learning rate rises; 0.3 by default. */
        public Builder pctStart(double value) {
            pctStart = ChainableScheduler.between("pctStart", value, 0, 1);
            return this;
        }

        /** Interpolates linearly instead of along cosines. */
        public Builder linear() {
            linear = true;
            return this;
        }

        /** Sets whether momentum or Adam's beta1 moves the opposite way; true by default. */
        public Builder cycleMomentum(boolean value) {
            cycleMomentum = value;
            return this;
        }

        /** Sets the bounds of the momentum; 0.85 and 0.95 by default. */
        public Builder momentum(double base, double max) {
            baseMomentum = base;
            maxMomentum = max;
            return this;
        }

        /** Sets the ratios of maximum to initial and of initial to final learning rate; 25 and 1e4 by default. */
        public Builder divFactors(double first, double last) {
            if (!(first > 0 && last > 0)) {
                throw new IllegalArgumentException(
                        "divFactors are " + first + " and " + last + "; give numbers above 0.");
            }
            divFactor = first;
            finalDivFactor = last;
            return this;
        }

        /** Falls as slowly as it rose, then falls to near 0 in a third phase. */
        public Builder threePhase() {
            threePhase = true;
            return this;
        }

        /**
         * Builds the scheduler.
         *
         * @throws IllegalArgumentException if a phase has no steps, like the first of 10 steps with {@code
         *     pctStart(0.1)}
         */
        public OneCycleLR build() {
            return new OneCycleLR(this);
        }

        private List<Map<String, Object>> phases() {
            double up = pctStart * totalSteps - 1;
            double last = totalSteps - 1;
            if (threePhase) {
                double down = 2 * pctStart * totalSteps - 2;
                requireLengths(0, up, down, last);
                return List.of(
                        phase(up, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                        phase(down, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                        phase(totalSteps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"));
            }
            requireLengths(0, up, last);
            return List.of(
                    phase(up, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                    phase(totalSteps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"));
        }

        /** Progress within a phase is divided by its length, so PyTorch fails on a phase without steps. */
        private void requireLengths(double... ends) {
            for (int i = 1; i < ends.length; i++) {
                if (ends[i] == ends[i - 1]) {
                    throw new IllegalArgumentException(
                            "With pctStart(" + pctStart + "), a phase of OneCycleLR gets 0 of " + totalSteps
                                    + " steps; give another fraction or more steps.");
                }
            }
        }

        private static Map<String, Object> phase(
                Number end, String startLr, String endLr, String startMomentum, String endMomentum) {
            Map<String, Object> phase = new LinkedHashMap<>();
            phase.put("end_step", end);
            phase.put("start_lr", startLr);
            phase.put("end_lr", endLr);
            phase.put("start_momentum", startMomentum);
            phase.put("end_momentum", endMomentum);
            return phase;
        }
    }
}
