package dev.rivulet.internal.state;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.loop.Metrics;
import dev.rivulet.internal.retention.TrainerView;
import dev.rivulet.internal.retention.ValidationSchedule;
import dev.rivulet.policy.MetricValues;
import java.util.Set;
import java.util.function.LongSupplier;

/** The state of the training loop as streams and saves see it. For the training thread. */
public final class LoopView implements TrainerView {
    private final LoopState state;
    private final Metrics metrics;
    private final ValidationSchedule validation;
    private final LoopSettings.Limits limits;
    private final LongSupplier clock;
    private Phase phase = Phase.TRAINING;

    public LoopView(
            LoopState state,
            Metrics metrics,
            ValidationSchedule validation,
            LoopSettings.Limits limits,
            LongSupplier clock) {
        this.state = state;
        this.metrics = metrics;
        this.validation = validation;
        this.limits = limits;
        this.clock = clock;
    }

    /** When training ends. */
    public LoopSettings.Limits limits() {
        return limits;
    }

    /** Sets the phase of the hook at which streams decide. */
    public void setPhase(Phase phase) {
        this.phase = phase;
    }

    /** The current position, as an immutable value. */
    public SaveContext now() {
        return at(phase);
    }

    @Override
    public MetricValues metrics() {
        return metrics;
    }

    @Override
    public Set<String> metricNames() {
        return metrics.names();
    }

    @Override
    public int epoch() {
        return state.epoch();
    }

    @Override
    public long globalStep() {
        return state.globalStep();
    }

    @Override
    public boolean validationRunsNow() {
        return state.validationFollows();
    }

    @Override
    public boolean validationHasRun() {
        return state.validationHasRun();
    }

    @Override
    public boolean validates() {
        return validation.valBatches() > 0;
    }

    @Override
    public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
        return validation.savesOnTrainEpochEnd(setting);
    }

    @Override
    public boolean sanityChecking() {
        return state.isSanityChecking();
    }

    /** Always false: a dry run ({@code fastDevRun}) does not ask streams whether they save. */
    @Override
    public boolean fastDevRun() {
        return false;
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    public SaveContext at(Phase phase) {
        return new SaveContext(phase, epoch(), globalStep(), metrics.toMap());
    }
}
